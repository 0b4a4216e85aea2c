import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policy } from '../../src/cli/policy.ts';
import { changeSet, create } from '../changes/build.ts';
import { directory } from './git-repository.ts';
import { runCommand } from './run-command.ts';

const OPEN = 'policy: { auto: { enabled: true, paths: ["**"] } }\n';

/** Compares the directory's own policy with `config` on a change to `src/a.ts`. */
async function simulated(config: string, ...flags: readonly string[]) {
  const root = await directory({
    '.github/conductor.yml': OPEN,
    'new.yml': config,
    'old.yml': 'policy: {}\n',
  });
  const file = join(root, 'set.json');
  writeFileSync(file, JSON.stringify({ ...changeSet(create('src/a.ts')), base: 'folder' }));
  const args = ['simulate', '--base', root, '--change-set', file, '--config', join(root, 'new.yml')];
  const { printed, exitCode } = await runCommand(
    policy(),
    ...args,
    ...flags.map((flag) => flag.replace('ROOT', root)),
  );
  return { printed, exitCode };
}

describe('conductor policy simulate', () => {
  it('tells the verdict before and after, and only the rules that differ', async () => {
    const { printed, exitCode } = await simulated('policy: { forbidden_paths: [src] }\n', '--json');
    const { before, after, rules } = JSON.parse(printed);
    expect([before.verdict, after.verdict, exitCode]).toEqual(['auto', 'block', 1]);
    expect(before.digest).not.toBe(after.digest);
    expect(rules).toMatchObject([
      { rule: 'forbidden-paths', before: 'auto', after: 'block', reasons: [{ path: 'src/a.ts' }] },
      { rule: 'auto-paths', before: 'auto', after: 'review' },
    ]);
  });

  it('compares with another file when one is given', async () => {
    const { printed, exitCode } = await simulated(OPEN, '--against', 'ROOT/old.yml');
    expect(printed).toMatch(/^review → auto\n {2}review → auto {2}auto-paths: /);
    expect(exitCode).toBe(0);
  });

  it('says so when nothing differs, and whose yes is needed all the same', async () => {
    const { printed } = await simulated('policy: {}\n', '--against', 'ROOT/old.yml');
    expect(printed).toMatch(/^review → review\n {2}No rule says anything else\.\n {2}needs /);
  });

  it('a policy that is not valid can’t be compared with', async () => {
    const { printed, exitCode } = await simulated('polcy: {}\n', '--json');
    expect(JSON.parse(printed)).toMatchObject({ error: { code: 'config_invalid' } });
    expect(exitCode).toBe(2);
  });
});
