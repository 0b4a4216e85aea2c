import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChangeSet } from '../../src/changes/apply-change-set.ts';
import { changeSetBetween } from '../../src/changes/change-set-between.ts';
import type { FileChange } from '../../src/changes/file-change.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { parseChangeSet } from '../../src/changes/parse-change-set.ts';
import { BASE } from './build.ts';

const line = fc.oneof(
  fc.constantFrom('a', 'b', 'c', '', ' ', '\ta', '\r', 'é', '👩‍💻', '\ufeff'),
  fc.string({ maxLength: 3 }).map((text) => text.replaceAll('\0', '').toWellFormed()),
);
const end = fc.constantFrom('\n', '\r\n', '\n', '');
const text = fc
  .tuple(
    fc.constantFrom('', '\ufeff'),
    fc.array(fc.tuple(line, end), { maxLength: 12 }),
    fc.constantFrom('mixed', '\n', '\r\n'),
  )
  .map(
    ([mark, lines, kind]) =>
      mark + lines.map(([words, own]) => words + (kind === 'mixed' ? own : kind)).join(''),
  );
const mode = fc.constantFrom<'100644' | '100755'>('100644', '100755');

/** One file's change, the file it starts from, and the name it has in the base. */
function fileChange(name: string): fc.Arbitrary<FileChange> {
  return fc
    .record({
      op: fc.constantFrom('create', 'modify', 'delete', 'rename'),
      before: text,
      after: text,
      mode,
      modeBefore: mode,
    })
    .map(({ op, ...file }) => {
      const path = op === 'rename' ? `${name}-new` : name;
      const from = op === 'rename' ? name : null;
      if (op === 'create') return { ...file, op, path, from, before: null, modeBefore: null };
      if (op === 'delete') return { ...file, op, path, from, after: null, mode: null };
      return { ...file, op: op === 'rename' ? 'rename' : 'modify', path, from };
    });
}

async function roundTrip(files: readonly FileChange[]) {
  const base = Object.fromEntries(
    files.flatMap(({ path, from, before, modeBefore }) =>
      before === null ? [] : [[from ?? path, { content: before, mode: modeBefore as '100644' }]],
    ),
  );
  const between = changeSetBetween(BASE, 'why', files);
  return { between, applied: await applyChangeSet(between, memoryWorkspace(BASE, base)) };
}

describe('changeSetBetween', () => {
  it('applied to the base, gives exactly the files it was made from', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(fileChange('f'), fileChange('g'), fileChange('h')), async (files) => {
        const { between, applied } = await roundTrip(files);
        expect(parseChangeSet(JSON.stringify(between))).toEqual({ ok: true, changeSet: between });
        const differing = files.filter(
          (file) => file.op !== 'modify' || file.before !== file.after || file.mode !== file.modeBefore,
        );
        if (differing.length === 0)
          expect(applied).toMatchObject({ ok: false, error: { code: 'no_changes' } });
        else expect(applied).toEqual({ ok: true, files: differing });
      }),
      { numRuns: 800 },
    );
  });

  it('says an edit as ranges with the old lines, not as a new file', async () => {
    const file = modified('a\nb\nc\nd\ne\n', 'a\nB\nc\nd\nd2\ne\n');
    expect(changeSetBetween(BASE, 'why', [file]).changes).toEqual([
      { op: 'replace_range', path: 'f', start_line: 2, end_line: 2, content: 'B\n', expect: 'b\n' },
      { op: 'replace_range', path: 'f', start_line: 5, end_line: 4, content: 'd2\n', expect: '' },
    ]);
  });

  it('rewrites a file whose mode or line ends change, and keeps a mode', async () => {
    const executable = { ...modified('a\n', 'a\n'), mode: '100755' };
    expect(changeSetBetween(BASE, '', [executable]).changes).toEqual([
      { op: 'delete_file', path: 'f' },
      { op: 'create_file', path: 'f', content: 'a\n', mode: '100755' },
    ]);
    expect(changeSetBetween(BASE, '', [modified('a\r\n', 'a\n')]).changes).toHaveLength(2);
  });

  it('a rewritten file of 30,000 lines goes through in good time', async () => {
    const before = Array.from({ length: 30_000 }, (_, n) => `old ${n}\n`).join('');
    const started = performance.now();
    const { applied } = await roundTrip([modified(before, before.replaceAll('old', 'new'))]);
    expect(applied.ok).toBe(true);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

function modified(before: string, after: string): FileChange {
  return { op: 'modify', path: 'f', from: null, before, after, modeBefore: '100644', mode: '100644' };
}
