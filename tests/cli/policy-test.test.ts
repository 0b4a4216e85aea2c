import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { policy } from '../../src/cli/policy.ts';
import { checkout, directory } from './git-repository.ts';
import { runCommand } from './run-command.ts';

const ROOT = join(import.meta.dirname, '../..');
const CASES = '.github/conductor/policy-tests/all.yml';
const FILES = {
  'docs/a.md': 'a\n',
  'run.sh': { executable: '#!/bin/sh\n' },
  CODEOWNERS: '/docs/ @writer\n',
  '.github/conductor.yml': 'policy: { auto: { enabled: true, paths: ["docs/**", run.sh] } }\n',
};

async function tested(root: string, ...flags: readonly string[]) {
  const { printed, exitCode } = await runCommand(policy(), 'test', root, '--json', ...flags);
  return { ...JSON.parse(printed), exitCode };
}

/** Tries cases beside FILES. */
async function tryCases(text: string) {
  return tested(await directory({ ...FILES, [CASES]: text }));
}

describe('conductor policy test', () => {
  it('S0-8: each way to say a change, and each thing to expect, holds', async () => {
    const answer = await tryCases(`cases:
  - { name: touched, touch: [docs/a.md, docs/new.md], expect: { verdict: auto } }
  - { name: written, files: { docs/a.md: "b", docs/c.md: "c", run.sh: "x" }, expect: { verdict: review, rules: [auto-paths] } }
  - { name: executable stays so, files: { run.sh: "x" }, expect: { verdict: auto } }
  - { name: deleted, files: { docs/a.md: null }, expect: { verdict: auto } }
  - { name: edited, changes: [{ op: rename_file, path: docs/a.md, to: src/a.md }], expect: { verdict: review } }
  - name: on another base
    base: { CODEOWNERS: "* @leads", .github/x: "" }
    files: { CODEOWNERS: "* @mallory" }
    expect:
      verdict: review
      rules: [owners]
      approvals: [{ rule: approvals, required: 1, from: [owners], paths: [CODEOWNERS] }]
  - { name: nothing needed, touch: [docs/a.md], circumstances: { permission: read, cost_usd: 1 }, expect: { verdict: auto, approvals: [] } }
`);
    expect(answer.cases.filter(({ problems }: { problems: unknown[] }) => problems.length > 0)).toEqual([]);
    expect(answer).toMatchObject({ ok: true, passed: 7, failed: 0, exitCode: 0 });
  });

  it('what does not hold is told with its place in the file', async () => {
    const root = await directory({
      ...FILES,
      [CASES]: `cases:
  - name: wrong
    touch: [docs/a.md]
    expect:
      verdict: block
      rules: [owners]
      approvals: [{ required: 2 }]
  - { name: less, touch: [src/a.ts], expect: { verdict: review, approvals: [] } }
`,
    });
    const { printed, exitCode } = await runCommand(policy(), 'test', root);
    expect(printed.split('\n')).toEqual([
      '  failed  auto    wrong',
      expect.stringMatching(`^${CASES}:5:16 The verdict is auto, not block\\.`),
      `${CASES}:6:14 owners does not object. Those that do: none.`,
      `${CASES}:7:18 The approvals that are needed are [].`,
      '  failed  review  less',
      expect.stringMatching(`^${CASES}:8:76 The approvals that are needed are \\[{"rule":"approvals",`),
      '2 cases: 0 passed, 2 failed.',
    ]);
    expect(exitCode).toBe(1);
  });

  it.each([
    ['an unknown key', '{ name: a, tuch: [b], expect: { verdict: auto } }', 2, 16, 'did you mean'],
    ['no such rule', '{ name: a, touch: [b], expect: { verdict: auto, rules: [x] } }', 2, 61, 'is no rule'],
    ['no change', '{ name: a, expect: { verdict: auto } }', 2, 13, 'changes nothing'],
    ['no verdict', '{ name: a, touch: [b], expect: {} }', 2, 36, 'verdict'],
    ['no YAML', '{ name: [ }', 2, 15, 'not valid YAML'],
  ])('%s is bad input, with its place', async (_, text, line, column, named) => {
    const answer = await tryCases(`cases:\n  - ${text}\n`);
    expect(answer).toMatchObject({ ok: false, exitCode: 2 });
    expect(answer.problems[0]).toMatchObject({ file: CASES, line, message: expect.stringContaining(named) });
    expect(answer.problems[0].column).toBe(column);
  });

  it('config and cases are those that lie in the folder, committed or not', async () => {
    const text = 'cases: [{ name: a, touch: [docs/a.md], expect: { verdict: auto } }]\n';
    const { root } = await checkout({ ...FILES, [CASES]: text });
    expect(await tested(root)).toMatchObject({ passed: 1 });
    writeFileSync(join(root, '.github/conductor.yml'), 'policy: { forbidden_paths: [docs] }\n');
    expect(await tested(root)).toMatchObject({ failed: 1 });
    writeFileSync(join(root, '.github/conductor.yml'), 'polcy: {}\n');
    expect(await tested(root)).toMatchObject({ error: { code: 'config_invalid' }, exitCode: 2 });
  });

  it('without cases there is no answer', async () => {
    expect(await tested(await directory(FILES))).toMatchObject({ error: { code: 'no_cases' }, exitCode: 2 });
  });

  it.each(['.', ...readdirSync(join(ROOT, 'examples/policies')).map((name) => `examples/policies/${name}`)])(
    'the cases of %s hold',
    async (folder) => {
      const { cases, failed, exitCode } = await tested(join(ROOT, folder));
      expect(cases.filter(({ problems }: { problems: unknown[] }) => problems.length > 0)).toEqual([]);
      expect({ failed, exitCode }).toEqual({ failed: 0, exitCode: 0 });
      expect(cases.length).toBeGreaterThan(2);
    },
  );
});
