import type { ChangesSince } from '../changes/workspace.ts';
import { asCode, element } from './hostile-text.ts';
import { type Piece, within } from './share-out.ts';

/** What a pull request changes: its files, and as much of its diff as there is room for, file by file. */
export function changesPiece(changes: ChangesSince | null, room: number): Piece {
  if (changes === null || changes.files.length === 0) return { text: '', cuts: [] };
  const { files, patch, from, isMergeBase } = changes;
  const against = isMergeBase ? from.slice(0, 10) : `${from.slice(0, 10)}, the tip of the base branch`;
  const list = files.slice(0, 100).map(({ path, status }) => `${status.slice(0, 1)} ${path}`);
  const more = files.length > list.length ? [`(${files.length - list.length} more files)`] : [];
  const perFile = patch === null ? [] : asCode(patch).split(/^(?=diff --git )/m);
  const { text, cuts } = within(
    [[...list, ...more].join('\n'), ...perFile.map((each) => each.trimEnd())],
    room - 30,
    (dropped) => `the diff of ${dropped} of ${files.length} changed files`,
  );
  const told = patch === null ? [`the diff: ${files.length} files are changed`] : cuts;
  return { text: element('pull_request_changes', { against }, text), cuts: told };
}
