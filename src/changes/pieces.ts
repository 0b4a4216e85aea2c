/**
 * A stretch of an edited text. `from` and `to` are offsets in the base text: what the stretch shows when `added` is
 * null, else what `added` stands in for. Pieces are in order and cover the base, so an offset of the base can always
 * be found again, however the text around it was edited.
 */
export interface Piece {
  readonly from: number;
  readonly to: number;
  readonly added: string | null;
}

/** A stretch of the text as it is now, from `start` up to but not including `end`. */
export interface Hit {
  readonly start: number;
  readonly end: number;
}

/** The text that pieces over `base` show. */
export function textOf(pieces: readonly Piece[], base: string): string {
  return pieces.map((piece) => piece.added ?? base.slice(piece.from, piece.to)).join('');
}

/**
 * Puts `added` in place of a stretch of the base, which may be empty for an insertion. Several insertions at one
 * place keep the order in which they were made. Null when an earlier edit has touched the stretch.
 */
export function replaceInBase(
  pieces: readonly Piece[],
  from: number,
  to: number,
  added: string,
): Piece[] | null {
  const before: Piece[] = [];
  const after: Piece[] = [];
  for (const piece of pieces) {
    if (piece.to <= from) before.push(piece);
    else if (piece.from >= to) after.push(piece);
    else if (piece.added !== null) return null;
    else {
      if (piece.from < from) before.push({ ...piece, to: from });
      if (piece.to > to) after.push({ ...piece, from: to });
    }
  }
  return [...before, { from, to, added }, ...after];
}

/**
 * Puts `added` in place of each hit in the text as it is now. Hits are in order and do not overlap. Added pieces
 * that a hit touches melt into one, since no offset of the base lies inside them any more. Linear in pieces and hits.
 */
export function replaceHits(pieces: readonly Piece[], hits: readonly Hit[], added: string): Piece[] {
  const out: Piece[] = [];
  let melting: { from: number; to: number; added: string; end: number } | null = null;
  let next = 0;
  let position = 0;

  for (const piece of pieces) {
    const start = position;
    const stop = start + (piece.added?.length ?? piece.to - piece.from);
    position = stop;
    const text = piece.added;
    let at = melting ? Math.min(melting.end, stop) : start;
    if (melting) melting.to = text === null ? piece.from + at - start : piece.to;
    if (melting && melting.end > stop) continue;

    // Text that was added before has no place of its own in the base: all of it joins what is melting.
    if (text !== null) melting ??= { from: piece.from, to: piece.to, added: '', end: start };
    for (let hit = hits[next]; hit && hit.start < stop; hit = hits[++next]) {
      if (text === null) {
        if (melting) out.push(finished(melting));
        if (hit.start > at)
          out.push({ from: piece.from + at - start, to: piece.from + hit.start - start, added: null });
        const from: number = piece.from + hit.start - start;
        melting = { from, to: from, added, end: hit.end };
      } else {
        melting!.added += text.slice(at - start, hit.start - start) + added;
        melting!.end = hit.end;
      }
      at = Math.min(hit.end, stop);
      melting!.to = text === null ? piece.from + at - start : piece.to;
    }
    if (melting && melting.end > stop) continue;
    if (text !== null) melting!.added += text.slice(at - start);
    if (melting) out.push(finished(melting));
    melting = null;
    if (text === null && at < stop) out.push({ from: piece.from + at - start, to: piece.to, added: null });
  }
  return out;
}

function finished({ from, to, added }: { from: number; to: number; added: string }): Piece {
  return { from, to, added };
}
