import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change-set.ts';
import { policy } from '../../src/cli/policy.ts';
import { changeSet, create, lines, remove, rename } from '../changes/build.ts';
import { type Adversarial, sharedData } from '../changes/shared-data.ts';
import { checkout, directory } from './git-repository.ts';
import { runCommand } from './run-command.ts';

const adversarial = sharedData<Adversarial>('adversarial.json');
const AUTO = 'policy: { auto: { enabled: true, paths: ["**"], max_files: 9, max_lines_changed: 99 } }\n';

/** Runs `policy check --json` on these changes to a directory. */
async function checked(root: string, base: string, changes: readonly Change[], ...flags: string[]) {
  const file = join(await directory(), 'change-set.json');
  writeFileSync(file, JSON.stringify({ ...changeSet(...changes), base }));
  const { printed, exitCode } = await runCommand(
    policy(),
    'check',
    '--base',
    root,
    '--change-set',
    file,
    '--json',
    ...flags,
  );
  return { ...JSON.parse(printed), exitCode };
}

describe('conductor policy check', () => {
  it('S0-8: small, large and forbidden changes get auto, review and block', async () => {
    const config = 'policy: { auto: { enabled: true } }\n';
    const { root, commit } = await checkout({ 'docs/guide.md': 'hello\n', '.github/conductor.yml': config });
    const answers = [
      await checked(root, commit, [lines('docs/guide.md', 1, 1, 'hi')]),
      await checked(root, commit, [create('docs/long.md', 'x\n'.repeat(900))]),
      await checked(root, commit, [create('.github/workflows/ci.yml')]),
    ];
    expect(answers.map(({ verdict, exitCode }) => [verdict, exitCode])).toEqual([
      ['auto', 0],
      ['review', 0],
      ['block', 1],
    ]);
    expect(answers[2]).toEqual({
      verdict: 'block',
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      reasons: expect.arrayContaining([
        {
          rule: 'forbidden-paths',
          verdict: 'block',
          path: '.github/workflows/ci.yml',
          line: null,
          message: expect.any(String),
          fix: expect.any(String),
        },
      ]),
      approvals: [],
      parts: expect.objectContaining({ base: commit }),
      exitCode: 1,
    });
  });

  it('judges by the config of the base commit, not by the work tree, unless a file is given', async () => {
    const { root, commit } = await checkout({
      a: 'x\n',
      '.github/conductor.yml': 'policy: { forbidden_paths: [a] }\n',
    });
    writeFileSync(join(root, '.github/conductor.yml'), AUTO);
    expect(await checked(root, commit, [remove('a')])).toMatchObject({ verdict: 'block' });
    const config = join(root, '.github/conductor.yml');
    expect(await checked(root, commit, [remove('a')], '--config', config)).toMatchObject({ verdict: 'auto' });
  });

  it('without a config a person approves everything', async () => {
    expect(await checked(await directory({ a: 'x\n' }), 'any', [remove('a')])).toMatchObject({
      verdict: 'review',
    });
  });

  it.each([
    ['an unsafe path', [create('../../x')]],
    ['the git folder', [create('.git/config')]],
    ['an unsafe end of a rename', [rename('a', 'a/../../b')]],
    ['a stale edit', [lines('a', 1, 1, 'y', 'z')]],
    ['a missing file', [remove('b')]],
    ['no change', []],
  ])('S0-23, S0-30: %s is blocked, as an answer and not as bad input', async (_, changes) => {
    const root = await directory({ a: 'x\n', 'auto.yml': AUTO });
    const answer = await checked(root, 'any', changes, '--config', join(root, 'auto.yml'));
    expect(answer).toMatchObject({
      verdict: 'block',
      exitCode: 1,
      reasons: expect.arrayContaining([
        expect.objectContaining({ verdict: 'block', fix: expect.stringMatching(/./) }),
      ]),
    });
  });

  it('a change set against another commit is blocked', async () => {
    const { root } = await checkout({ a: 'x\n' });
    const answer = await checked(root, 'f'.repeat(40), [remove('a')]);
    expect(answer).toMatchObject({
      verdict: 'block',
      reasons: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining('wrong_base') }),
      ]),
    });
  });

  it('the digest is the same for the same question, and another for another config', async () => {
    const root = await directory({ a: 'x\n', 'auto.yml': AUTO });
    const ask = (...flags: string[]) =>
      checked(root, 'any', [remove('a')], ...flags).then(({ digest }) => digest);
    expect(await ask('--actor', 'octocat')).toBe(await ask());
    expect(await ask('--config', join(root, 'auto.yml'))).not.toBe(await ask());
  });

  it('what cannot be read cannot be answered', async () => {
    const root = await directory({
      a: 'x\n',
      'bad.yml': 'policy: { forbiden_paths: [] }\n',
      'edits.json': '{"version":1',
    });
    const good = join(root, 'good.json');
    writeFileSync(good, JSON.stringify({ ...changeSet(remove('a')) }));
    const codeOf = async (base: string, file: string, ...flags: string[]) => {
      const { printed, exitCode } = await runCommand(
        policy(),
        'check',
        '--base',
        base,
        '--change-set',
        file,
        '--json',
        ...flags,
      );
      expect(exitCode).toBe(2);
      return JSON.parse(printed).error.code;
    };
    expect(await codeOf(root, join(root, 'edits.json'))).toBe('truncated_json');
    expect(await codeOf(root, join(root, 'nothing.json'))).toBe('unreadable_file');
    expect(await codeOf(join(root, 'nothing'), good)).toBe('no_such_directory');
    expect(await codeOf(root, good, '--config', join(root, 'bad.yml'))).toBe('config_invalid');
    expect(await codeOf(root, good, '--config', join(root, 'none.yml'))).toBe('unreadable_file');
    const linked = await directory({ a: 'x\n', '.github/conductor.yml': { link: '/etc/hostname' } });
    expect(await codeOf(linked, good)).toBe('config_invalid');
  });

  it('speaks to people: the verdict, every rule, and below it why', async () => {
    const root = await directory({ a: 'x\n' });
    const file = join(root, 'set.json');
    writeFileSync(file, JSON.stringify(changeSet(create('.github/workflows/x.yml'))));
    const { printed, exitCode } = await runCommand(policy(), 'check', '--base', root, '--change-set', file);
    expect(exitCode).toBe(1);
    expect(printed).toMatch(/^block {2}sha256:/);
    expect(printed).toMatch(/\n {2}block {3}forbidden-paths: /);
    expect(printed).toMatch(/\n {2}auto {4}path-safety: /);
  });

  it('S4-18: says whose yes a change under review needs, by name', async () => {
    const root = await directory({ 'src/a.ts': 'x\n', CODEOWNERS: 'src/ @acme/core @bea\n' });
    const file = join(root, 'set.json');
    writeFileSync(file, JSON.stringify(changeSet(remove('src/a.ts'), create('b'))));
    const { printed } = await runCommand(policy(), 'check', '--base', root, '--change-set', file);
    expect(printed).toContain(
      '\n  needs   approvals: 1 approval from owners (nobody for "b"; @acme/core or @bea for "src/a.ts").',
    );
    expect(await checked(root, 'any', [remove('src/a.ts')])).toMatchObject({
      approvals: [{ rule: 'approvals', required: 1, from: ['owners'], paths: ['src/a.ts'] }],
    });
  });

  it.each([
    ['--permission', 'root'],
    ['--cost', 'much'],
    ['--at', 'yesterday'],
  ])('%s %s is refused', async (flag, value) => {
    const command = policy();
    for (const each of command.commands) each.exitOverride().configureOutput({ writeErr: () => undefined });
    const args = ['check', '--base', '.', '--change-set', 'none', flag, value];
    await expect(runCommand(command, ...args)).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });

  it.skipIf(adversarial === null)(
    'hostile paths and modes have the stated outcome from end to end',
    async () => {
      const root = await directory({ 'auto.yml': AUTO });
      const outcomeOf = async (change: Change) => {
        const { verdict } = await checked(root, 'any', [change], '--config', join(root, 'auto.yml'));
        return verdict;
      };
      const outcome: Record<string, string> = { deny: 'block', needs_human: 'review', allow: 'auto' };
      const workflow = await outcomeOf(create('.github/workflows/ci.yml'));
      for (const { path, verdict } of adversarial!.paths) {
        expect(await outcomeOf(create(path)), path).toBe(outcome[verdict] ?? workflow);
      }
      for (const { mode, content = '', verdict } of adversarial!.modes) {
        expect(await outcomeOf(create('new', content, mode)), mode).toBe(outcome[verdict]);
      }
    },
  );
});
