import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change-set.ts';
import { reasonsOf } from '../../src/policy/explain.ts';
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
});

describe('mixed-scripts', () => {
  it.each([
    ['a Cyrillic letter', 'if (\u0430dmin) return;', 'U+0430'],
    ['a Greek letter', 'const t\u03bfken = 1;', 'U+03BF'],
    ['a Greek capital', 'class \u0391uth {}', 'U+0391'],
    ['an Armenian letter', 'let p\u0585rt', 'U+0585'],
    ['a Cherokee letter', 'const \u13aaPI = 1', 'U+13AA'],
    ['a full-width letter', 'e\uff56al(x)', 'U+FF56'],
    ['mathematical letters', '\u{1d41e}\u{1d42f}\u{1d41a}\u{1d425}(x)', 'U+1D41E'],
    ['letters behind an underscore', 'const is_\u0430dmin = 1', 'U+0430'],
    ['a whole word of look-alikes', 'const \u0441\u043e\u0440\u0443 = 1;', 'U+0441'],
    ['one letter that is one', 'for (let \u0456 = 0; i < 3; i++)', 'U+0456'],
  ])('SEC-6: %s in a new word needs a person, with the code point', async (_, line, point) => {
    const { verdict, reasons } = await said('mixed-scripts', [create('b.ts', `first\n${line}\n`)]);
    expect(verdict).toBe('review');
    expect(reasons).toMatchObject([{ path: 'b.ts', line: 2, message: expect.stringContaining(point) }]);
  });

  it.each([
    '// \u042d\u0442\u043e \u043f\u0440\u043e\u0441\u0442\u043e \u0438 \u044f\u0441\u043d\u043e: \u0430 \u0438 \u043e \u0432 API-\u043a\u043b\u044e\u0447\u0435',
    'const greeting = "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440";',
    'const \u03c0 = 3.14, \u0394x = 1, \u03bbs = [], \u03bc_max = \u03c3 * 2 // \u03a9',
    '5 \u00b5m, caf\u00e9, na\u00efve, stra\u00dfe, \u0141\u00f3d\u017a, \u0130stanbul',
    '// \u7d30\u3044\u30c6\u30b9\u30c8 test\u30b3\u30fc\u30c9 \ud55c\uad6d\uc5b4API',
    '// \u05e9\u05dc\u05d5\u05dd world, \u0645\u0631\u062d\u0628\u0627',
  ])('text of another language raises no alarm: %s', async (line) => {
    expect(await said('mixed-scripts', [create('b.ts', `${line}\n`)])).toMatchObject({
      verdict: 'auto',
      reasons: [],
    });
  });

  it('SEC-6: lines that were there are not looked at; names are', async () => {
    const files = { f: 'x\nif (\u0430dmin)\n' };
    expect((await verdictOn([lines('f', 1, 1, 'X')], open(), files)).verdict).toBe('auto');
    expect((await said('mixed-scripts', [create('src/\u0430uth.ts')])).reasons).toMatchObject([
      { line: null },
    ]);
  });
});

describe('file-contents', () => {
  it('a file over the limit needs a person; one that was so and shrinks does not', async () => {
    const settings = open({}, { max_file_kib: 1 });
    const large = 'x\n'.repeat(600);
    expect(await said('file-contents', [create('b', large)], settings)).toMatchObject({
      verdict: 'review',
      reasons: [{ path: 'b', message: expect.stringContaining('2 KiB') }],
    });
    expect((await said('file-contents', [create('b', 'x\n'.repeat(512))], settings)).verdict).toBe('auto');
    const shrunk = await verdictOn([lines('b', 1, 9, '')], settings, { b: large });
    expect(saidBy(shrunk, 'file-contents').verdict).toBe('auto');
  });

  it('S4-18: deletions over the limit need a person', async () => {
    const settings = open({}, { max_deletions: 1 });
    expect((await said('file-contents', [remove('src/a.ts')], settings)).verdict).toBe('auto');
    expect((await said('file-contents', [remove('src/a.ts'), remove('README.md')], settings)).verdict).toBe(
      'review',
    );
  });

  it('so does the deletion of what cannot be shown', async () => {
    const verdict = await verdictOn([remove('a.png')], open(), {
      'a.png': new Uint8Array([137, 80, 0, 255]),
    });
    expect(saidBy(verdict, 'file-contents').reasons).toMatchObject([{ verdict: 'review', path: 'a.png' }]);
  });

  it.each([['a\0b'], ['x'.repeat(1_048_577)]])(
    'what is not text, or over a MiB, is never written',
    async (content) => {
      expect((await verdictOn([create('b.bin', content)])).verdict).toBe('block');
      const facts = await factsOf([create('b', 'x')]);
      const file = { ...(facts.applied.ok ? facts.applied.files[0]! : null!), after: content };
      expect(judge({ ...facts, applied: { ok: true, files: [file] } }, open()).verdict).not.toBe('auto');
    },
  );
});

describe('padding', () => {
  it.each([
    ['a workflow', create('.github/workflows/x.yml')],
    ['a secret', create('src/z.ts', `k = "gh${'p_'}0123456789abcdefghijABCDEFGHIJ012345"\n`)],
    ['a hidden character', create('src/z.ts', 'a\u202eb\n')],
    ['a look-alike', create('src/z.ts', '\u0430dmin\n')],
    ['an install script', create('z/package.json', '{"scripts":{"postinstall":"x"}}\n')],
    ['a file that steers agents', create('z/AGENTS.md')],
    ['a build file', create('z/Makefile')],
  ])('SEC-20: 25,000 lines sorted before %s change nothing about it', async (_, hostile) => {
    const padding = create('aaa.txt', 'x\n'.repeat(25_000));
    const settings = open({}, { max_file_kib: 1_024 });
    const [alone, behind] = [
      await verdictOn([hostile], settings, {}),
      await verdictOn([padding, hostile], settings, {}),
    ];
    expect(behind.verdict).toBe(alone.verdict);
    expect(behind.verdict).not.toBe('auto');
    expect(reasonsOf(behind)).toEqual(reasonsOf(alone));
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
