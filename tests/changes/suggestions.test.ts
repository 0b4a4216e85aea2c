import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FileChange } from '../../src/changes/file-change.ts';
import { type ShownFile, type Suggestion, suggestionsFor } from '../../src/changes/suggestions.ts';
import { unifiedDiff } from '../../src/changes/unified-diff.ts';

const modified = (before: string, after: string, path = 'a.js'): FileChange => ({
  op: 'modify',
  path,
  from: null,
  before,
  after,
  modeBefore: '100644',
  mode: '100644',
});

/** What a pull request shows of a file that it has made out of another. */
function shownOf(base: string, head: string, path = 'a.js'): ShownFile {
  const diff = unifiedDiff(modified(base, head, path));
  return { path, patch: diff.includes('@@') ? diff.slice(diff.indexOf('@@')).replace(/\n$/, '') : null };
}

/** A file that the pull request has added is shown whole. */
const whole = (head: string): ShownFile => shownOf('', head);

/** Commits suggestions as GitHub does: the named lines go, the suggested ones come. From the last to the first, so that numbers hold. */
function committed(text: string, suggestions: readonly Suggestion[]): string {
  const lines = text.split('\n');
  for (const { startLine, endLine, lines: now } of [...suggestions].reverse())
    lines.splice(startLine - 1, endLine - startLine + 1, ...now);
  return lines.join('\n');
}

const TEN = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join('');

describe('a change as suggestions', () => {
  it('committed, they give exactly the change, whatever it is and whatever the pull request shows', () => {
    const line = fc.constantFrom('a', 'b', '', '}', '```', ' x', '+1', '-1', 'c\r');
    const text = fc
      .tuple(fc.array(line, { maxLength: 14 }), fc.boolean())
      .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));
    let offered = 0;
    fc.assert(
      fc.property(text, text, text, (base, head, after) => {
        fc.pre(head !== after);
        const found = suggestionsFor([modified(head, after)], [shownOf(base, head)]);
        if (!found.ok) return;
        offered += 1;
        expect(committed(head, found.suggestions)).toBe(after);
        for (const [index, { startLine, endLine }] of found.suggestions.entries()) {
          expect(endLine).toBeGreaterThanOrEqual(startLine);
          // GitHub commits one suggestion a line.
          expect(startLine).toBeGreaterThan(found.suggestions[index - 1]?.endLine ?? 0);
        }
      }),
      { numRuns: 3_000 },
    );
    expect(offered).toBeGreaterThan(300);
  });

  it('lines that change are replaced, lines that go have nothing in their place', () => {
    const after = TEN.replace('line 3\nline 4\n', 'three\n').replace('line 8\n', '');
    expect(suggestionsFor([modified(TEN, after)], [whole(TEN)])).toEqual({
      ok: true,
      suggestions: [
        { path: 'a.js', startLine: 3, endLine: 4, lines: ['three'] },
        { path: 'a.js', startLine: 8, endLine: 8, lines: [] },
      ],
    });
  });

  it('new lines stand with the line before them, and at a file’s start with the one after', () => {
    const after = `zero\n${TEN.replace('line 5\n', 'line 5\nfive and a half\n')}`;
    expect(suggestionsFor([modified(TEN, after)], [whole(TEN)])).toMatchObject({
      suggestions: [
        { startLine: 1, endLine: 1, lines: ['zero', 'line 1'] },
        { startLine: 5, endLine: 5, lines: ['line 5', 'five and a half'] },
      ],
    });
  });

  it('two new places around one line are one suggestion, since GitHub commits one for each line', () => {
    const shown = { path: 'a.js', patch: '@@ -2,0 +2,1 @@\n+line 2' };
    const after = TEN.replace('line 2\n', 'before\nline 2\nafter\n');
    expect(suggestionsFor([modified(TEN, after)], [shown])).toMatchObject({
      suggestions: [{ startLine: 2, endLine: 2, lines: ['before', 'line 2', 'after'] }],
    });
  });

  const changed = TEN.replace('line 5', 'five');
  it.each<[string, FileChange, ShownFile, string]>([
    [
      'a line that the pull request does not show',
      modified(TEN, changed),
      shownOf(TEN, TEN),
      'does not show',
    ],
    [
      'a file that GitHub shows no diff of',
      modified(TEN, changed),
      { path: 'a.js', patch: null },
      'does not show',
    ],
    [
      'a head that has moved since: the text there is another',
      modified(TEN, changed),
      whole(TEN.replace('line 5', 'other')),
      'does not show',
    ],
    [
      'lines of two hunks in one change',
      modified(TEN, TEN.replace('line 5\nline 6\n', 'x\n')),
      { path: 'a.js', patch: '@@ -5,0 +5,1 @@\n+line 5\n@@ -6,0 +6,1 @@\n+line 6' },
      'does not show',
    ],
    [
      'a line that ends in CRLF',
      modified('a\r\nb\r\n', 'a\r\nc\r\n'),
      shownOf('', 'a\r\nb\r\n'),
      'end otherwise',
    ],
    ['a last line without its end', modified('a\nb', 'a\nc'), whole('a\nb'), 'end otherwise'],
    ['an end that the last line gets', modified('a\nb', 'a\nb\n'), whole('a\nb'), 'end otherwise'],
    [
      'a line with a character that nobody sees',
      modified(TEN, TEN.replace('line 5', 'line\u200b5')),
      whole(TEN),
      'what can’t be seen',
    ],
    [
      'a new file',
      { ...modified('', 'x\n'), op: 'create', before: null, modeBefore: null },
      whole(''),
      'comes, goes',
    ],
    ['another mode', { ...modified(TEN, changed), mode: '100755' }, whole(TEN), 'mode'],
    [
      'more lines than people take in at a glance',
      modified(TEN, TEN.replace('line 5\n', 'x\n'.repeat(30))),
      whole(TEN),
      'touches 31 lines',
    ],
  ])('%s is none', (_, file, shown, why) => {
    expect(suggestionsFor([file], [shown])).toMatchObject({ ok: false, why: expect.stringContaining(why) });
  });

  it('ten places are offered, eleven are not', () => {
    const text = 'keep\nchange\n'.repeat(11);
    const done = (places: number) => {
      let count = 0;
      return text.replace(/change/g, (word) => (++count > places ? word : 'done'));
    };
    expect(suggestionsFor([modified(text, done(10))], [whole(text)])).toMatchObject({ ok: true });
    expect(suggestionsFor([modified(text, done(11))], [whole(text)])).toMatchObject({
      why: 'it changes 11 places, and 10 are the most',
    });
  });

  it('one file that does not fit keeps all from being offered', () => {
    const files = [modified(TEN, changed), modified(TEN, changed, 'b.js')];
    expect(suggestionsFor(files, [whole(TEN)])).toMatchObject({ ok: false });
  });
});
