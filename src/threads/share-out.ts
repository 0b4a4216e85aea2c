import { estimateTokens, withinTokens } from './token-count.ts';

/** The parts of a context pack, in the order in which they stand in it: what changes least comes first. */
export const PARTS = [
  'guidance',
  'style',
  'map',
  'files',
  'changes',
  'reviews',
  'thread',
  'request',
  'reports',
] as const;
export type PartName = (typeof PARTS)[number];

/** A piece of text for a part, and in words what there was no room for. */
export interface Piece {
  readonly text: string;
  readonly cuts: readonly string[];
}

export interface Part extends Piece {
  readonly name: PartName;
  readonly tokens: number;
}

/** What a part asks for, and its text when it is told how much room there is. */
export interface Claim {
  readonly name: PartName;
  /** Of all tokens: kept for it. */
  readonly share: number;
  /** Of all tokens: no more than this, whatever others leave. */
  readonly most: number;
  readonly make: (room: number) => Piece;
}

/**
 * Gives each part its share of the tokens, in the order of the claims; what one leaves flows on to the next. No part
 * ever has more than its room. The parts come in the order of PARTS; empty ones are left out unless they were cut.
 */
export function shareOut(tokens: number, claims: readonly Claim[]): readonly Part[] {
  let left = 0;
  const parts = claims.map(({ name, share, most, make }): Part => {
    const free = Math.floor(tokens * share) + left;
    const room = Math.min(free, Math.floor(tokens * most));
    const piece = make(room);
    const used = estimateTokens(piece.text);
    // Never cut through: what is wrapped as data must stay wrapped. Without the request there is nothing to do.
    const fits = used <= room || name === 'request';
    left = Math.max(0, free - (fits ? used : 0));
    return fits
      ? { name, text: piece.text, cuts: piece.cuts, tokens: used }
      : { name, text: '', cuts: [`all of the ${name}`], tokens: 0 };
  });
  return PARTS.flatMap((name) =>
    parts.filter((part) => part.name === name && (part.text !== '' || part.cuts.length > 0)),
  );
}

/** As many texts as there is room for, the first first, one blank line between them; `cut` says what is missing. */
export function within(texts: readonly string[], room: number, cut: (dropped: number) => string): Piece {
  const kept: string[] = [];
  let left = room;
  for (const text of texts) {
    left -= estimateTokens(text) + 1;
    if (left < 0) break;
    kept.push(text);
  }
  const dropped = texts.length - kept.length;
  return { text: kept.join('\n\n'), cuts: dropped > 0 ? [cut(dropped)] : [] };
}

/** A text with its middle left out where it is too long: how things began and how they ended says most. */
export function withoutMiddle(text: string, room: number, what: string): Piece {
  const tokens = estimateTokens(text);
  if (tokens <= room) return { text, cuts: [] };
  const half = Math.max(0, Math.floor((room - 12) / 2));
  const head = withinTokens(text, half);
  const reversed = [...text.slice(head.length)].reverse().join('');
  const tail = [...withinTokens(reversed, half)].reverse().join('');
  const gone = tokens - estimateTokens(head) - estimateTokens(tail);
  const cut = `about ${gone} tokens in the middle of ${what}`;
  return { text: `${head}\n(${cut} left out)\n${tail}`, cuts: [cut] };
}
