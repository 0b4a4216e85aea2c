import { describe, expect, it } from 'vitest';
import { applyChangeSet } from '../../src/changes/apply-change-set.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import type { Workspace } from '../../src/changes/workspace.ts';
import { apply, BASE, changeSet, create, lines, remove, rename, swap, textAfter } from './build.ts';

const link = { content: 'a', mode: '120000' as const };
const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 1\n';
const submodule = { content: '', mode: '160000' as const };

describe('applyChangeSet: files', () => {
  it('S0-22: makes three edits and one new file in one go', async () => {
    const files = await apply(
      { 'a.ts': 'one\ntwo\n', 'b.ts': 'x\n', 'c.ts': 'gone\n' },
      lines('a.ts', 2, 2, 'TWO'),
      swap('b.ts', 'x', 'y'),
      remove('c.ts'),
      create('d/e.ts', 'fresh\n', '100755'),
    );
    expect(files).toEqual([
      change('modify', 'a.ts', 'one\ntwo\n', 'one\nTWO\n'),
      change('modify', 'b.ts', 'x\n', 'y\n'),
      { ...change('delete', 'c.ts', 'gone\n', null), mode: null },
      { ...change('create', 'd/e.ts', null, 'fresh\n'), modeBefore: null, mode: '100755' },
    ]);
  });

  it('S0-22: is all or nothing: one bad edit of ten, and there is no result', async () => {
    expect(await apply({ a: 'x\n' }, create('b'), create('c'), lines('a', 5, 5, 'y'))).toBe(
      'range_outside_file',
    );
  });

  it('a file renamed and edited is one rename, with its text before and after', async () => {
    const renamed = { ...change('rename', 'new.ts', 'one\ntwo\n', 'one\n2\n'), from: 'old.ts' };
    const files = { 'old.ts': 'one\ntwo\n' };
    expect(await apply(files, rename('old.ts', 'new.ts'), lines('new.ts', 2, 2, '2'))).toEqual([renamed]);
    expect(await apply(files, lines('old.ts', 2, 2, '2'), rename('old.ts', 'new.ts'))).toEqual([renamed]);
    expect(await apply(files, rename('old.ts', 'x'), swap('x', 'two', '2'), rename('x', 'new.ts'))).toEqual([
      renamed,
    ]);
  });

  it('tells of trees, not of detours', async () => {
    expect(await apply({ a: '1\n' }, create('b'), remove('b'))).toBe('no_changes');
    expect(await apply({ a: '1\n' }, rename('a', 'b'), rename('b', 'a'))).toBe('no_changes');
    expect(await apply({ a: '1\n' }, rename('a', 'b'), remove('b'))).toEqual([
      { ...change('delete', 'a', '1\n', null), mode: null },
    ]);
    expect(await apply({ a: '1\n' }, remove('a'), create('a', '2\n'))).toEqual([
      change('modify', 'a', '1\n', '2\n'),
    ]);
    expect(await apply({ a: '1\n' }, remove('a'), create('a', '1\n', '100755'))).toEqual([
      { ...change('modify', 'a', '1\n', '1\n'), mode: '100755' },
    ]);
  });

  it('a file put over another is a change of that one, so nothing of it is hidden', async () => {
    const files = { a: 'new\n', b: 'old\n' };
    expect(await apply(files, remove('b'), rename('a', 'b'))).toEqual([
      { ...change('delete', 'a', 'new\n', null), mode: null },
      change('modify', 'b', 'old\n', 'new\n'),
    ]);
    expect(await apply(files, rename('a', 't'), rename('b', 'a'), rename('t', 'b'))).toEqual([
      change('modify', 'a', 'new\n', 'old\n'),
      change('modify', 'b', 'old\n', 'new\n'),
    ]);
  });

  it('keeps the mode of a file that is edited or renamed', async () => {
    const script = { content: 'x\n', mode: '100755' as const };
    expect(await apply({ run: script }, swap('run', 'x', 'y'))).toMatchObject([
      { modeBefore: '100755', mode: '100755' },
    ]);
    expect(await apply({ run: script }, rename('run', 'go'))).toMatchObject([
      { modeBefore: '100755', mode: '100755' },
    ]);
  });

  it.each([
    ['creating a file that exists', [create('a')], 'file_exists'],
    ['creating a file twice', [create('n'), create('n')], 'file_exists'],
    ['renaming onto a file', [rename('a', 'd/b')], 'file_exists'],
    ['renaming a file to its own name', [rename('a', 'a')], 'file_exists'],
    ['deleting a missing file', [remove('x')], 'file_missing'],
    ['deleting twice', [remove('a'), remove('a')], 'file_missing'],
    ['renaming a missing file', [rename('x', 'y')], 'file_missing'],
    ['editing a missing file', [lines('x', 1, 1, '')], 'file_missing'],
    ['editing under the old name', [rename('a', 'n'), swap('a', '1', '2')], 'file_missing'],
    ['deleting a folder', [remove('d')], 'file_missing'],
    ['a file where a folder is', [create('d')], 'path_conflict'],
    ['a rename to a folder', [rename('a', 'd')], 'path_conflict'],
    ['a folder where a file is', [create('a/b')], 'path_conflict'],
    ['a file below a new file', [create('n'), create('n/m')], 'path_conflict'],
    ['a file above a new file', [create('n/m'), create('n')], 'path_conflict'],
    ['editing below a file', [swap('a/b', 'x', 'y')], 'path_conflict'],
    ['editing a link', [swap('link', 'a', 'b')], 'not_a_regular_file'],
    ['creating over a link', [create('link')], 'not_a_regular_file'],
    ['creating through a link', [create('link/x')], 'not_a_regular_file'],
    ['renaming a link', [rename('link', 'x')], 'not_a_regular_file'],
    ['renaming onto a link', [rename('a', 'link')], 'not_a_regular_file'],
    ['deleting a link', [remove('link')], 'not_a_regular_file'],
    ['deleting through a link', [remove('link/x')], 'not_a_regular_file'],
    ['writing into a submodule', [create('sub/x')], 'not_a_regular_file'],
    ['deleting a submodule', [remove('sub')], 'not_a_regular_file'],
    ['editing a binary file', [swap('bin', 'x', 'y')], 'not_text'],
    ['renaming a binary file', [rename('bin', 'x')], 'not_text'],
    ['editing Latin-1', [lines('latin', 1, 1, 'x')], 'not_text'],
    ['writing a NUL', [create('n', 'a\0b')], 'not_text'],
    ['writing over a MiB', [create('n', 'é'.repeat(600_000))], 'file_too_large'],
    ['editing a file over a MiB', [lines('big', 1, 1, 'x')], 'file_too_large'],
    ['editing a Git LFS pointer', [swap('lfs', 'size 1', 'size 2')], 'lfs_pointer'],
    ['a file in place of a Git LFS pointer', [remove('lfs'), create('lfs', 'x')], 'lfs_pointer'],
    ['a new Git LFS pointer', [create('n', POINTER)], 'lfs_pointer'],
    ['an unsafe path', [create('../x')], 'path_not_plain'],
    ["an unsafe rename's end", [rename('a', '.git/hooks/x')], 'path_names_git'],
    ['nothing', [], 'no_changes'],
    ['the same lines again', [lines('a', 1, 1, '1')], 'no_changes'],
    ['the same text again', [swap('a', '1', '1')], 'no_changes'],
  ])('S0-23: %s is refused', async (_, changes, code) => {
    const files = {
      a: '1\n',
      'd/b': '2\n',
      link,
      sub: submodule,
      lfs: POINTER,
      bin: new Uint8Array([120, 0, 1]),
      latin: new Uint8Array([0xe9, 10]),
      big: 'x\n'.repeat(600_000),
    };
    expect(await apply(files, ...changes)).toBe(code);
  });

  it('a name is free again once what was there is gone', async () => {
    expect(
      await apply({ a: '1\n', 'd/b': '2\n' }, remove('a'), create('a/b'), remove('d/b'), create('d')),
    ).toHaveLength(4);
    expect(await apply({ a: '1\n' }, rename('a', 'a/b'))).toMatchObject([
      { op: 'rename', path: 'a/b', from: 'a' },
    ]);
  });

  it('a binary file can be deleted; there is no text to tell of', async () => {
    expect(await apply({ bin: new Uint8Array([0]) }, remove('bin'))).toEqual([
      { ...change('delete', 'bin', null, null), mode: null },
    ]);
  });

  it('S0-23: refuses another base, and takes any in a plain folder', async () => {
    const set = { ...changeSet(create('b')), base: 'c'.repeat(40) };
    expect(await applyChangeSet(set, memoryWorkspace(BASE, {}))).toMatchObject({
      error: { code: 'wrong_base' },
    });
    expect(await applyChangeSet(set, memoryWorkspace('folder', {}))).toMatchObject({ ok: true });
  });

  it('names the change, the file and the next step', async () => {
    const applied = await applyChangeSet(
      changeSet(create('b'), remove('x\u202e')),
      memoryWorkspace(BASE, {}),
    );
    expect(applied).toMatchObject({ ok: false, error: { message: expect.stringContaining('"x\\u{202e}"') } });
    const missing = await applyChangeSet(changeSet(create('b'), remove('x')), memoryWorkspace(BASE, {}));
    expect(missing).toMatchObject({
      ok: false,
      error: { message: expect.stringMatching(/./), hint: expect.stringMatching(/./) },
    });
  });

  it('reads each file of the workspace once', async () => {
    const reads: string[] = [];
    const inner = memoryWorkspace(BASE, { a: '1\n2\n', b: '1\n', big: 'x'.repeat(2_000_000) });
    const counted: Workspace = {
      ...inner,
      read(path) {
        reads.push(path);
        return inner.read(path);
      },
    };
    await applyChangeSet(
      changeSet(lines('a', 1, 1, 'x'), lines('a', 2, 2, 'y'), rename('a', 'c'), remove('b'), remove('big')),
      counted,
    );
    expect(reads.sort()).toEqual(['a', 'b']);
  });
});

describe('applyChangeSet: replace_range', () => {
  it.each([
    ['one line', 'a\nb\nc\n', [lines('f', 2, 2, 'B')], 'a\nB\nc\n'],
    ['a line for several', 'a\nb\nc\nd\n', [lines('f', 2, 3, 'X')], 'a\nX\nd\n'],
    ['several for a line', 'a\nb\n', [lines('f', 1, 1, 'x\ny\nz\n')], 'x\ny\nz\nb\n'],
    ['all', 'a\nb\n', [lines('f', 1, 2, 'z')], 'z\n'],
    ['all with nothing', 'a\nb\n', [lines('f', 1, 2, '')], ''],
    ['a line with nothing', 'a\nb\nc\n', [lines('f', 2, 2, '')], 'a\nc\n'],
    ['a line with an empty one', 'a\nb\nc\n', [lines('f', 2, 2, '\n')], 'a\n\nc\n'],
    ['behind the last line', 'a\nb\n', [lines('f', 3, 2, 'c')], 'a\nb\nc\n'],
    ['before a line', 'a\nb\n', [lines('f', 2, 1, 'x', '')], 'a\nx\nb\n'],
    ['before the first line', 'a\n', [lines('f', 1, 0, 'x', '')], 'x\na\n'],
    ['into an empty file, as it is', '', [lines('f', 1, 0, 'x\r\ny')], 'x\r\ny'],
    ['twice into an empty file', '', [lines('f', 1, 0, 'x'), lines('f', 1, 0, 'y\n')], 'x\ny\n'],
    ['twice at one place, in order', 'a\n', [lines('f', 2, 1, 'x'), lines('f', 2, 1, 'y')], 'a\nx\ny\n'],
    [
      'ranges in any order, by base lines',
      'a\nb\nc\n',
      [lines('f', 3, 3, 'C'), lines('f', 1, 1, 'A\nA2')],
      'A\nA2\nb\nC\n',
    ],
    [
      'beside an insertion',
      'a\nb\n',
      [lines('f', 2, 2, 'B'), lines('f', 2, 1, 'x', ''), lines('f', 3, 2, 'y')],
      'a\nx\nB\ny\n',
    ],
    ['the last line, which has no line end', 'a\nb', [lines('f', 2, 2, 'B\n')], 'a\nB'],
    ['behind a last line without line end', 'a\nb', [lines('f', 3, 2, 'c\n')], 'a\nb\nc'],
    ['the last line of such a file with nothing', 'a\nb', [lines('f', 2, 2, '')], 'a'],
    ['its last line and the one before', 'a\nb\nc', [lines('f', 3, 3, ''), lines('f', 2, 2, 'B')], 'a\nB'],
    ['LF content in a CRLF file', 'a\r\nb\r\n', [lines('f', 2, 2, 'B\nC')], 'a\r\nB\r\nC\r\n'],
    ['CRLF content in an LF file', 'a\nb\n', [lines('f', 2, 2, 'B\r\nC')], 'a\nB\nC\n'],
    ['a CRLF file without final line end', 'a\r\nb', [lines('f', 3, 2, 'c')], 'a\r\nb\r\nc'],
    ['the line behind a byte order mark', '\ufeffa\nb\n', [lines('f', 1, 1, 'A', 'a')], '\ufeffA\nb\n'],
    ['a line ended by a lone CR, which is no line end', 'a\rb\nc\n', [lines('f', 2, 2, 'C')], 'a\rb\nC\n'],
  ])('replaces %s', async (_, before, changes, after) => {
    expect(await textAfter(before, ...changes)).toBe(after);
  });

  it.each([
    ['past the end', [lines('f', 2, 9, 'x')], '<range_outside_file>'],
    ['behind the end with a gap', [lines('f', 5, 4, 'x')], '<range_outside_file>'],
    ['before it starts', [lines('f', 3, 1, 'x')], '<range_inverted>'],
    ['before it starts by one, without saying that it inserts', [lines('f', 2, 1, 'x')], '<range_inverted>'],
    ['over another', [lines('f', 1, 2, 'x'), lines('f', 2, 3, 'y')], '<overlapping_ranges>'],
    ['the same twice', [lines('f', 1, 1, 'x'), lines('f', 1, 1, 'y')], '<overlapping_ranges>'],
    ['around an insertion', [lines('f', 2, 1, 'x', ''), lines('f', 1, 3, 'y')], '<overlapping_ranges>'],
    ['into a deleted range', [lines('f', 1, 3, ''), lines('f', 2, 1, 'x', '')], '<overlapping_ranges>'],
    ['over replaced text', [swap('f', 'b', 'B'), lines('f', 1, 2, 'x')], '<overlapping_ranges>'],
    ['expecting something else', [lines('f', 2, 2, 'x', 'B')], '<stale_range>'],
    ['expecting more spaces', [lines('f', 2, 2, 'x', 'b ')], '<stale_range>'],
    ['expecting too few lines', [lines('f', 1, 2, 'x', 'a\n')], '<stale_range>'],
    ['expecting text where it inserts', [lines('f', 2, 1, 'x', 'b')], '<stale_range>'],
  ])('S0-23: refuses a range %s', async (_, changes, code) => {
    expect(await textAfter('a\nb\nc\n', ...changes)).toBe(code);
  });

  it('expects the old text whatever its line ends, and with or without the last', async () => {
    for (const expected of ['a\nb', 'a\nb\n', 'a\r\nb', 'a\r\nb\r\n']) {
      expect(await textAfter('a\r\nb\r\n', lines('f', 1, 2, 'x', expected))).toBe('x\r\n');
      expect(await textAfter('a\nb', lines('f', 1, 2, 'x', expected))).toBe('x');
    }
    expect(await textAfter('a\n\nb\n', lines('f', 1, 2, 'x', 'a\n'))).toBe('x\nb\n');
  });

  it('S0-23: says what stands where an edit is stale', async () => {
    const applied = await applyChangeSet(
      changeSet(lines('f', 2, 2, 'x', 'B')),
      memoryWorkspace(BASE, { f: 'a\nb\n' }),
    );
    expect(applied).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining('there stands "b\\n"') },
    });
  });

  it('counts lines in the base text behind earlier edits of text', async () => {
    expect(await textAfter('a\nb\nc\n', swap('f', 'a\n', '1\n2\n3\n'), lines('f', 3, 3, 'C'))).toBe(
      '1\n2\n3\nb\nC\n',
    );
    expect(await textAfter('a\nb\nc\n', swap('f', 'b\n', ''), lines('f', 3, 3, 'C'))).toBe('a\nC\n');
    expect(await textAfter('a a\na\nc\n', swap('f', 'a', 'xx', true), lines('f', 3, 3, 'C'))).toBe(
      'xx xx\nxx\nC\n',
    );
  });

  it('a created file counts its own lines, and a renamed one those it had', async () => {
    expect(await apply({}, create('n', 'a\nb\n'), lines('n', 2, 2, 'B'))).toMatchObject([
      { after: 'a\nB\n' },
    ]);
    expect(
      await apply({ a: 'x\ny\n' }, lines('a', 1, 1, ''), rename('a', 'b'), lines('b', 2, 2, 'Y')),
    ).toMatchObject([{ after: 'Y\n' }]);
  });
});

describe('applyChangeSet: replace_text', () => {
  it.each([
    ['once', 'one two\n', [swap('f', 'two', '2')], 'one 2\n'],
    ['over lines', 'a\nb\nc\n', [swap('f', 'a\nb', 'x')], 'x\nc\n'],
    ['every one', 'a b a\n', [swap('f', 'a', 'aa', true)], 'aa b aa\n'],
    ['what an earlier edit wrote', 'a\nb\n', [lines('f', 1, 1, 'x y'), swap('f', 'y\nb', 'z')], 'x z\n'],
    [
      'what an earlier text edit wrote',
      'a\n',
      [swap('f', 'a', 'bc'), swap('f', 'c', 'd'), swap('f', 'bd', 'e')],
      'e\n',
    ],
    ['LF in a CRLF file', 'a\r\nb\r\nc\r\n', [swap('f', 'a\nb', 'x\ny')], 'x\r\ny\r\nc\r\n'],
    ['exactly, in a file of mixed line ends', 'a\r\nb\n', [swap('f', 'a\r\nb', 'x\ny')], 'x\ny\n'],
    ['a dollar sign and its kin', 'a\n', [swap('f', 'a', '$& $1 $$')], '$& $1 $$\n'],
    ['the end, giving it a line end', 'a\nb', [swap('f', 'b', 'b\n')], 'a\nb\n'],
    ['the end, taking its line end', 'a\nb\n', [swap('f', 'b\n', 'b')], 'a\nb'],
    ['the end with a line end that is not there', 'a\nb', [swap('f', 'b\n', 'c\n')], 'a\nc'],
    ['behind a byte order mark', '\ufeffa\n', [swap('f', 'a', 'b')], '\ufeffb\n'],
    ['all of it', 'a\n', [swap('f', 'a\n', '')], ''],
  ])('replaces %s', async (_, before, changes, after) => {
    expect(await textAfter(before, ...changes)).toBe(after);
  });

  it.each([
    ['nothing', 'a\n', swap('f', '', 'x'), '<text_empty>'],
    ['text that is not there', 'a\n', swap('f', 'b', 'x'), '<text_not_found>'],
    ['text in another case', 'Alpha\n', swap('f', 'alpha', 'x'), '<text_not_found>'],
    ['text that is there twice', 'a a\n', swap('f', 'a', 'x'), '<text_ambiguous>'],
    ['text that overlaps itself', 'aaa\n', swap('f', 'aa', 'x'), '<text_ambiguous>'],
    ['all of none', 'a\n', swap('f', 'b', 'x', true), '<text_not_found>'],
    [
      'a letter with a page, too often',
      'a'.repeat(2_000),
      swap('f', 'a', 'x'.repeat(1_000), true),
      '<file_too_large>',
    ],
  ])('S0-23: refuses to replace %s', async (_, before, edit, code) => {
    expect(await textAfter(before, edit)).toBe(code);
  });

  it('shows the nearest line, or the lines of every hit', async () => {
    const text = 'function add(a, b) {\n  return a + b;\n}\nfunction sub(a, b) {\n  return a + b;\n}\n';
    const messageOf = async (old: string) => {
      const applied = await applyChangeSet(changeSet(swap('f', old, '')), memoryWorkspace(BASE, { f: text }));
      return applied.ok ? '' : applied.error.message;
    };
    expect(await messageOf('function add(a, b, c) {')).toContain('line 1: "function add(a, b) {"');
    expect(await messageOf('zebra')).toContain('no line is like it');
    expect(await messageOf('return a + b;')).toContain('line 2, 5');
  });

  it('bounds the work: edits of one file, and places of one edit', async () => {
    const flip = (count: number) =>
      Array.from({ length: count }, (_, n) => swap('f', n % 2 ? 'y' : 'x', n % 2 ? 'x' : 'y', true));
    expect(await textAfter('x\n'.repeat(10_000), ...flip(101))).toBe('y\n'.repeat(10_000));
    expect(await textAfter('x\n'.repeat(10_001), ...flip(1))).toBe('<too_many_edits>');
    expect(await textAfter('x\n', ...flip(1_001))).toBe('<too_many_edits>');
  });
});

function change(op: string, path: string, before: string | null, after: string | null) {
  return { op, path, from: null, before, after, modeBefore: '100644', mode: '100644' };
}
