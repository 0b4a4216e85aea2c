import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/changes/apply-edits.ts';
import type { EditFormat } from '../../src/changes/edit.ts';
import { parseEdits } from '../../src/changes/formats/parse-edits.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { type GeneratedEdit, generateEdit } from './generate-edit.ts';
import type { GeneratedFormat } from './write-edit.ts';

/** `EDIT_CASES=100000 npx vitest run tests/changes/generated-edits.test.ts` runs them in full. */
const CASES = Number(process.env.EDIT_CASES ?? 1_500);
const SEED = Number(process.env.EDIT_SEED ?? Date.now() % 1_000_000);

const WRITTEN_AS: Readonly<Record<GeneratedFormat, EditFormat>> = {
  lines: 'search-replace',
  part: 'search-replace',
  blocks: 'search-replace-blocks',
  numbered: 'unified-diff',
  loose: 'unified-diff',
  v4a: 'apply-patch',
};

const told: string[] = [];

/** The edit of the first number from `number` on that gives one. */
function editFrom(format: GeneratedFormat, number: number): GeneratedEdit {
  for (let next = number; ; next += 1) {
    const edit = generateEdit(format, next);
    if (edit !== null) return edit;
  }
}

describe('generated edits', () => {
  afterAll(() => void process.stdout.write(`seed ${SEED}\n${told.join('\n')}\n`));

  it.each(Object.entries(WRITTEN_AS) as [GeneratedFormat, EditFormat][])(
    'S0-23: an edit as %s gives the right text or is refused, never a wrong one',
    async (generated, format) => {
      const counts = { right: 0, refused: 0, ways: {} as Record<string, number> };
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (number) => {
          const edit = editFrom(generated, number);
          const parsed = parseEdits(format, edit.written);
          if (!parsed.ok) throw new Error(`${parsed.error.code}: ${edit.written}`);
          const applied = await applyEdits(parsed.edits, memoryWorkspace('x', { f: edit.before }));
          if (!applied.ok) {
            counts.refused += 1;
            expect(edit.isPlain ? applied.error.message : null).toBeNull();
            return;
          }
          const after = applied.files.length === 0 ? edit.before : (applied.files[0]?.after ?? '');
          if (!edit.isRight(after))
            expect.fail(JSON.stringify({ number, ...edit, after, found: applied.found }, null, 1));
          counts.right += 1;
          const [found] = applied.found;
          if (found) counts.ways[found.found] = (counts.ways[found.found] ?? 0) + 1;
        }),
        { numRuns: CASES, seed: SEED, endOnFailure: true },
      );
      told.push(`${generated}: ${JSON.stringify(counts)}`);
      // It would say nothing if most edits were refused.
      expect(counts.right).toBeGreaterThan(counts.refused / 2);
    },
    600_000,
  );
});
