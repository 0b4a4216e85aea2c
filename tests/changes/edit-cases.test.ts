import { describe, expect, it } from 'vitest';
import { apply, lines } from './build.ts';
import { editCases, scores, throughConductor } from './edit-cases.ts';

/** How many undisputed cases of each format come out as expected, of how many. The rest is refused. */
const EXPECTED = {
  search_replace: [69, 71],
  search_replace_multi: [11, 12],
  search_replace_blocks: [47, 51],
  unified_diff: [62, 62],
  unified_diff_loose: [7, 7],
  apply_patch: [41, 41],
  v4a_diff: [40, 40],
  replace_range: [10, 10],
  insert_at_line: [4, 4],
} as const;

describe.skipIf(editCases === null)('edits against public cases', () => {
  const undisputed = editCases?.filter(({ disputed }) => disputed === undefined) ?? [];

  it('S0-23: no case comes to a wrong text, and none that must be refused is made', async () => {
    const all = await scores(undisputed, throughConductor);
    expect(Object.entries(all).flatMap(([, { wrong }]) => wrong)).toEqual([]);
    const reached = Object.entries(all).map(([format, { right, cases }]) => [format, [right, cases]]);
    expect(Object.fromEntries(reached)).toEqual(EXPECTED);
  });

  it('a diff without fuzz, as it is read unless fuzz is asked for, comes out as expected', async () => {
    const plain = undisputed.filter(
      ({ format, options }) => format === 'unified_diff' && !options?.fuzzFactor,
    );
    expect((await scores(plain, throughConductor)).unified_diff).toMatchObject({
      right: 47,
      cases: 47,
      wrong: [],
    });
  });

  it('where peers disagree, the stricter outcome is chosen', async () => {
    const disputed = editCases!.filter(({ disputed }) => disputed !== undefined);
    const chosen = Object.fromEntries(
      await Promise.all(
        disputed.map(async (each) => {
          const after = await throughConductor(each);
          return [each.id, after === null ? 'refused' : Object.values(after).join('')];
        }),
      ),
    );
    expect(chosen).toEqual({
      // No text is found by its likeness when the lines to replace themselves differ.
      'gemini-cli-calculatereplacement-should-perform-a-fuzzy-replacement-whe': 'refused',
      'gemini-cli-calculatereplacement-should-correctly-rebase-indentation-in-2': 'refused',
      // A line that the edit does not change stays byte for byte.
      'continue-indentation-adjustment-should-handle-whitespaceignoredmatch-w':
        'def outer():\n    if  True:\n        return 99\n',
      // The first of several places is not taken.
      'aider-test-replace-multiple-matches': 'refused',
      'aider-test-replace-multiple-matches-missing-whitespace': 'refused',
      // A file without a line end at its end keeps to that.
      'aider-file-without-trailing-newline': 'one\n2',
      // One indent for all lines, or none.
      'aider-uneven-indentation-must-not-match': 'refused',
      // No file is overwritten by one that is added or moved.
      'codex-010-move-overwrites-existing-destination': 'refused',
      'codex-011-add-overwrites-existing-file': 'refused',
      // All or nothing.
      'codex-015-failure-after-partial-success-leaves-changes': 'refused',
      // As codex: lines without a place go to the end, and an added file ends in a line end.
      'codex-test-pure-addition-chunk-followed-by-removal':
        'line1\nline2-replacement\nafter-context\nsecond-line\n',
      'cline-legacy-shell-wrapper-around-the-patch': 'hello\n',
      'cline-end-sentinel-with-trailing-whitespace': 'hello\n',
    });
  });
});

it('an insertion behind the last line needs no word of what it expects', async () => {
  expect(await apply({ f: 'a\n' }, lines('f', 2, 1, 'b'))).toMatchObject([{ after: 'a\nb\n' }]);
});
