import { describe, expect, it } from 'vitest';
import { parseEdits } from '../../src/changes/formats/parse-edits.ts';
import { patchText } from '../../src/changes/locate/patch-text.ts';
import { searchReplace } from '../../src/changes/locate/search-replace.ts';

/** The text after a search and replacement and how it was found, or the error's code. */
function replaced(before: string, search: string, replace: string, wholeLines = true) {
  const edited = searchReplace('"f"', before, {
    op: 'search_replace',
    path: 'f',
    search,
    replace,
    wholeLines,
  });
  return edited.ok ? [edited.found, edited.text] : edited.error.code;
}

function patched(before: string, body: string, format: 'unified-diff' | 'apply-patch') {
  const text =
    format === 'unified-diff'
      ? `--- a/f\n+++ b/f\n${body}`
      : `*** Begin Patch\n*** Update File: f\n${body}*** End Patch`;
  const parsed = parseEdits(format, text);
  const [edit] = parsed.ok ? parsed.edits.edits : [];
  if (edit?.op !== 'patch_file') throw new Error(JSON.stringify(parsed));
  const edited = patchText('"f"', before, edit);
  return edited.ok ? edited.text : edited.error.code;
}

describe('a search and replacement', () => {
  it.each([
    [
      'keeps each line’s own end where they are mixed',
      'a\r\nb\nc\r\nd\n',
      'a\nb\nc\n',
      'a\nB\nx\nc\n',
      ['exact', 'a\r\nB\nx\nc\r\nd\n'],
    ],
    [
      'keeps the spaces of lines that stay',
      'a  \nb\t\nc\n',
      'a\nb\nc\n',
      'a\nb\nC\n',
      ['folded', 'a  \nb\t\nC\n'],
    ],
    ['keeps the quotes of lines that stay', '“a”\nb\n', '"a"\nb\n', '"a"\nB\n', ['folded', '“a”\nB\n']],
    [
      'indents new lines as the old ones are',
      '\tif (a) {\n\t}\n',
      'if (a) {\n}\n',
      'if (a) {\n\tb();\n}\n',
      ['shifted', '\tif (a) {\n\t\tb();\n\t}\n'],
    ],
    ['takes a shift to the left, too', 'a\n  b\n', '  a\n    b\n', '  a\n    c\n', ['shifted', 'a\n  c\n']],
    ['leaves out a blank line that the file has not', 'x\n  a\n', '\n  a\n', '  b\n', ['folded', 'x\n  b\n']],
    [
      'keeps the spacing of lines that stay, also where new lines have other spacing',
      'if (/a   b/.test(s)) {\n  go();\n}\n',
      'if (/a b/.test(s)) {\n  go();\n',
      'if (/a b/.test(s)) {\n  stop();\n',
      ['spaced', 'if (/a   b/.test(s)) {\n  stop();\n}\n'],
    ],
    [
      'writes spacing that is the edit',
      'f(a,  b)\ng()\n',
      'f(a, b)\ng()\n',
      'f( a, b )\ng()\n',
      ['spaced', 'f( a, b )\ng()\n'],
    ],
    [
      'finds one line that the file breaks up',
      'f(\n  a,\n  b\n)\nx\n',
      'f(a, b)\n',
      'f(c)\n',
      ['spaced', 'f(c)\nx\n'],
    ],
    ['takes no two words for one', 'a b\nc\n', 'ab\nc\n', 'x\n', 'text_not_found'],
    ['nor letters of other scripts', 'ä ö\nc\n', 'äö\nc\n', 'x\n', 'text_not_found'],
    ['passes over no dots in another order', 'a\nb\nc\nd\n', 'd\n...\na\n', 'D\n...\nA\n', 'text_not_found'],
    [
      'takes dots that the file has for dots',
      'class A:\n  x\nclass B:\n  ...\n  y\n',
      'class A:\n  ...\n  y\n',
      'class A:\n  ...\n  z\n',
      'text_not_found',
    ],
    [
      'does not take blank lines that are asked for away with the line',
      'x\nfoo1\ny\n',
      '\n\nfoo1\n\n',
      '\n\n\n',
      'text_not_found',
    ],
    ['passes over dots', 'a\nb\nc\nd\n', 'a\n...\nd\n', 'A\n...\nD\n', ['folded', 'A\nb\nc\nD\n']],
    [
      'does not flatten a block whose indents were lost',
      'if (a)\n    b();\n  c();\n',
      'if (a)\nb();\nc();\n',
      'if (a)\nb(1);\nc();\n',
      'indent_unclear',
    ],
    ['does not mix tabs and spaces', '\ta\n', '  a\n', '  a\n    b\n', 'indent_unclear'],
    ['does not shift lines that stand right already', '  a\n', 'a\n', '  b\n', 'indent_unclear'],
    ['takes no copy at another indent for a second place', 'a\n  a\n', 'a\n', 'b\n', ['exact', 'b\n  a\n']],
    ['chooses none of two places that read the same', 'a \na\t\n', 'a\n', 'b\n', 'text_ambiguous'],
  ] as const)('S0-23: %s', (_, before, search, replace, expected) => {
    expect(replaced(before, search, replace)).toEqual(expected);
  });

  const block = ['start()', 'open(file)', 'read(file)', 'close(file)', 'report(total)', 'end()'];
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  const [search, replace] = [text(block), text(block.with(2, 'readAll(file)'))];
  const drifted = block.with(4, 'report(totals)');

  it('S0-23: finds a block in which a line of context differs, and leaves that line', () => {
    const right = ['similar', `top\n${text(drifted.with(2, 'readAll(file)'))}`];
    expect(replaced(`top\n${text(drifted)}`, search, replace)).toEqual(right);
  });

  it.each([
    ['a line to replace differs', text(block.with(2, 'reads(file)'))],
    ['a line beside it differs', text(block.with(1, 'open(files)'))],
    ['a line is another one altogether', text(block.with(4, 'x'))],
    ['a copy comes near', text(drifted) + text(block.with(3, 'flush()').with(5, 'stop()'))],
    ['a copy with lines between comes near', text(drifted) + text(block.toSpliced(4, 0, 'x', 'y'))],
  ])('S0-23: and does not when %s', (_, before) => {
    expect(replaced(before, search, replace)).toMatch(/^text_(?:not_found|ambiguous)$/);
  });

  it.each([
    ['foo', '$foo = 1\n', 'inside_word'],
    ['user', 'user$.next()\n', 'inside_word'],
    ['Gr', 'Größe = 1\n', 'inside_word'],
    ['$(x)', 'a$(x)\n', ['exact', 'aY\n']],
  ])('S0-23: a part of a name is not taken for a name: %s in %j', (part, before, expected) => {
    expect(replaced(before, part, 'Y', false)).toEqual(expected);
  });

  it('S0-23: a line end that joins lines is refused, but for the file’s last one', () => {
    expect(replaced('a\nb\n', 'a\n', 'c', false)).toBe('line_end_unclear');
    expect(replaced('a\nb\n', 'b\n', 'c', false)).toEqual(['exact', 'a\nc']);
  });

  it('S0-23: a first line that stands all over the file is no sign of a block', () => {
    const starts = (count: number) => `${text(drifted)}${'start()\nx\n'.repeat(count)}`;
    expect(replaced(starts(10), search, replace)).toMatchObject(['similar', expect.anything()]);
    expect(replaced(starts(60), search, replace)).toBe('text_not_found');
  });

  it('keeps the line ends of lines that stay inside a part of a text', () => {
    expect(replaced('a\r\nb\nc\r\nd\r\n', 'a\nb\nc', 'A\nb\nC', false)).toEqual([
      'exact',
      'A\r\nb\nC\r\nd\r\n',
    ]);
  });

  it('asked for exact, takes no other line ends', () => {
    const edit = { op: 'search_replace' as const, path: 'f', search: 'a\nb', replace: 'x' };
    expect(searchReplace('"f"', 'a\r\nb\r\n', edit)).toMatchObject({ ok: true, text: 'x\r\n' });
    expect(searchReplace('"f"', 'a\r\nb\r\n', edit, true)).toMatchObject({ ok: false });
  });

  it('a refusal shows the nearest lines, numbered and quoted', () => {
    const edit = { op: 'search_replace' as const, path: 'f', search: 'b\nX\n', replace: 'y\n' };
    const edited = searchReplace('"f"', 'a\nb\n\tc\n', edit);
    expect(edited).toMatchObject({
      error: { message: 'The text to replace is not in "f". The nearest is: line 2 "b", line 3 "\\tc".' },
    });
  });
});

describe('hunks with line numbers', () => {
  const verse = 'a\nb\nc\n';
  const second = '@@ -4,3 +4,3 @@\n a\n-b\n+B\n c\n';
  it.each([
    ['go where they say among copies', verse.repeat(3), second, `${verse}a\nB\nc\n${verse}`],
    [
      'are not taken to the nearest copy in a file that has moved',
      `x\n${verse.repeat(3)}`,
      second,
      'text_ambiguous',
    ],
    [
      'move as far as the hunks around them',
      `x\ntop\n${verse.repeat(2)}`,
      `@@ -1,1 +1,1 @@\n-top\n+TOP\n@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n`,
      `x\nTOP\na\nB\nc\n${verse}`,
    ],
    [
      'do not when those disagree',
      `x\ntop\n${verse}y\n${verse}end\n`,
      `@@ -1,1 +1,1 @@\n-top\n+TOP\n@@ -5,3 +5,3 @@\n a\n-b\n+B\n c\n@@ -8,1 +8,1 @@\n-end\n+END\n`,
      'text_ambiguous',
    ],
    [
      'do not change places',
      `new\nend\n${verse}`,
      `@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n@@ -4,1 +4,1 @@\n-end\n+END\n`,
      'text_not_found',
    ],
    ['stand alone wherever that is', `x\ny\n${verse}`, second, 'x\ny\na\nB\nc\n'],
  ])('S0-23: %s', (_, before, body, expected) => {
    expect(patched(before, body, 'unified-diff')).toBe(expected);
  });
});

describe('hunks of a patch envelope', () => {
  const classes = 'class A\n  def f\n    pass\nclass B\n  def f\n    pass\n';
  it.each([
    [
      'follow their anchors into a block',
      '@@ class B\n@@   def f\n-    pass\n+    go\n',
      `${classes.slice(0, -9)}    go\n`,
    ],
    ['are refused when an anchor leads to two places', '@@   def f\n-    pass\n+    go\n', 'anchor_unclear'],
    [
      'are refused when an anchor stands nowhere in the block above it',
      '@@ class A\n@@   def g\n-    pass\n+    go\n',
      'text_not_found',
    ],
    ['are refused where two places fit', '@@\n-    pass\n+    go\n', 'text_ambiguous'],
    [
      'come one behind the other',
      '@@\n class B\n-  def f\n+  def g\n@@\n-    pass\n+    go\n',
      'class A\n  def f\n    pass\nclass B\n  def g\n    go\n',
    ],
    [
      'at the end stand at the end',
      '@@\n-    pass\n+    go\n*** End of File\n',
      `${classes.slice(0, -9)}    go\n`,
    ],
  ])('S0-23: %s', (_, body, expected) => {
    expect(patched(classes, body, 'apply-patch')).toBe(expected);
  });

  it('S0-23: a hunk does not leave the block of its anchor', () => {
    const before = 'class A\n  x\nclass B\n    pass\n';
    expect(patched(before, '@@ class A\n-    pass\n+    go\n', 'apply-patch')).toBe('text_not_found');
  });
});
