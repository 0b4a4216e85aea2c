import { describe, expect, it } from 'vitest';
import { applyChangeSet } from '../../src/changes/apply-change-set.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { parseChangeSet } from '../../src/changes/parse-change-set.ts';
import { apply, BASE, changeSet, lines } from './build.ts';
import { sharedData } from './shared-data.ts';

interface EditCase {
  readonly id: string;
  readonly format: string;
  readonly before: Record<string, string>;
  readonly edit: { start: number; end: number; text: string; insertBefore: number };
  readonly after?: Record<string, string>;
  readonly error?: boolean;
}

const cases = sharedData<{ cases: EditCase[] }>('edit-cases.json')?.cases ?? null;

async function outcome(
  before: Record<string, string>,
  start: number,
  end: number,
  text: string,
  expected?: string,
) {
  const raw = JSON.stringify(changeSet(lines('file.txt', start, end, text, expected)));
  const parsed = parseChangeSet(raw);
  if (!parsed.ok) return null;
  const applied = await applyChangeSet(parsed.changeSet, memoryWorkspace(BASE, before));
  return applied.ok ? (applied.files[0]?.after ?? null) : null;
}

describe.skipIf(cases === null)('replace_range against public cases', () => {
  it('S0-23: replaces, or refuses, as every peer does', async () => {
    const ranges = cases!.filter(({ format }) => format === 'replace_range');
    expect(ranges.length).toBeGreaterThan(0);
    for (const { id, before, edit, after, error } of ranges) {
      const expected = error ? null : after!['file.txt'];
      expect(await outcome(before, edit.start, edit.end, edit.text), id).toBe(expected);
    }
  });

  it('inserts, or refuses, as every peer does', async () => {
    for (const { id, before, edit, after, error } of cases!.filter(
      ({ format }) => format === 'insert_at_line',
    )) {
      const expected = error ? null : after!['file.txt'];
      expect(await outcome(before, edit.insertBefore, edit.insertBefore - 1, edit.text, ''), id).toBe(
        expected,
      );
    }
  });
});

it('an insertion behind the last line needs no word of what it expects', async () => {
  expect(await apply({ f: 'a\n' }, lines('f', 2, 1, 'b'))).toMatchObject([{ after: 'a\nb\n' }]);
});
