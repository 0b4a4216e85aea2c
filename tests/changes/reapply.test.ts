import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/changes/file-change.ts';
import { linesOf } from '../../src/changes/lines.ts';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { reapply } from '../../src/changes/reapply.ts';
import { reapplyText } from '../../src/changes/reapply-text.ts';
import { BASE } from './build.ts';

/** Lines a to z, one letter each, with changes by letter: `b: 'B'` replaces, `b: null` deletes. */
function letters(changes: Readonly<Record<string, string | null>> = {}): string {
  const lines = 'abcdefghijklmnopqrstuvwxyz'.split('').map((letter) => changes[letter] ?? letter);
  return lines
    .filter((_, index) => changes['abcdefghijklmnopqrstuvwxyz'[index]!] !== null)
    .map((line) => `${line}\n`)
    .join('');
}

function change(given: Partial<FileChange>): FileChange {
  const file = {
    op: 'modify',
    path: 'f',
    from: null,
    before: letters(),
    after: letters({ k: 'K' }),
  } as const;
  return { ...file, modeBefore: '100644', mode: '100644', ...given };
}

const made = (files: Readonly<Record<string, MemoryFile>>, ...changes: FileChange[]) =>
  reapply(changes, memoryWorkspace(BASE, files));

const REMOVED = { op: 'delete', after: null, mode: null } as const;
const CREATED = { op: 'create', before: null, modeBefore: null, after: 'new\n' } as const;
const RENAMED = { op: 'rename', from: 'f', path: 'g' } as const;

describe('a change that is made again where the file has moved on', () => {
  it('an untouched file takes the change as it is, and one changed elsewhere keeps both', () => {
    const both = reapplyText(letters(), letters({ k: 'K' }), letters({ a: 'x\ny', v: 'V' }));
    expect(both).toEqual({ ok: true, text: letters({ a: 'x\ny', k: 'K', v: 'V' }) });
    expect(reapplyText(letters(), letters({ k: null }), letters())).toEqual({
      ok: true,
      text: letters({ k: null }),
    });
  });

  it('a block that was moved as a whole takes its change along', () => {
    const moved = letters({ h: null, i: null, j: null, k: null, l: null, m: null, n: null });
    const there = `${moved}h\ni\nj\nk\nl\nm\nn\n`;
    const again = reapplyText(letters(), letters({ k: 'K' }), there);
    expect(again).toEqual({ ok: true, text: `${moved}h\ni\nj\nK\nl\nm\nn\n` });
  });

  it('the same lines changed otherwise are a conflict that names what stands there now', () => {
    const again = reapplyText(letters(), letters({ k: 'K' }), letters({ a: 'x\ny', k: 'other' }));
    expect(again).toEqual({ ok: false, misfits: [{ line: 12, stands: 'other\nl\nm\n' }] });
  });

  it('changes near each other are one, and each is made once', () => {
    const both = reapplyText(letters(), letters({ k: 'K', o: 'O' }), letters({ a: 'A' }));
    expect(both).toEqual({ ok: true, text: letters({ a: 'A', k: 'K', o: 'O' }) });
  });

  it('of many conflicts in one file ten are told', () => {
    const every = (word: string) =>
      Array.from({ length: 4_000 }, (_, at) => `${at % 20 === 9 ? word : 'line'} ${at}\n`).join('');
    const began = performance.now();
    const again = reapplyText(every('line'), every('ours'), every('theirs'));
    expect(again.ok ? [] : again.misfits.map(({ line }) => line)).toEqual(
      Array.from({ length: 10 }, (_, at) => 10 + at * 20),
    );
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it('what was done there already is done, and the rest is made', () => {
    const again = reapplyText(letters(), letters({ d: 'D', r: 'R' }), letters({ d: 'D', z: 'Z' }));
    expect(again).toEqual({ ok: true, text: letters({ d: 'D', r: 'R', z: 'Z' }) });
  });

  it('another place that looks the same is never taken', () => {
    const twice = `${letters()}-\n${letters()}`;
    const ours = twice.replace('k\n', 'K\n');
    // The first of two equal blocks, whose change this is, is gone: only the second is left.
    expect(reapplyText(twice, ours, `${letters({ k: 'other' })}-\n${letters()}`).ok).toBe(false);
    expect(reapplyText(twice, ours, `new\n${twice}`).ok).toBe(false);
  });

  it('two places that have grown together are not told apart', () => {
    const shop = (one: string, middle: string, two: string) => `1\n2\n3\n${one}\n${middle}${two}\n7\n8\n9\n`;
    const [same, far] = ['-\n-\n-\n', 'm\n'.repeat(9)];
    const base = shop('a', `${same}${far}${same}`, 'b');
    const ours = shop('A', `${same}${far}${same}`, 'B');
    expect(reapplyText(base, ours, shop('a', `${same}${far}new\n${same}`, 'b')).ok).toBe(true);
    expect(reapplyText(base, ours, shop('a', same, 'b')).ok).toBe(false);
  });

  it('beside the file’s edge the change stays at the edge', () => {
    expect(reapplyText('a\nb\n', 'a\nB\n', 'a\nb\nc\n').ok).toBe(false);
    expect(reapplyText('', 'x\n', 'y\n').ok).toBe(false);
    expect(reapplyText(letters(), letters({ z: 'z\nzz' }), letters({ a: 'A' }))).toEqual({
      ok: true,
      text: letters({ a: 'A', z: 'z\nzz' }),
    });
  });

  it('files that were deleted, renamed or made on either side are told by their names', async () => {
    const codeOf = async (files: Record<string, MemoryFile>, given: Partial<FileChange>) => {
      const again = await made(files, change(given));
      if (!again.ok) return again.conflicts[0]?.message;
      return again.files.map(({ op, path, after }) => `${op} ${path} ${after?.length ?? 0}`).join() || 'done';
    };
    expect(await codeOf({}, {})).toBe('It was deleted or renamed meanwhile.');
    expect(await codeOf({}, REMOVED)).toBe('done');
    expect(await codeOf({ f: letters() }, REMOVED)).toBe('delete f 0');
    expect(await codeOf({ f: 'else' }, REMOVED)).toBe('It would be deleted, and was changed meanwhile.');
    expect(await codeOf({}, CREATED)).toBe('create f 4');
    expect(await codeOf({ f: 'new\n' }, CREATED)).toBe('done');
    expect(await codeOf({ f: 'else' }, CREATED)).toMatch(/made meanwhile/);
    expect(await codeOf({ f: letters({ a: 'A!' }) }, RENAMED)).toBe('rename g 53');
    expect(await codeOf({ g: letters({ a: 'A!' }) }, RENAMED)).toBe('modify g 53');
    expect(await codeOf({ f: letters(), g: 'x' }, RENAMED)).toBe('There is a file of that name already.');
    expect(await codeOf({ f: { content: 'f', mode: '120000' } }, {})).toBe('It is no file any more.');
    expect(await codeOf({ f: new Uint8Array([0]) }, {})).toMatch(/is binary/);
  });

  it('modes follow whichever side changed them', async () => {
    const executable = { content: letters({ a: 'A' }), mode: '100755' } as const;
    const kept = await made({ f: executable }, change({}));
    expect(kept.ok && kept.files[0]).toMatchObject({ modeBefore: '100755', mode: '100755' });
    const set = await made({ f: letters() }, change({ after: letters(), mode: '100755' }));
    expect(set.ok && set.files[0]).toMatchObject({ modeBefore: '100644', mode: '100755' });
  });

  it('one conflict leaves everything undone, and all conflicts are named', async () => {
    const again = await made({ f: letters({ k: 'x' }), g: letters() }, change({}), change({ path: 'g' }), {
      ...change({ path: 'h' }),
    });
    expect(again).toEqual({
      ok: false,
      conflicts: [
        { path: 'f', line: 11, message: 'There stands now: `x` …' },
        { path: 'h', line: null, message: 'It was deleted or renamed meanwhile.' },
      ],
    });
  });

  it('lines that all look the same cost no more than their number', () => {
    const many = (count: number) => `${'x\n'.repeat(count)}z\nz\nz\nz\n`;
    const began = Date.now();
    const again = reapplyText(many(200_000), many(100_000), `y\n${many(200_000)}y\n`);
    expect(again.ok && again.text.length).toBe(200_012);
    expect(Date.now() - began).toBeLessThan(10_000);
  });
});

const folder = mkdtempSync(join(tmpdir(), 'merge-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What git makes of the three texts; null: a conflict. */
function gitMerge(base: string, ours: string, theirs: string): string | null {
  const [a, o, b] = ['ours', 'base', 'theirs'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(a, ours);
  writeFileSync(o, base);
  writeFileSync(b, theirs);
  const { status, stdout } = spawnSync('git', ['merge-file', '-p', a, o, b], { encoding: 'utf8' });
  return status === 0 ? stdout : null;
}

type Edit = readonly [
  kind: 'replace' | 'insert' | 'delete' | 'move',
  at: number,
  size: number,
  words: string,
];

function edited(lines: readonly string[], edits: readonly Edit[]): string {
  let now = [...lines];
  for (const [kind, share, size, words] of edits) {
    const at = Math.floor((share / 1_001) * (now.length + 1));
    const taken = kind === 'insert' ? [] : now.splice(at, size);
    if (kind === 'replace' || kind === 'insert')
      now.splice(at, 0, ...words.split('').map((each) => `${each}\n`));
    if (kind === 'move') now = [...now.slice(0, now.length / 2), ...taken, ...now.slice(now.length / 2)];
  }
  return now.join('');
}

const edit = fc.tuple(
  fc.constantFrom('replace', 'replace', 'insert', 'delete', 'move'),
  fc.noBias(fc.integer({ min: 0, max: 1_000 })),
  fc.noBias(fc.integer({ min: 1, max: 9 })),
  fc.string({ unit: fc.constantFrom('A', 'B', 'c', 'd'), minLength: 1, maxLength: 3 }),
) as fc.Arbitrary<Edit>;
const edits = fc.array(edit, { minLength: 1, maxLength: 2 });
/** Many different lines as in a real file; or few, so that places look alike. */
const lines = fc.oneof(
  fc
    .noBias(fc.integer({ min: 0, max: 60 }))
    .map((count) => Array.from({ length: count }, (_, index) => `line ${index}\n`)),
  fc.array(fc.constantFrom('a\n', 'b\n', 'c\n', '}\n', '\n'), { minLength: 12, maxLength: 40 }),
);

const TRIES = Number(process.env.REAPPLY_TRIES ?? 120);

describe('beside git', () => {
  it('where git merges and we do, the text is the same; where git finds a conflict, so do we', () => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
    process.stdout.write(`reapply: seed ${seed}\n`);
    const tally = { same: 0, 'we conflict alone': 0, 'both conflict': 0, moved: 0 };
    fc.assert(
      fc.property(lines, edits, edits, (base, our, their) => {
        const [text, ours, theirs] = [base.join(''), edited(base, our), edited(base, their)];
        const again = reapplyText(text, ours, theirs);
        const merged = gitMerge(text, ours, theirs);
        if (!again.ok) {
          tally[merged === null ? 'both conflict' : 'we conflict alone'] += 1;
          return;
        }
        tally[merged === null ? 'moved' : 'same'] += 1;
        if (merged !== null) expect(again.text).toBe(merged);
        // git follows no block to another place. Nothing but what we changed is changed there, either.
        else expect(difference(text, ours)).toMatchObject(difference(theirs, again.text));
      }),
      { numRuns: TRIES, seed },
    );
    process.stdout.write(`reapply: ${JSON.stringify(tally)}\n`);
    expect(tally.same).toBeGreaterThan(TRIES / 20);
    expect(tally['both conflict']).toBeGreaterThan(TRIES / 20);
  }, 600_000);
});

/** How often each line comes more, or less, in the second text. */
function difference(before: string, after: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of linesOf(after)) counts[line] = (counts[line] ?? 0) + 1;
  for (const line of linesOf(before)) counts[line] = (counts[line] ?? 0) - 1;
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}
