import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cage, makeCage, removeCage } from '../../../src/agents/cli/cage.ts';
import { changesInCopy } from '../../../src/agents/cli/changes-in-copy.ts';
import { staysInside, writeCopy } from '../../../src/agents/cli/copy.ts';
import { walkCopy } from '../../../src/agents/cli/walk-copy.ts';
import { applyChangeSet } from '../../../src/changes/apply-change-set.ts';
import { changeSetBetween } from '../../../src/changes/change-set-between.ts';
import { type MemoryFile, memoryWorkspace } from '../../../src/changes/memory-workspace.ts';
import { cagedHost } from './caged.ts';
import { COMMIT } from './tasks.ts';

const { host } = cagedHost('same');

/** A copy of these files, and what became of it. */
async function withCopy<T>(
  files: Record<string, MemoryFile>,
  look: (cage: Cage, copied: ReadonlyMap<string, unknown>) => T,
) {
  const cage = await makeCage(host);
  try {
    const before = await writeCopy(cage, memoryWorkspace(COMMIT, files));
    return await look(cage, before);
  } finally {
    await removeCage(cage);
  }
}

const link = (to: string): MemoryFile => ({ content: to, mode: '120000' });

describe('S4-3: the copy', () => {
  it('has the files with their bytes and their executable bits', async () => {
    const bytes = new Uint8Array([0, 255, 10, 13]);
    const files = { 'a/b/c.bin': bytes, run: { content: '#!/bin/sh\n', mode: '100755' as const }, empty: '' };
    await withCopy(files, ({ copy }, copied) => {
      expect([...copied.keys()].sort()).toEqual(['a/b/c.bin', 'empty', 'run']);
      expect(new Uint8Array(readFileSync(join(copy, 'a/b/c.bin')))).toEqual(bytes);
      expect(lstatSync(join(copy, 'run')).mode & 0o100).toBe(0o100);
      expect(lstatSync(join(copy, 'empty')).mode & 0o111).toBe(0);
    });
  });

  it('has links that lead to its own files, and no others', async () => {
    const files = {
      'a.txt': 'a',
      'd/e/in': link('../../a.txt'),
      'd/dir': link('e'),
      up: link('..'),
      root: link('/etc'),
    };
    await withCopy(
      { ...files, git: link('.git/config'), 'd/trick': link('dir/../../..') },
      ({ copy }, copied) => {
        expect([...copied.keys()].sort()).toEqual(['a.txt', 'd/dir', 'd/e/in']);
        expect(readlinkSync(join(copy, 'd/e/in'))).toBe('../../a.txt');
      },
    );
  });

  it('has no paths that a hostile tree may hold, and no submodules', async () => {
    const bad = [
      '../out',
      'a/../../out',
      '/abs',
      '.git/hooks/x',
      'a/.GIT/config',
      'git~1/config',
      'a//b',
      './c',
      'n\0l',
    ];
    const files = Object.fromEntries(bad.map((path) => [path, 'x']));
    const sub = { content: '', mode: '160000' as const };
    await withCopy({ ...files, sub, 'ok.txt': 'x', 'a..b/c': 'x' }, (_, copied) => {
      expect([...copied.keys()].sort()).toEqual(['a..b/c', 'ok.txt']);
    });
  });

  it.each([
    ['a', 'b', true],
    ['a', './b/c', true],
    ['a/b', '..', true],
    ['a/b', '../..', false],
    ['a', '..', false],
    ['a/b/c', '../../x/y', true],
    ['a', 'b/../c', false],
    ['a', '', false],
    ['a', '.git', false],
    ['a/b', '../.GIT/config', false],
  ])('a link at %s to %j stays inside: %s', (path, target, inside) => {
    expect(staysInside(path, target)).toBe(inside);
  });

  it('is refused for a repository beyond all measure, before a file is read', async () => {
    const workspace = {
      ...memoryWorkspace(COMMIT, {}),
      list: async () => [{ path: 'a', mode: '100644' as const }],
      sizeOf: async () => 3 * 1024 ** 3,
      read: () => Promise.reject(new Error('not read')),
    };
    const cage = await makeCage(host);
    await expect(writeCopy(cage, workspace)).rejects.toThrow('The repository has 3072 MiB');
    await removeCage(cage);
  });
});

const path = fc.constantFrom('a', 'b.txt', 'd/a', 'd/e/f', 'd/g.md', 'x/y', 'x');
const text = fc.constantFrom('', 'one\n', 'one\ntwo\n', 'one\r\n', 'no end', '\ufeffbom\n', 'ü\n'.repeat(40));
type Edit =
  | { op: 'write'; path: string; text: string; executable: boolean }
  | { op: 'remove'; path: string }
  | { op: 'rename'; path: string; to: string };
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ op: fc.constant('write' as const), path, text, executable: fc.boolean() }),
  fc.record({ op: fc.constant('remove' as const), path }),
  fc.record({ op: fc.constant('rename' as const), path, to: path }),
);

function makeEdit(copy: string, of: Edit): void {
  const at = join(copy, of.path);
  if (of.op === 'write') {
    mkdirSync(dirname(at), { recursive: true });
    writeFileSync(at, of.text);
    chmodSync(at, of.executable ? 0o755 : 0o644);
  } else if (of.op === 'remove') rmSync(at);
  else {
    mkdirSync(dirname(join(copy, of.to)), { recursive: true });
    renameSync(at, join(copy, of.to));
  }
}

describe('S4-3: what became of the copy', () => {
  it('is told as applying its change set tells it, after any edits', async () => {
    const bases = fc.uniqueArray(fc.tuple(path, text, fc.boolean()), {
      selector: ([at]) => at,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(bases, fc.array(edit, { maxLength: 8 }), async (base, edits) => {
        const plain = base.filter(([at]) => at !== 'x' || !base.some(([other]) => other === 'x/y'));
        const files = Object.fromEntries(
          plain.map(([at, content, executable]) => [
            at,
            { content, mode: executable ? ('100755' as const) : ('100644' as const) },
          ]),
        );
        const workspace = memoryWorkspace(COMMIT, files);
        const cage = await makeCage(host);
        try {
          const before = await writeCopy(cage, workspace);
          for (const each of edits) {
            try {
              makeEdit(cage.copy, each);
            } catch {
              // Nothing there, or a folder in the way: that edit is not made.
            }
          }
          const after = await walkCopy(cage, before, new Set());
          const changes = await changesInCopy(workspace, before, after);
          if (changes.length === 0) return;
          const changeSet = changeSetBetween(COMMIT, 'Edits.', changes);
          const applied = await applyChangeSet(changeSet, workspace);
          expect(applied).toEqual({ ok: true, files: changes });
        } finally {
          await removeCage(cage);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('an executable bit that comes or goes is a change of its own', async () => {
    const files = { a: 'a\n', run: { content: '#!/bin/sh\n', mode: '100755' as const } };
    const workspace = memoryWorkspace(COMMIT, files);
    const cage = await makeCage(host);
    const before = await writeCopy(cage, workspace);
    chmodSync(join(cage.copy, 'a'), 0o755);
    chmodSync(join(cage.copy, 'run'), 0o644);
    const changes = await changesInCopy(workspace, before, await walkCopy(cage, before, new Set()));
    await removeCage(cage);
    expect(changes.map(({ op, path, modeBefore, mode }) => [op, path, modeBefore, mode])).toEqual([
      ['modify', 'a', '100644', '100755'],
      ['modify', 'run', '100755', '100644'],
    ]);
  });

  it('a large or binary file that nobody touched is no change, and may be removed', async () => {
    const files = { 'big.bin': new Uint8Array(1_500_000), 'small.bin': new Uint8Array([0, 1]) };
    const workspace = memoryWorkspace(COMMIT, files);
    const cage = await makeCage(host);
    const before = await writeCopy(cage, workspace);
    const changes = async () => changesInCopy(workspace, before, await walkCopy(cage, before, new Set()));
    expect(await changes()).toEqual([]);
    rmSync(join(cage.copy, 'big.bin'));
    expect(await changes()).toMatchObject([{ op: 'delete', path: 'big.bin', before: null }]);
    writeFileSync(join(cage.copy, 'small.bin'), new Uint8Array([0, 2]));
    await expect(changes()).rejects.toThrow('is binary');
    await removeCage(cage);
  });
});
