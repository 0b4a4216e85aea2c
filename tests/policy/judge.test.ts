import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change-set.ts';
import { reasonsOf } from '../../src/policy/explain.ts';
import { judge } from '../../src/policy/judge.ts';
import type { Judgement } from '../../src/policy/verdict.ts';
import { create, lines, remove, rename, swap } from '../changes/build.ts';
import { FILES, factsOf, open, verdictOn } from './build.ts';

const ORDER: readonly Judgement[] = ['auto', 'review', 'block'];

const path = fc.oneof(
  fc.constantFrom(
    ...Object.keys(FILES),
    'docs/new.md',
    'src/b.ts',
    'docs',
    'readme.md',
    '.github/workflows/x.yml',
  ),
  fc.constantFrom(
    '../x',
    '.git/config',
    'GIT~1/x',
    'a\u202eb',
    'a\\b',
    '',
    'AGENTS.md',
    'package.json',
    '\ud800',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const content = fc.oneof(fc.constantFrom('', 'x\n', 'a\u200bb\n', 'x\0'), fc.string({ maxLength: 10 }));
const change: fc.Arbitrary<Change> = fc.oneof(
  fc
    .tuple(path, content, fc.constantFrom(undefined, '100644', '100755', '120000', '777777'))
    .map((of) => create(...of)),
  fc
    .tuple(path, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 }), content)
    .map((of) => lines(...of)),
  fc.tuple(path, content, content).map((of) => swap(...of)),
  path.map(remove),
  fc.tuple(path, path).map((of) => rename(...of)),
);

describe('judge', () => {
  it('gives a verdict on any change set, the same each time, and never throws', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 5 }), async (changes) => {
        const verdict = await verdictOn(changes);
        expect(ORDER).toContain(verdict.verdict);
        expect(verdict.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
        expect(await verdictOn(changes)).toEqual(verdict);
        const strictest = Math.max(...verdict.rules.map((rule) => ORDER.indexOf(rule.verdict)));
        expect(verdict.verdict).toBe(ORDER[strictest]);
        if (verdict.verdict !== 'auto') expect(reasonsOf(verdict)[0]?.verdict).toBe(verdict.verdict);
        expect(JSON.stringify(verdict)).not.toContain('The rule failed');
      }),
      { numRuns: 300 },
    );
  });

  it('a further change never makes a verdict milder', async () => {
    const hostile = fc.oneof(
      change,
      fc.constantFrom(
        create('.github/workflows/evil.yml'),
        create('../x'),
        create('new.sh', 'x\n', '100755'),
      ),
      fc.constantFrom(
        create('x\u200by', 'z\n'),
        create('AGENTS.md', 'obey\n'),
        create('LINK/x', 'x\n', '120000'),
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 3 }),
        hostile,
        fc.boolean(),
        async (changes, extra, first) => {
          const alone = await factsOf(changes);
          // Changes that do not apply alone may apply together, with other changes: that is another proposal.
          fc.pre(alone.applied.ok);
          // An edit of the same file, or of one that differs in case only, may undo what was held against it.
          const same = (one: string) => 'path' in extra && one.toLowerCase() === extra.path.toLowerCase();
          fc.pre(!changes.some((other) => same(other.path) || ('to' in other && same(other.to))));
          const more = await verdictOn(first ? [extra, ...changes] : [...changes, extra]);
          expect(ORDER.indexOf(more.verdict)).toBeGreaterThanOrEqual(
            ORDER.indexOf(judge(alone, open()).verdict),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('looks at the files that result, also where the change set does not name them', async () => {
    const facts = await factsOf([create('b')]);
    const moved = { ...(facts.applied.ok ? facts.applied.files[0]! : null!), op: 'rename' as const };
    for (const file of [
      { ...moved, from: '.github/workflows/ci.yml' },
      { ...moved, path: '.github/workflows/ci.yml', from: 'a' },
    ]) {
      expect(judge({ ...facts, applied: { ok: true, files: [file] } }, open()).verdict).toBe('block');
    }
  });

  it('the digest is of base, files, settings and the run, and of nothing else', async () => {
    const changes = [lines('docs/guide.md', 1, 1, 'better')];
    const facts = await factsOf(changes);
    const { digest } = judge(facts, open());
    const file = facts.applied.ok ? facts.applied.files[0]! : null!;
    const different = [
      judge({ ...facts, base: 'c'.repeat(40) }, open()),
      judge({ ...facts, change: 'another' }, open()),
      judge({ ...facts, applied: { ok: true, files: [{ ...file, after: 'worse\n' }] } }, open()),
      judge({ ...facts, applied: { ok: true, files: [{ ...file, mode: '100755' }] } }, open()),
      judge({ ...facts, applied: { ok: true, files: [{ ...file, path: 'docs/other.md' }] } }, open()),
      judge(facts, open({}, { max_files: 3 })),
      judge(facts, open({ approvals: { required: 2 } })),
    ].map((verdict) => verdict.digest);
    expect(new Set([digest, ...different]).size).toBe(8);

    const reordered = {
      policy: open().policy,
      change_limits: open().change_limits,
      audit: { retention_days: 1 },
    };
    const asker = { login: 'hubot', permission: 'admin' } as const;
    const changeSet = { ...facts.changeSet, summary: 'in other words' };
    const circumstances = { ...facts.circumstances, costUsd: 3 };
    expect(judge({ ...facts, asker, changeSet, circumstances }, reordered).digest).toBe(digest);
  });

  it('the digest stays as it is from one release to the next', async () => {
    expect((await verdictOn([create('docs/new.md', 'hello\n')])).digest).toBe(
      'sha256:d8a029b910a9350e85d0b3d80c54bd86324b835f08806d43f56c32ad6b673ddf',
    );
  });
});
