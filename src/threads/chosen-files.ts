import { asCode, element } from './hostile-text.ts';
import type { NamedPlace } from './ranking/clues.ts';
import type { RankedFile } from './ranking/rank-files.ts';
import type { Piece } from './share-out.ts';
import { estimateTokens } from './token-count.ts';

const MOST_FILES = 5;
/** Somebody must have meant the file: words alone that a path has in common with the request are too little. */
const LEAST_SCORE = 20;
/** Against the best file's score. */
const LEAST_SHARE = 0.25;
/** No file takes more of the room, so that others fit beside it. */
const MOST_OF_ROOM = 0.6;
/** Lines shown around a place that was named in a file which does not fit. */
const AROUND = 40;

/** What of a file stands in the pack. */
export interface ChosenFile {
  readonly path: string;
  /** `part`: the lines around the place that was named. */
  readonly how: 'whole' | 'part';
}

/** The texts of the files that are surely meant, whole where there is room, else around the line that was named. */
export function filesPiece(
  ranked: readonly RankedFile[],
  places: readonly NamedPlace[],
  room: number,
): Piece & { readonly chosen: readonly ChosenFile[] } {
  const best = ranked[0]?.score ?? 0;
  const meant = ranked
    .filter(({ score }) => score >= Math.max(LEAST_SCORE, best * LEAST_SHARE))
    .slice(0, MOST_FILES);
  const texts: string[] = [];
  const cuts: string[] = [];
  const chosen: ChosenFile[] = [];
  let left = room;
  for (const file of meant) {
    const shown = wholeOrPart(file, places, Math.min(left, room * MOST_OF_ROOM));
    if (shown === null) {
      cuts.push(`the text of \`${file.path}\`, about ${estimateTokens(file.text)} tokens`);
      continue;
    }
    if (shown.how === 'part') cuts.push(`\`${file.path}\` outside ${shown.lines}`);
    left -= estimateTokens(shown.text) + 1;
    texts.push(shown.text);
    chosen.push({ path: file.path, how: shown.how });
  }
  return { text: texts.join('\n\n'), cuts, chosen };
}

function wholeOrPart({ path, text }: RankedFile, places: readonly NamedPlace[], room: number) {
  const whole = element('repository_file', { path }, asCode(text));
  if (estimateTokens(whole) <= room) return { how: 'whole' as const, text: whole, lines: '' };
  const line = places.find((place) => place.line !== null && isSame(place.path, path))?.line ?? null;
  if (line === null) return null;
  const all = asCode(text).split('\n');
  const from = Math.max(1, line - AROUND);
  const to = Math.min(all.length, line + AROUND);
  const lines = `lines ${from}-${to} of ${all.length}`;
  const part = element(
    'repository_file',
    { path, lines: `${from}-${to} of ${all.length}` },
    all.slice(from - 1, to).join('\n'),
  );
  return estimateTokens(part) <= room ? { how: 'part' as const, text: part, lines } : null;
}

const isSame = (named: string, path: string) =>
  named === path || path.endsWith(`/${named}`) || named.endsWith(`/${path}`);
