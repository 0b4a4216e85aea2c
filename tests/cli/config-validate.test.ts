import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { config } from '../../src/cli/config-validate.ts';
import { runCommand } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'config-'));
afterAll(() => rmSync(folder, { recursive: true }));
const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);

async function validate(name: string, text: string, ...args: string[]) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return { path, ...(await runCommand(config(), 'validate', path, ...args)) };
}

describe('S2-23: conductor config validate', () => {
  it('a valid config: exits 0', async () => {
    const { printed, exitCode } = await validate('a.yml', 'trigger: bob\n', '--json');
    expect(JSON.parse(printed)).toEqual({ ok: true, problems: [] });
    expect(exitCode).toBe(0);
  });

  it('an invalid config: every problem with its place, exits 1', async () => {
    const { printed, exitCode } = await validate('a.yml', 'trigger: bob\npolcy: {}\n', '--json');
    expect(JSON.parse(printed)).toEqual({
      ok: false,
      problems: [
        { path: 'polcy', line: 2, column: 1, message: 'there is no key `polcy`; did you mean `policy`?' },
      ],
    });
    expect(exitCode).toBe(1);
  });

  it('tells people file, line and column', async () => {
    const bad = await validate('a.yml', 'polcy: {}\n');
    expect(bad.printed).toBe(`${bad.path}:1:1 there is no key \`polcy\`; did you mean \`policy\`?`);
    const good = await validate('a.yml', 'audit: { retention_days: 3 }\n');
    expect(good.printed).toContain('is valid');
  });

  it('S2-5: an agent’s file is checked with line and fix', async () => {
    expect((await validate('a.agent.md', '---\ndescription: d\n---\nx')).exitCode).toBe(0);
    const { printed, path, exitCode } = await validate('a.agent.md', '---\nname: x\n---\nx');
    expect(printed).toMatch(new RegExp(`^${path}:\\d+:\\d+ .description. is missing`));
    expect(exitCode).toBe(1);
  });

  it('a missing file cannot be answered: exits 2', async () => {
    const { printed, exitCode } = await runCommand(config(), 'validate', join(folder, 'none.yml'), '--json');
    expect(JSON.parse(printed)).toMatchObject({ error: { code: 'unreadable_file' } });
    expect(exitCode).toBe(2);
    expect(errors).toHaveBeenCalledTimes(1);
  });
});
