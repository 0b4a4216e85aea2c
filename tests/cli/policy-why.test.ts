import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policy } from '../../src/cli/policy.ts';
import { changeSet, rename } from '../changes/build.ts';
import { directory } from './git-repository.ts';
import { runCommand } from './run-command.ts';

const FILES = {
  'src/billing/a.ts': 'a\n',
  'docs/b.md': 'b\n',
  CODEOWNERS: '* @acme/all\n/src/billing/ @acme/billing @bea\n/docs/\n',
  '.github/conductor.yml':
    'policy: { auto: { enabled: true, paths: ["docs/**"] }, protected_paths: ["src/billing/**"] }\n',
};

async function why(root: string, ...args: readonly string[]) {
  const { printed, exitCode } = await runCommand(policy(), 'why', '--base', root, ...args);
  return { printed, exitCode };
}

describe('conductor policy why', () => {
  it('tells who owns a path, which globs mean it, and what rules say of it', async () => {
    const root = await directory(FILES);
    const { printed, exitCode } = await why(root, 'src/billing/a.ts', 'docs/b.md', '--json');
    const { verdict, paths, approvals } = JSON.parse(printed);
    expect({ verdict, exitCode }).toEqual({ verdict: 'review', exitCode: 0 });
    expect(paths).toMatchObject([
      {
        path: 'docs/b.md',
        owners: [],
        entry: { file: 'CODEOWNERS', line: 3, pattern: '/docs/' },
        globs: [{ key: 'policy.auto.paths', glob: 'docs/**' }],
        reasons: [],
      },
      {
        path: 'src/billing/a.ts',
        owners: ['@acme/billing', '@bea'],
        entry: { file: 'CODEOWNERS', line: 2, pattern: '/src/billing/' },
        globs: [{ key: 'policy.protected_paths', glob: 'src/billing/**' }],
        reasons: [{ rule: 'protected-paths' }, { rule: 'auto-paths' }],
      },
    ]);
    expect(approvals).toMatchObject([{ from: ['owners'] }]);
  });

  it('a file that is there is changed, one that is not is made: both apply', async () => {
    const root = await directory(FILES);
    const { printed } = await why(root, 'docs/b.md', 'docs/new.md');
    expect(printed).toMatch(/^auto, all in all$/m);
    expect(printed).toContain('"docs/new.md"\n  owned by  nobody (CODEOWNERS:3 /docs/)');
  });

  it('globs that let through are taken as written, globs that hold back in any spelling', async () => {
    const root = await directory({ '.github/conductor.yml': FILES['.github/conductor.yml'] });
    const { printed } = await why(root, 'Docs/b.md', 'SRC/billing/a.ts', '--json');
    expect(JSON.parse(printed).paths).toMatchObject([
      { path: 'Docs/b.md', globs: [] },
      { path: 'SRC/billing/a.ts', globs: [{ glob: 'src/billing/**' }] },
    ]);
  });

  it('explains the paths of a change set: both ends of a rename', async () => {
    const root = await directory(FILES);
    const file = join(root, 'set.json');
    writeFileSync(
      file,
      JSON.stringify({ ...changeSet(rename('docs/b.md', 'src/billing/b.md')), base: 'folder' }),
    );
    const { printed } = await why(root, '--change-set', file);
    expect(printed).toContain('"docs/b.md"\n  owned by  nobody');
    expect(printed).toContain('"src/billing/b.md"\n  owned by  @acme/billing @bea');
  });

  it('without a path and without a change set there is nothing to explain', async () => {
    const { printed, exitCode } = await why(await directory(FILES), '--json');
    expect(JSON.parse(printed)).toMatchObject({ ok: false, error: { code: 'nothing_asked' } });
    expect(exitCode).toBe(2);
  });
});
