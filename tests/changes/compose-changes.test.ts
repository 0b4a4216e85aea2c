import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyChangeSet } from '../../src/changes/apply-change-set.ts';
import type { Change } from '../../src/changes/change-set.ts';
import { changeSetBetween } from '../../src/changes/change-set-between.ts';
import { composeChanges } from '../../src/changes/compose-changes.ts';
import type { FileChange } from '../../src/changes/file-change.ts';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { BASE, changeSet, create, lines, remove, rename } from './build.ts';

type Tree = Record<string, MemoryFile>;
type Moded = Extract<MemoryFile, { mode: unknown }>;
const FILES: Tree = {
  a: 'one\ntwo\n',
  b: 'three\n',
  'd/c': { content: 'four\n', mode: '100755' },
};

async function made(tree: Tree, changes: readonly Change[]): Promise<readonly FileChange[] | null> {
  const applied = await applyChangeSet(changeSet(...changes), memoryWorkspace(BASE, tree));
  return applied.ok ? applied.files : null;
}

function treeAfter(tree: Tree, files: readonly FileChange[]): Tree {
  const left = { ...tree };
  for (const { path, from, op } of files) {
    if (from !== null) delete left[from];
    if (op === 'delete') delete left[path];
  }
  for (const { path, op, after: content, mode } of files)
    if (op !== 'delete') left[path] = { content: content ?? '', mode: (mode ?? '100644') as Moded['mode'] };
  return left;
}

const plain = (tree: Tree) =>
  Object.fromEntries(
    Object.entries(tree)
      .map(([path, file]) => [
        path,
        typeof file === 'string'
          ? `100644 ${file}`
          : Object.values(file as Moded)
              .sort()
              .join(' '),
      ])
      .sort(),
  );

const path = fc.constantFrom('a', 'b', 'd/c', 'e', 'd/f');
const text = fc.constantFrom('one\ntwo\n', 'three\n', 'five\n');
const change = fc.oneof(
  fc.tuple(path, text).map(([at, content]) => create(at, content)),
  path.map((at) => lines(at, 1, 1, 'six')),
  path.map((at) => remove(at)),
  fc.tuple(path, path).map(([from, to]) => rename(from, to)),
);

describe('two changes as one', () => {
  it('give the same files as one after the other, whatever each does', async () => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (one, two) => {
          const first = await made(FILES, one);
          fc.pre(first !== null);
          const between = treeAfter(FILES, first ?? []);
          const second = await made(between, two);
          fc.pre(second !== null);
          tried += 1;
          const whole = composeChanges(first ?? [], second ?? []);
          expect(plain(treeAfter(FILES, whole))).toEqual(plain(treeAfter(between, second ?? [])));
          if (whole.length === 0) return;
          const again = await applyChangeSet(
            changeSetBetween(BASE, 'x', whole),
            memoryWorkspace(BASE, FILES),
          );
          expect(again).toMatchObject({ ok: true });
          expect(plain(treeAfter(FILES, again.ok ? again.files : []))).toEqual(
            plain(treeAfter(FILES, whole)),
          );
        },
      ),
      { numRuns: 500 },
    );
    expect(tried).toBeGreaterThan(100);
  });

  it('come to nothing where the second takes the first back', async () => {
    const first = await made(FILES, [create('e', 'x\n'), lines('a', 1, 1, 'six'), rename('b', 'z')]);
    const now = treeAfter(FILES, first ?? []);
    const second = await made(now, [remove('e'), lines('a', 1, 1, 'one'), rename('z', 'b')]);
    expect(composeChanges(first ?? [], second ?? [])).toEqual([]);
  });

  it('keep a rename that the second edits, with both of its ends', async () => {
    const first = await made(FILES, [rename('b', 'z')]);
    const second = await made(treeAfter(FILES, first ?? []), [lines('z', 1, 1, 'six')]);
    expect(composeChanges(first ?? [], second ?? [])).toMatchObject([
      { op: 'rename', from: 'b', path: 'z', before: 'three\n', after: 'six\n' },
    ]);
  });
});
