import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openOverlay } from '../../src/agents/overlay.ts';
import { applyChangeSet } from '../../src/changes/apply-change-set.ts';
import { changeSetBetween } from '../../src/changes/change-set-between.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';

const BASE = {
  'a.txt': 'one\ntwo\n',
  'b.txt': 'bee\n',
  'dir/c.txt': 'sea\n',
  link: { content: 'a.txt', mode: '120000' as const },
};
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
    expect(await overlay.changes()).toEqual([]);
  });

  it('S0-22: whatever was edited, its change set gives exactly the same files when applied to the base', async () => {
    const path = fc.constantFrom('a.txt', 'b.txt', 'dir/c.txt', 'new.txt', 'dir/new.txt');
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
        const files = await overlay.changes();
        if (files.length === 0) return;
        const applied = await applyChangeSet(changeSetBetween('0'.repeat(40), 'summary', files), workspace());
        expect(applied.ok ? applied.files.map(({ path: of, after }) => [of, after]) : applied.error).toEqual(
          files.map(({ path: of, after }) => [of, after]),
        );
        for (const of of await overlay.list()) {
          const change = applied.ok ? applied.files.find((file) => file.path === of) : undefined;
          const text = await overlay.read(of);
          if (change && text.ok) expect(change.after).toBe(text.value);
        }
      }),
      { numRuns: 400 },
    );
  });
});
