import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change-set.ts';
import { judge } from '../../src/policy/judge.ts';
import { defaultSettings } from '../../src/policy/settings.ts';
import { create, lines, remove, rename } from '../changes/build.ts';
import { type Adversarial, sharedData } from '../changes/shared-data.ts';
import { factsOf, open, saidBy, verdictOn } from './build.ts';

const adversarial = sharedData<Adversarial>('adversarial.json');

async function said(rule: string, changes: readonly Change[], settings = open()) {
  return saidBy(await verdictOn(changes, settings), rule);
}

describe('invisible-characters', () => {
  it.skipIf(adversarial === null)(
    'Trojan Source needs a person, with the line and the code points named',
    async () => {
      const { path, added } = adversarial!.content.find(({ id }) => id === 'bidi')!;
      const verdict = await verdictOn([create(path, `first\n${added}\n`)]);
      expect(verdict.verdict).toBe('review');
      expect(saidBy(verdict, 'invisible-characters').reasons).toMatchObject([
        { path, line: 2, message: expect.stringMatching(/U\+202E, U\+2066, U\+2069/) },
      ]);
    },
  );

  it.each([
    ['a zero width space', 'a\u200bb', 'U+200B'],
    ['a tag', 'a\u{e0041}', 'U+E0041'],
    ['a filler', 'a\u3164', 'U+3164'],
    ['a mark inside', 'a\ufeffb', 'U+FEFF'],
    ['selectors that spell', 'a\ufe01\ufe02', 'U+FE01, U+FE02'],
    ['a supplementary selector', 'a\u{e0100}', 'U+E0100'],
    ['a joiner between letters', 'a\u200db', 'U+200D'],
  ])('%s in a new line needs a person', async (_, text, points) => {
    const { verdict, reasons } = await said('invisible-characters', [create('b.ts', `${text}\n`)]);
    expect(verdict).toBe('review');
    expect(reasons[0]!.message).toContain(points);
  });

  it('pictures, accents and a byte order mark are not hidden', async () => {
    const text = '\ufeff👩‍💻 ❤️ 👍🏽 🏳️‍🌈 é ü 日本語 עברית\n';
    expect((await verdictOn([create('b.md', text)])).verdict).toBe('auto');
  });

  it('lines that were there before are not looked at, wherever they move', async () => {
    const files = { f: 'x\na\u200bb\ny\n' };
    expect((await verdictOn([lines('f', 1, 1, 'X\nX2')], open(), files)).verdict).toBe('auto');
    expect((await verdictOn([rename('f', 'g')], open(), files)).verdict).toBe('auto');
    expect((await verdictOn([lines('f', 4, 3, 'a\u200bb')], open(), files)).verdict).toBe('review');
  });

  it('a name can hide, too', async () => {
    expect((await said('invisible-characters', [create('a\u200bb.ts')])).reasons).toMatchObject([
      { line: null },
    ]);
  });
});

describe('not-applicable', () => {
  it.each([
    ['stale_range', [lines('README.md', 1, 1, 'x', 'bye')]],
    ['file_missing', [remove('nothing')]],
    ['not_a_regular_file', [create('link/x')]],
    ['no_changes', []],
  ])('S0-23: %s is blocked, with the code, and never let through', async (code, changes) => {
    const verdict = await verdictOn(changes);
    expect(verdict.verdict).toBe('block');
    expect(saidBy(verdict, 'not-applicable').reasons[0]!.message).toContain(code);
  });
});

describe('change-limits', () => {
  it('S0-8: a change over the line limit is held for review', async () => {
    const settings = open({}, { max_lines_changed: 10 });
    expect((await verdictOn([create('b', 'x\n'.repeat(10))], settings)).verdict).toBe('auto');
    const verdict = await verdictOn([create('b', 'x\n'.repeat(11))], settings);
    expect(verdict.verdict).toBe('review');
    expect(saidBy(verdict, 'change-limits').reasons[0]).toMatchObject({
      message: expect.stringContaining('11 lines'),
    });
  });

  it('removed lines count like added ones', async () => {
    const files = { long: 'x\n'.repeat(11) };
    expect((await verdictOn([remove('long')], open({}, { max_lines_changed: 10 }), files)).verdict).toBe(
      'review',
    );
    expect((await verdictOn([remove('long')], open({}, { max_lines_changed: 11 }), files)).verdict).toBe(
      'auto',
    );
  });

  it('a change over the file limit is held for review', async () => {
    const settings = open({}, { max_files: 2 });
    const creates = ['a', 'b', 'c'].map((path) => create(path));
    expect((await verdictOn(creates.slice(0, 2), settings)).verdict).toBe('auto');
    expect((await verdictOn(creates, settings)).verdict).toBe('review');
  });

  it('25,000 lines of padding change nothing about the file behind them', async () => {
    const padding = create('aaa.txt', 'x\n'.repeat(25_000));
    expect((await verdictOn([padding, create('.github/workflows/x.yml')])).verdict).toBe('block');
    expect((await verdictOn([create('.github/workflows/x.yml')])).verdict).toBe('block');
  });
});

describe('auto-paths', () => {
  const docs = () => open({ auto: { paths: ['docs/**'], max_files: 2, max_lines_changed: 5 } });

  it('S0-8: small, large and forbidden changes get auto, review and block', async () => {
    const settings = open({ auto: { paths: ['docs/**'], max_files: 2, max_lines_changed: 50 } });
    const verdicts = [
      await verdictOn([lines('docs/guide.md', 1, 1, 'better')], settings),
      await verdictOn([create('docs/long.md', 'x\n'.repeat(900))], settings),
      await verdictOn([create('.github/workflows/x.yml')], settings),
    ];
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['auto', 'review', 'block']);
  });

  it('without a config a person approves everything, and the verdict says so', async () => {
    const verdict = await verdictOn([lines('docs/guide.md', 1, 1, 'better')], defaultSettings());
    expect(verdict.verdict).toBe('review');
    expect(saidBy(verdict, 'auto-paths').reasons[0]!.message).toContain('policy.auto');
  });

  it.each([
    ['one file outside', [create('docs/a.md'), create('b.md')]],
    ['a file moved in', [rename('README.md', 'docs/README.md')]],
    ['a file moved out', [rename('docs/guide.md', 'guide.md')]],
    ['another case', [create('DOCS/a.md')]],
    ['too many files', [create('docs/a.md'), create('docs/b.md'), create('docs/c.md')]],
    ['too many lines', [create('docs/a.md', 'x\n'.repeat(6))]],
  ])('%s is reviewed', async (_, changes) => {
    expect(await said('auto-paths', changes, docs())).toMatchObject({ verdict: 'review' });
  });

  it('says why it lets through', async () => {
    expect(await said('auto-paths', [create('docs/a.md')], docs())).toMatchObject({
      verdict: 'auto',
      reasons: [{ verdict: 'auto', message: expect.stringContaining('policy.auto.paths') }],
    });
  });
});

describe('every rule', () => {
  it('fails closed: what cannot be evaluated is blocked, and says so', async () => {
    const facts = { ...(await factsOf([create('a')])), applied: { ok: true as const, files: [BROKEN] } };
    const verdict = judge(facts, open());
    expect(verdict.verdict).toBe('block');
    expect(saidBy(verdict, 'auto-paths').reasons[0]!.message).toContain('The rule failed');
  });

  it('has a title that says what it looks at, and reasons that say what to do', async () => {
    const verdict = await verdictOn([create('../x', '\u202e', '120000'), create('package.json')]);
    for (const { title, reasons } of verdict.rules) {
      expect(title).toMatch(/\.$/);
      for (const { message, fix } of reasons)
        expect([message, fix].every((text) => /\.$/.test(text))).toBe(true);
    }
  });
});

/** A file change that no type allows: what a mistake elsewhere could hand to policy. */
const BROKEN = {
  op: 'modify' as const,
  path: 'a',
  from: null,
  after: 'x',
  modeBefore: '100644',
  mode: '100644',
  get before(): string {
    throw new Error('a hole');
  },
};
