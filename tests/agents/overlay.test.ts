import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openOverlay } from '../../src/agents/overlay.ts';
import { applyChangeSet } from '../../src/changes/apply-change-set.ts';
import { changeSetBetween } from '../../src/changes/change-set-between.ts';
import type { FileChange } from '../../src/changes/file-change.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';

const BASE = {
  'a.txt': 'one\ntwo\n',
  'b.txt': 'bee\n',
  'dir/c.txt': 'sea\n',
  link: { content: 'a.txt', mode: '120000' as const },
};
/** The texts of the base after these changes. */
function treeAfter(files: readonly FileChange[]): Map<string, string> {
  const { link: _, ...texts } = BASE;
  const tree = new Map<string, string>(Object.entries(texts));
  for (const { from, path } of files) for (const gone of [from, path]) if (gone !== null) tree.delete(gone);
  for (const { path, after } of files) if (after !== null) tree.set(path, after);
  return tree;
}

const workspace = () => memoryWorkspace('0'.repeat(40), BASE);

describe('an agent’s overlay', () => {
  it('shows the repository with the agent’s edits, and leaves the workspace as it was', async () => {
    const base = workspace();
    const overlay = await openOverlay(base);
    await overlay.write('a.txt', 'one\nTWO\n');
    await overlay.remove('b.txt');
    await overlay.rename('dir/c.txt', 'dir/d.txt');

    expect(await overlay.list()).toEqual(['a.txt', 'dir/d.txt', 'link']);
    expect(await overlay.read('a.txt')).toEqual({ ok: true, value: 'one\nTWO\n' });
    expect(await overlay.search('TWO', 10)).toEqual([{ path: 'a.txt', line: 2, text: 'TWO' }]);
    expect(await overlay.read('b.txt')).toMatchObject({ ok: false });
    expect(new TextDecoder().decode((await base.read('a.txt')) ?? undefined)).toBe('one\ntwo\n');
  });

  it('does not follow or change a symbolic link', async () => {
    const overlay = await openOverlay(workspace());
    expect(await overlay.read('link')).toMatchObject({ ok: false });
    expect(await overlay.write('link', 'x')).toMatchObject({ ok: false });
  });

  it('reports nothing for edits that cancel out', async () => {
    const overlay = await openOverlay(workspace());
    await overlay.write('new.txt', 'x');
    await overlay.remove('new.txt');
    await overlay.write('a.txt', 'changed');
    await overlay.write('a.txt', 'one\ntwo\n');
    await overlay.rename('b.txt', 'e.txt');
    await overlay.rename('e.txt', 'b.txt');
    expect(await overlay.changes()).toEqual({ ok: true, value: [] });
  });

  it('S0-22: whatever was edited, applied to the base its change set gives exactly what the agent saw', async () => {
    const path = fc.constantFrom('a.txt', 'b.txt', 'b.txt/x', 'dir', 'dir/c.txt', 'new.txt', 'dir/new.txt');
    const step = fc.oneof(
      fc.record({ do: fc.constant('write' as const), path, text: fc.string({ maxLength: 20 }) }),
      fc.record({ do: fc.constant('remove' as const), path }),
      fc.record({ do: fc.constant('rename' as const), path, to: path }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const overlay = await openOverlay(workspace());
        for (const each of steps) {
          if (each.do === 'write') await overlay.write(each.path, each.text);
          else if (each.do === 'remove') await overlay.remove(each.path);
          else await overlay.rename(each.path, each.to);
        }
        const changes = await overlay.changes();
        if (!changes.ok) throw new Error(changes.error.message);
        const files = changes.value;
        if (files.length === 0) return;
        const applied = await applyChangeSet(changeSetBetween('0'.repeat(40), 'summary', files), workspace());
        if (!applied.ok) throw new Error(applied.error.message);
        const shown = new Map<string, string>();
        for (const of of await overlay.list()) {
          const text = await overlay.read(of);
          if (text.ok) shown.set(of, text.value);
        }
        expect(treeAfter(applied.files)).toEqual(shown);
        expect(treeAfter(files)).toEqual(shown);
      }),
      { numRuns: 400 },
    );
  });
});
