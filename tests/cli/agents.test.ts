import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { agents } from '../../src/cli/agents.ts';
import { runCommand } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'agents-'));
afterAll(() => rmSync(folder, { recursive: true }));

function repository(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  mkdirSync(join(path, '.github/agents'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, '.github/agents', file), text);
  return path;
}

describe('S2-23: conductor agents', () => {
  it('lists the built-in agents where a repository has none', async () => {
    const { printed, exitCode } = await runCommand(agents(), '--dir', repository('none', {}), '--json');
    expect(JSON.parse(printed)).toMatchObject({
      agents: [
        { name: 'coder', source: 'built-in', mayEdit: true },
        { name: 'reviewer', source: 'built-in', mayEdit: false },
      ],
      problems: [],
    });
    expect(exitCode).toBe(0);
  });

  it('S2-5: lists the repository’s own, and names the line of one that is broken', async () => {
    const path = repository('own', {
      'security.agent.md': '---\ndescription: Reads for security problems.\ntools: [read]\n---\nLook.\n',
      'broken.agent.md': '---\ntools: [read]\n---\nNo description.\n',
    });
    const { printed, exitCode } = await runCommand(agents(), '--dir', path);
    expect(printed).toContain('security');
    expect(printed).toMatch(/broken\.agent\.md:\d+:\d+ .*description/);
    expect(exitCode).toBe(1);
  });

  it('says so when there is no such folder', async () => {
    const { printed, exitCode } = await runCommand(agents(), '--dir', join(folder, 'nowhere'), '--json');
    expect(JSON.parse(printed)).toMatchObject({ error: { code: 'no_such_directory' } });
    expect(exitCode).toBe(2);
  });
});
