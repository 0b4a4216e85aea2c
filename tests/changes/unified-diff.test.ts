import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/changes/file-change.ts';
import { countLines, unifiedDiff } from '../../src/changes/unified-diff.ts';

const folder = mkdtempSync(join(tmpdir(), 'conductor-diff-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What git makes of the diff: the text and whether it is executable, null when the file is gone. */
function gitApply(file: FileChange) {
  const repository = mkdtempSync(join(folder, 'r-'));
  const before = join(repository, file.from ?? file.path);
  if (file.before !== null) {
    writeFileSync(before, file.before);
    if (file.modeBefore === '100755') chmodSync(before, 0o755);
  }
  execFileSync('git', ['apply', '--whitespace=nowarn', '-'], {
    cwd: repository,
    input: unifiedDiff(file),
    env: { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: folder },
  });
  const after = join(repository, file.path);
  return existsSync(after)
    ? { text: readFileSync(after, 'utf8'), executable: (statSync(after).mode & 0o100) > 0 }
    : null;
}

const plain = {
  path: 'f.txt',
  from: null,
  before: 'a\nb\n',
  after: 'a\nB\n',
  modeBefore: '100644',
  mode: '100644',
};

describe('unifiedDiff', () => {
  it('reads as git writes it', () => {
    expect(unifiedDiff({ ...plain, op: 'modify' })).toBe(
      'diff --git a/f.txt b/f.txt\n--- a/f.txt\n+++ b/f.txt\n@@ -1,2 +1,2 @@\n a\n-b\n+B\n',
    );
    expect(unifiedDiff({ ...plain, op: 'create', before: null, modeBefore: null, after: 'x' })).toBe(
      'diff --git a/f.txt b/f.txt\nnew file mode 100644\n--- /dev/null\n+++ b/f.txt\n@@ -0,0 +1,1 @@\n+x\n\\ No newline at end of file\n',
    );
    expect(unifiedDiff({ ...plain, op: 'delete', after: null, mode: null })).toContain(
      'deleted file mode 100644\n',
    );
  });

  it('git applies it to a file that is created, changed, renamed, made executable or deleted', () => {
    const big = Array.from({ length: 5_000 }, (_, n) => `${n}\n`).join('');
    const changes: FileChange[] = [
      { ...plain, op: 'modify' },
      { ...plain, op: 'modify', before: 'a\r\nb', after: 'a\r\nb\r\n' },
      { ...plain, op: 'modify', before: big, after: big.replaceAll('7', 'x') },
      { ...plain, op: 'modify', before: big, after: big.replaceAll(/\d+/g, 'x$&') },
      { ...plain, op: 'modify', before: '', after: 'x\n' },
      { ...plain, op: 'modify', before: 'x\n', after: '' },
      { ...plain, op: 'modify', mode: '100755' },
      { ...plain, op: 'modify', after: 'a\nb\n', mode: '100755' },
      { ...plain, op: 'rename', from: 'old "name" é.txt', path: 'ünï code.txt' },
      { ...plain, op: 'rename', from: 'old.txt', after: 'a\nb\n' },
      { ...plain, op: 'create', before: null, modeBefore: null, mode: '100755' },
      { ...plain, op: 'delete', after: null, mode: null },
    ];
    for (const change of changes) {
      const expected =
        change.after === null ? null : { text: change.after, executable: change.mode === '100755' };
      expect(gitApply(change), unifiedDiff(change).slice(0, 200)).toEqual(expected);
    }
  });

  it('its hunks make the text after from the text before', () => {
    const lines = fc
      .array(fc.constantFrom('a\n', 'b\n', 'c\n'), { maxLength: 60 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(lines, lines, (before, after) => {
        const hunks = unifiedDiff({ ...plain, op: 'modify', before, after }).matchAll(
          /^@@ -(\d+),(\d+) \+(\d+),(\d+) @@$/gm,
        );
        for (const [, oldStart, oldLines, newStart, newLines] of hunks) {
          expect(Number(oldStart) + Number(oldLines) - 1).toBeLessThanOrEqual(before.length / 2);
          expect(Number(newStart) + Number(newLines) - 1).toBeLessThanOrEqual(after.length / 2);
        }
      }),
    );
  });
});

describe('countLines', () => {
  it('counts as git does', () => {
    expect(countLines([{ ...plain, op: 'modify' }])).toEqual({ added: 1, removed: 1 });
    expect(countLines([{ ...plain, op: 'modify', after: 'a\nb' }])).toEqual({ added: 1, removed: 1 });
    expect(countLines([{ ...plain, op: 'rename', from: 'x', after: 'a\nb\n' }])).toEqual({
      added: 0,
      removed: 0,
    });
    expect(countLines([{ ...plain, op: 'delete', after: null, mode: null }])).toEqual({
      added: 0,
      removed: 2,
    });
    expect(countLines([])).toEqual({ added: 0, removed: 0 });
  });

  it('stays fast over many rewritten files, and never tells of fewer lines than differ', () => {
    const before = Array.from({ length: 1_200 }, (_, n) => `${n % 7}\n`).join('');
    const after = Array.from({ length: 1_200 }, (_, n) => `${(n * n) % 7}\n`).join('');
    const files = Array.from({ length: 400 }, (_, n) => ({
      ...plain,
      op: 'modify' as const,
      path: `f${n}`,
      before,
      after,
    }));
    const alone = countLines(files.slice(0, 1));
    const started = performance.now();
    const all = countLines(files);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(all.added).toBeGreaterThanOrEqual(alone.added * files.length);
  });
});
