import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { Circumstances } from '../../src/policy/facts.ts';
import { NO_CIRCUMSTANCES } from '../../src/policy/facts.ts';
import { judge } from '../../src/policy/judge.ts';
import { policySchema } from '../../src/policy/settings.ts';
import { create, lines, rename } from '../changes/build.ts';
import { factsOf, open, saidBy, verdictOn } from './build.ts';

/** Rules as people write them: in YAML, since a property called `then` makes an object look like a promise. */
const rules = (yaml: string) => ({ rules: parse(yaml) });

async function under(yaml: string, circumstances: Partial<Circumstances>, login = 'octocat') {
  const facts = await factsOf(
    [create('src/a.py'), create('src/b.ts')],
    {},
    {
      circumstances: { ...NO_CIRCUMSTANCES, ...circumstances },
      asker: { login, permission: 'write' },
    },
  );
  return judge(facts, open(rules(yaml))).verdict;
}

describe('custom rules', () => {
  it('S0-8: hold back what they say, name the rule and a file, and ask for the approvals that they name', async () => {
    const settings = open(
      rules(`
        - name: payments
          when: { paths: ["src/pay/**"] }
          then: review
          approvals: { required: 2, from: ["team:acme/payments"] }
          message: Money moves here.`),
    );
    const verdict = await verdictOn([create('SRC/Pay/a.ts'), create('src/pay'), create('c')], settings, {});
    expect(verdict.verdict).toBe('block'); // SRC and src collide
    const { reasons } = saidBy(verdict, 'custom-rules');
    expect(reasons).toHaveLength(1);
    expect(reasons[0]).toMatchObject({ verdict: 'review', path: 'SRC/Pay/a.ts' });
    expect(reasons[0]!.message).toBe(
      'The rule "payments" holds for "SRC/Pay/a.ts" and 1 more: Money moves here.',
    );
    expect(reasons[0]!.fix).toContain('2 of team:acme/payments');

    const alone = await verdictOn([create('src/pay/a.ts'), create('c')], settings, {});
    expect(alone.verdict).toBe('review');
    expect(alone.approvals).toContainEqual({
      rule: 'custom-rules',
      required: 2,
      from: ['team:acme/payments'],
      paths: ['src/pay/a.ts'],
    });
    expect((await verdictOn([create('c')], settings, {})).verdict).toBe('auto');
  });

  it.each([
    ['paths', '{ paths: ["src/*.py"] }', '{ paths: ["lib/**"] }'],
    ['languages', '{ languages: [rust, python] }', '{ languages: [rust] }'],
    [
      'paths and languages of one file',
      '{ paths: ["**/a.*"], languages: [python] }',
      '{ paths: ["**/a.*"], languages: [typescript] }',
    ],
    ['labels', '{ labels: [Later, RISKY] }', '{ labels: [later] }'],
    ['actors', '{ actors: [OctoCat] }', '{ actors: [hubot] }'],
    ['agents', '{ agents: [coder] }', '{ agents: [reviewer] }'],
    ['models', '{ models: [anthropic/m] }', '{ models: [openai/m] }'],
    ['min_files', '{ min_files: 2 }', '{ min_files: 3 }'],
    ['min_lines', '{ min_lines: 2 }', '{ min_lines: 3 }'],
    ['cost_over_usd', '{ cost_over_usd: 1.9 }', '{ cost_over_usd: 2 }'],
    ['nothing: always', '{}', '{ actors: [octocat], labels: [later] }'],
  ])('apply when all that they name holds: %s', async (_, holding, failing) => {
    const now = { labels: ['risky'], agent: 'coder', model: 'anthropic/m', costUsd: 2 };
    const verdictFor = (when: string) => under(`[{ name: r, when: ${when}, then: block }]`, now);
    expect([await verdictFor(holding), await verdictFor(failing)]).toEqual(['block', 'auto']);
  });

  describe('that let through', () => {
    const docs = (more = '', auto = true) =>
      open({
        auto: { enabled: auto, paths: ['CHANGELOG.md'], max_files: 2, max_lines_changed: 5 },
        ...rules(`[{ name: notes, when: { paths: ["notes/**"]${more} }, then: auto }]`),
      });

    it('need every file to be of their paths, exactly as they are written', async () => {
      const verdict = await verdictOn([create('notes/a.md'), create('notes/b.md')], docs());
      expect(verdict.verdict).toBe('auto');
      expect(saidBy(verdict, 'auto-paths').reasons[0]!.message).toContain('"notes"');
      for (const changes of [
        [create('notes/a.md'), create('CHANGELOG.md')],
        [create('Notes/a.md')],
        [create('notes/a.md'), create('x')],
        [rename('README.md', 'notes/README.md')],
      ])
        expect((await verdictOn(changes, docs())).verdict).toBe('review');
    });

    it('keep the limits of `policy.auto` unless they name their own', async () => {
      const many = ['a', 'b', 'c'].map((name) => create(`notes/${name}.md`, 'x\nx\n'));
      expect((await verdictOn(many, docs())).verdict).toBe('review');
      expect((await verdictOn(many, docs(', max_files: 3'))).verdict).toBe('review');
      expect((await verdictOn(many, docs(', max_files: 3, max_lines: 6'))).verdict).toBe('auto');
      expect((await verdictOn(many, docs(', max_files: 3, max_lines: 6, languages: [python]'))).verdict).toBe(
        'review',
      );
    });

    it('let nothing through while `policy.auto` is off, and weaken no other rule', async () => {
      expect((await verdictOn([create('notes/a.md')], docs('', false))).verdict).toBe('review');
      expect((await verdictOn([create('notes/a\u200b.md')], docs())).verdict).not.toBe('auto');
      const all = open({
        ...rules(
          '[{ name: all, when: { paths: ["**"] }, then: auto }, { name: no, when: { paths: ["x"] }, then: block }]',
        ),
      });
      expect((await verdictOn([create('x')], all)).verdict).toBe('block');
      expect((await verdictOn([create('package.json', '{}\n')], all)).verdict).toBe('review');
    });
  });

  it.each([
    ['{ name: a }', 'then'],
    ['{ name: a, then: allow }', 'then'],
    ['{ name: a, then: review, when: { path: ["src/**"] } }', 'path'],
    ['{ name: a, then: review, when: { paths: ["/src"] } }', 'starts with'],
    ['{ name: a, then: review, when: { paths: [] } }', 'paths'],
    ['{ name: a, then: review, when: { languages: [klingon] } }', 'languages'],
    ['{ name: a, then: review, when: { max_files: 2 } }', 'max_files'],
    ['{ name: a, then: block, when: { max_lines: 2 } }', 'max_lines'],
    ['{ name: a, then: block, approvals: { from: [owners] } }', 'approvals'],
    ['{ name: a, then: auto }', 'paths'],
    ['{ name: a, then: auto, when: { paths: ["**"], min_files: 2 } }', 'min_files'],
    ['{ name: a, then: auto, when: { paths: ["**"], cost_over_usd: 2 } }', 'cost_over_usd'],
    ['{ name: "a\\nb", then: review }', 'name'],
    ['{ name: twice, then: review }, { name: twice, then: block }', 'another rule'],
    ['{ name: a, then: review, when: { __proto__: { paths: [x] } } }', '__proto__'],
  ])('are refused when they say what could not be meant: %s', (yaml, why) => {
    const parsed = parseConfig(`policy:\n  rules: [${yaml}]\n`);
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).toContain(why);
  });

  it('SEC-28: any policy file of 64 KiB is evaluated in under a second on a large change, or refused', async () => {
    const facts = await factsOf(
      Array.from({ length: 1_000 }, (_, n) =>
        create(`src/${n % 40}/${'deep/'.repeat(n % 8)}file-${n}.test.ts`),
      ),
      {},
    );
    const long = await factsOf([create(`${'a/'.repeat(1_900)}c`), lines('f', 1, 1, 'x')], { f: 'a\n' });
    const word = fc.constantFrom(
      '**',
      '*',
      'src',
      '*a*b*',
      '[a-z]*',
      'file-*',
      '*.test.ts',
      '{1,2,3}',
      '?*?*?*',
      'deep',
    );
    const glob = fc.array(word, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('/'));
    const rule = fc.record({
      globs: fc.array(glob, { minLength: 1, maxLength: 6 }),
      verdict: fc.constantFrom('auto', 'review', 'block'),
    });
    const hostile = fc.oneof(
      fc
        .array(rule, { minLength: 30, maxLength: 900 })
        .map((list) =>
          list.map(
            ({ globs, verdict }, n) =>
              `  - { name: r${n}, when: { paths: ${JSON.stringify(globs)} }, then: ${verdict} }\n`,
          ),
        ),
      // An alias gives the same list again and again.
      fc
        .tuple(glob, fc.integer({ min: 2, max: 30 }))
        .map(([text, times]) => [
          `  - { name: a, when: { paths: &p ${JSON.stringify(Array(20).fill(text))} }, then: block }\n`,
          ...Array.from(
            { length: times },
            (_, n) => `  - { name: b${n}, when: { paths: *p }, then: review }\n`,
          ),
        ]),
      fc
        .constantFrom('__proto__', 'constructor', 'prototype')
        .map((key) => [`  - { name: a, then: block, ${key}: { x: 1 } }\n`]),
    );
    let [evaluated, refused] = [0, 0];
    fc.assert(
      fc.property(hostile, (list) => {
        const text = `policy:\n  auto: { enabled: true }\n  rules:\n${list.join('')}`.slice(0, 64 * 1024);
        const started = process.cpuUsage();
        const parsed = parseConfig(text.slice(0, text.lastIndexOf('\n') + 1));
        if (parsed.ok) {
          evaluated += 1;
          for (const each of [facts, long]) judge(each, parsed.config);
        } else refused += 1;
        const { user } = process.cpuUsage(started);
        expect(user / 1000).toBeLessThan(1_000);
      }),
      { numRuns: 8, seed: 20 },
    );
    expect([evaluated > 1, refused > 1]).toEqual([true, true]);
  });

  it('many of them are one limit, too', () => {
    const list = (count: number) =>
      Array.from({ length: count }, (_, n) => `{ name: r${n}, then: block }`).join();
    expect(policySchema.safeParse(rules(`[${list(1_000)}]`)).success).toBe(true);
    expect(policySchema.safeParse(rules(`[${list(1_001)}]`)).success).toBe(false);
  });
});
