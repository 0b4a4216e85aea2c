import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../src/changes/apply-edits.ts';
import type { EditFormat } from '../../src/changes/edit.ts';
import { parseEdits } from '../../src/changes/formats/parse-edits.ts';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';

const FILES: Record<string, MemoryFile> = {
  f: 'one\ntwo\nthree\n',
  empty: '',
  'd/inner': 'x\n',
  README: 'Case\n',
  binary: new Uint8Array([1, 0, 2]),
  latin: new Uint8Array([0x63, 0xe9, 0x0a]),
  large: 'x'.repeat(1_048_577),
  link: { content: 'f', mode: '120000' },
  module: { content: '', mode: '160000' },
};

/** What some text in a format does to the files: the texts by path, or the error's code. */
async function outcome(format: EditFormat, text: string, files = FILES) {
  const parsed = parseEdits(format, text);
  if (!parsed.ok) return parsed.error.code;
  const applied = await applyEdits(parsed.edits, memoryWorkspace('x', files));
  if (!applied.ok) return applied.error.code;
  return Object.fromEntries(applied.files.map(({ path, after }) => [path, after]));
}

const list = (path: string, search: string, replace: string) => JSON.stringify([{ path, search, replace }]);
const block = (path: string, search: string, replace: string) =>
  `${path}\n<<<<<<< SEARCH\n${search}=======\n${replace}>>>>>>> REPLACE\n`;
const update = (path: string, ...lines: string[]) =>
  `*** Begin Patch\n*** Update File: ${path}\n@@\n${lines.join('\n')}\n*** End Patch\n`;
const diff = (path: string, ...lines: string[]) => `--- a/${path}\n+++ b/${path}\n${lines.join('\n')}\n`;

describe('S0-23: edits that can’t be right are refused', () => {
  it.each<[string, EditFormat, string, string]>([
    ['no edit', 'search-replace', '[]', 'no_edits'],
    ['no block', 'search-replace-blocks', 'Sure, I will do that.', 'no_edits'],
    ['no diff', 'unified-diff', '', 'no_edits'],
    ['an empty patch', 'apply-patch', '*** Begin Patch\n*** End Patch', 'no_edits'],
    ['a search for nothing', 'search-replace', list('f', '', 'x'), 'text_empty'],
    ['a text for itself', 'search-replace', list('f', 'one', 'one'), 'same_text'],
    ['a part of a word', 'search-replace', list('f', 'thre', 'x'), 'inside_word'],
    [
      'a key given twice',
      'search-replace',
      '[{"path":"f","path":"d/inner","search":"x","replace":"y"}]',
      'duplicate_key',
    ],
    ['an unsafe path', 'search-replace', list('../f', 'one', 'x'), 'path_not_plain'],
    [
      'an unsafe path of a block',
      'search-replace-blocks',
      block('/etc/passwd', '', 'x\n'),
      'path_not_relative',
    ],
    ['an unsafe path of a diff', 'unified-diff', diff('../f', '@@ -1 +1 @@', '-one', '+1'), 'path_not_plain'],
    [
      'an unsafe path to move to',
      'apply-patch',
      '*** Begin Patch\n*** Update File: f\n*** Move to: .git/x\n*** End Patch',
      'path_names_git',
    ],
    ['a binary file', 'search-replace', list('binary', 'x', 'y'), 'not_text'],
    ['a file that is not UTF-8', 'unified-diff', diff('latin', '@@ -1 +1 @@', '-c', '+d'), 'not_text'],
    ['a file over the limit', 'apply-patch', update('large', '-x', '+y'), 'file_too_large'],
    ['a symbolic link', 'search-replace-blocks', block('link', 'f\n', 'g\n'), 'not_a_regular_file'],
    ['a submodule', 'search-replace', list('module', 'x', 'y'), 'not_a_regular_file'],
    ['a folder as a file', 'search-replace', list('d', '', 'x'), 'path_conflict'],
    ['a file as a folder', 'search-replace', list('f/x', '', 'x'), 'path_conflict'],
    [
      'a file that is there, added',
      'apply-patch',
      '*** Begin Patch\n*** Add File: f\n+x\n*** End Patch',
      'file_exists',
    ],
    [
      'markers inside a text',
      'search-replace-blocks',
      block('f', 'one\n=======\ntwo\n', 'x\n'),
      'markers_in_text',
    ],
    [
      'a block without an end',
      'search-replace-blocks',
      'f\n<<<<<<< SEARCH\none\n=======\nx\n',
      'block_unclosed',
    ],
    [
      'a block without a file',
      'search-replace-blocks',
      'Like this:\n\n<<<<<<< SEARCH\none\n=======\nx\n>>>>>>> REPLACE',
      'no_path',
    ],
    [
      'a hunk with too few lines',
      'unified-diff',
      diff('f', '@@ -1,3 +1,3 @@', ' one', '-two', '+2'),
      'hunk_count_wrong',
    ],
    [
      'a hunk with too many lines',
      'unified-diff',
      diff('f', '@@ -1,2 +1,2 @@', ' one', '-two', '+2', ' three'),
      'hunk_count_wrong',
    ],
    ['a hunk without a file', 'unified-diff', '@@ -1 +1 @@\n-one\n+1\n', 'no_path'],
    ['a line without a sign', 'unified-diff', diff('f', '@@ ... @@', 'one', '-two'), 'bad_hunk_line'],
    [
      'a line that is no line of a patch',
      'apply-patch',
      '*** Begin Patch\n*** Frobnicate File: f\n*** End Patch',
      'bad_patch_line',
    ],
    [
      'a change of mode',
      'unified-diff',
      'diff --git a/f b/f\nold mode 100644\nnew mode 100755\n',
      'mode_change',
    ],
    [
      'a binary patch',
      'unified-diff',
      'diff --git a/f b/f\nindex 1..2 100644\nGIT binary patch\nliteral 1\nIcmZ\n',
      'binary_patch',
    ],
    [
      'binary files that differ',
      'unified-diff',
      'diff --git a/f b/f\nindex 1..2\nBinary files a/f and b/f differ\n',
      'binary_patch',
    ],
    ['a copy', 'unified-diff', 'diff --git a/f b/g\nsimilarity index 100%\ncopy from f\ncopy to g\n', 'copy'],
    [
      'a deletion of a file that has more',
      'unified-diff',
      '--- a/f\n+++ /dev/null\n@@ -1 +0,0 @@\n-one\n',
      'delete_leaves_text',
    ],
    [
      'lines behind a number alone',
      'unified-diff',
      diff('f', '@@ -3,0 +4 @@', '+after three'),
      'hunk_without_place',
    ],
    [
      'new lines for a file that is there',
      'unified-diff',
      diff('f', '@@ -0,0 +1,2 @@', '+a', '+b'),
      'hunk_without_place',
    ],
    [
      'a mark taken from the first line alone',
      'unified-diff',
      diff('bom', '@@ -1,2 +1,2 @@', '-\ufeffone', '+1', ' two'),
      'text_not_found',
    ],
    ['a dedented line for two', 'search-replace', list('g', 'a()', 'b()\nc()'), 'indent_unclear'],
    [
      'an anchor that leads nowhere',
      'apply-patch',
      '*** Begin Patch\n*** Update File: f\n@@ four\n-three\n+3\n*** End Patch',
      'text_not_found',
    ],
    [
      'new lines behind an anchor, and no old ones',
      'apply-patch',
      '*** Begin Patch\n*** Update File: f\n@@ one\n+x\n*** End Patch',
      'hunk_without_place',
    ],
  ])('%s (%s)', async (_, format, text, code) => {
    expect(await outcome(format, text, { ...FILES, g: '  a()\n', bom: '\ufeffone\ntwo\n' })).toBe(code);
  });
});

describe('edits that are unusual, and right', () => {
  it.each<[string, EditFormat, string, Record<string, string | null>]>([
    ['a new file by a search for nothing', 'search-replace', list('new', '', 'x'), { new: 'x' }],
    ['text for an empty file', 'search-replace-blocks', block('empty', '', 'x\n'), { empty: 'x\n' }],
    [
      'a name in other case',
      'apply-patch',
      '*** Begin Patch\n*** Update File: README\n*** Move to: Readme\n*** End Patch',
      { Readme: 'Case\n' },
    ],
    ['a deletion', 'unified-diff', '--- a/d/inner\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n', { 'd/inner': null }],
    [
      'a file made by git, executable',
      'unified-diff',
      'diff --git a/n b/n\nnew file mode 100755\n--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+x\n',
      { n: 'x\n' },
    ],
    [
      'a rename by git with an edit',
      'unified-diff',
      'diff --git a/f b/g\nsimilarity index 60%\nrename from f\nrename to g\n--- a/f\n+++ b/g\n@@ -1,2 +1,2 @@\n-one\n+1\n two\n',
      { g: '1\ntwo\nthree\n' },
    ],
    [
      'a name that git quotes',
      'unified-diff',
      'diff --git "a/na\\303\\257f" "b/na\\303\\257f"\n--- "a/na\\303\\257f"\n+++ "b/na\\303\\257f"\n@@ -1 +1 @@\n-x\n+y\n',
      { naïf: 'y\n' },
    ],
    [
      'a removed line that looks like a header',
      'unified-diff',
      diff('h', '@@ -1,2 +1 @@', '--- x', '-+++ y', '+z'),
      { h: 'z\n' },
    ],
    [
      'a byte order mark as git shows it',
      'unified-diff',
      diff('bom', '@@ -1,2 +1,2 @@', ' \ufeffone', '-two', '+2'),
      { bom: '\ufeffone\n2\n' },
    ],
    [
      'the same on a line that changes',
      'unified-diff',
      diff('bom', '@@ -1,2 +1,2 @@', '-\ufeffone', '+\ufeff1', ' two'),
      { bom: '\ufeff1\ntwo\n' },
    ],
    [
      'a deletion of a file with a mark',
      'unified-diff',
      '--- a/bom\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-\ufeffone\n-two\n',
      { bom: null },
    ],
    [
      'lines that are numbered in the file itself',
      'search-replace-blocks',
      block('numbered', '  1 | FLAG_B,\n', '  1 | FLAG_C,\n'),
      { numbered: 'FLAG_B,\nenum x = 0\n  1 | FLAG_C,\n' },
    ],
    [
      'lines that are numbered in the block alone',
      'search-replace-blocks',
      block('numbered', '2 | enum x = 0\n', '2 | enum x = 1\n'),
      { numbered: 'FLAG_B,\nenum x = 1\n  1 | FLAG_B,\n' },
    ],
    ['dollar signs', 'search-replace', list('f', 'two', "$& $' $1 $$"), { f: "one\n$& $' $1 $$\nthree\n" }],
  ])('%s (%s)', async (_, format, text, after) => {
    const more = { naïf: 'x\n', h: '-- x\n+++ y\n', bom: '\ufeffone\ntwo\n' };
    const numbered = 'FLAG_B,\nenum x = 0\n  1 | FLAG_B,\n';
    expect(await outcome(format, text, { ...FILES, ...more, numbered })).toEqual(after);
  });
});

describe('hostile sizes', () => {
  it.each<[string, EditFormat, string, string]>([
    [
      '100,000 hunks',
      'unified-diff',
      diff('f', ...Array(100_000).fill('@@ -1 +1 @@\n-one\n+1')),
      'too_many_edits',
    ],
    [
      '100,000 hunks without numbers',
      'apply-patch',
      update('f', ...Array(100_000).fill('@@\n-one\n+1')),
      'too_many_edits',
    ],
    [
      '6,000 edits',
      'search-replace',
      JSON.stringify(Array(6_000).fill({ path: 'f', search: 'a', replace: 'b' })),
      'too_large',
    ],
    [
      'a line of 10 MB',
      'search-replace-blocks',
      block('f', `${'x'.repeat(10_000_000)}\n`, 'y\n'),
      'text_not_found',
    ],
    [
      'a text that doubles',
      'search-replace',
      JSON.stringify(Array(60).fill({ path: 'a', search: 'a', replace: 'aa', all: true })),
      'too_many_edits',
    ],
    [
      'equal lines, nearly found',
      'search-replace-blocks',
      block('same', `${'a\n'.repeat(50_000)}b\n`, 'c\n'),
      'text_not_found',
    ],
    [
      'lines found again and again, indented',
      'search-replace-blocks',
      block('indented', 'a\nf(a)\n'.repeat(1_000), 'b\n'),
      'text_not_found',
    ],
    [
      'lines found again and again, with other spacing',
      'search-replace-blocks',
      block('indented', 'a\nf( a )\n'.repeat(1_000), 'b\n'),
      'text_not_found',
    ],
    [
      'lines nearly found but for their spacing',
      'search-replace-blocks',
      block('same', `${'a '.repeat(2_000)}b\n`, 'c\n'),
      'text_not_found',
    ],
    [
      'many lines for each of many places',
      'search-replace-blocks',
      block('same', 'a \n', 'b\n'.repeat(5_000)),
      'too_many_edits',
    ],
    [
      'a hunk of many lines for each of many places',
      'apply-patch',
      update('same', '-a', ...Array(1_000).fill('+b')),
      'text_ambiguous',
    ],
    [
      '1,000 edits of a large file',
      'search-replace',
      JSON.stringify(
        Array.from({ length: 1_000 }, (_, at) => ({ path: 'wide', search: `line ${at}\n`, replace: 'x\n' })),
      ),
      'too_many_edits',
    ],
    [
      'a name in 100,000 marks',
      'search-replace-blocks',
      block(`x${'*'.repeat(100_000)}x`, 'one\n', '1\n'),
      'path_too_long',
    ],
    [
      'a header of 100,000 spaces',
      'apply-patch',
      update(`x${' '.repeat(100_000)}x`, '-one', '+1'),
      'path_too_long',
    ],
    [
      'a name of 100,000 spaces to move to',
      'apply-patch',
      update('f', '-one', '+1').replace('@@', `*** Move to: x${' '.repeat(100_000)}x\n@@`),
      'path_too_long',
    ],
    [
      'a quoted name of 200,000 letters',
      'unified-diff',
      diff(`"${'x'.repeat(200_000)}"`, '@@ -1 +1 @@', '-a', '+b').replaceAll(/^(--- |\+\+\+ ).\/"/gm, '$1"'),
      'path_too_long',
    ],
    [
      '100,000 blocks',
      'search-replace-blocks',
      `${block('f', 'one\n', '1\n').repeat(100_000)}<<<<<<< SEARCH`,
      'too_large',
    ],
    [
      '100,000 deletions',
      'apply-patch',
      `*** Begin Patch\n${'*** Delete File: f\n'.repeat(100_000)}no line of a patch\n*** End Patch`,
      'too_large',
    ],
    ['blocks in blocks', 'search-replace-blocks', '<<<<<<< SEARCH\n'.repeat(50_000), 'block_unclosed'],
  ])('%s: refused within seconds', async (_, format, text, code) => {
    const started = performance.now();
    const wide = Array.from({ length: 90_000 }, (_, at) => `line ${at}\n`).join('');
    const files = {
      ...FILES,
      a: 'a\n',
      wide,
      same: 'a\n'.repeat(100_000),
      indented: '  a\n  f(a)\n'.repeat(50_000),
    };
    expect(await outcome(format, text, files)).toBe(code);
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
