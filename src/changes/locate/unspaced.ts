import { growTogether, withoutSpacing } from './fold.ts';

/** Lines as one text without spacing, and at which of its offsets each line that is not blank starts and ends. */
export interface Unspaced {
  readonly text: string;
  /** Offset to index of the line. */
  readonly starts: ReadonlyMap<number, number>;
  readonly ends: ReadonlyMap<number, number>;
}

/** Folded lines without their spacing, and without the line ends between them. Linear. */
export function unspaced(folded: readonly string[]): Unspaced {
  const [starts, ends] = [new Map<number, number>(), new Map<number, number>()];
  const pieces: string[] = [];
  let [length, before] = [0, ''];
  for (const [index, line] of folded.entries()) {
    const piece = withoutSpacing(line);
    if (piece === '') continue;
    const space = growTogether(before, piece) ? ' ' : '';
    pieces.push(space, piece);
    starts.set(length + space.length, index);
    length += space.length + piece.length;
    ends.set(length, index);
    before = piece;
  }
  return { text: pieces.join(''), starts, ends };
}
