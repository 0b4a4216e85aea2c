import type { Workspace } from '../../changes/workspace.ts';
import type { Clues } from './clues.ts';

const MOST_SEARCHES = { small: 6, large: 2 };
/** In a larger repository a search takes its time: git looks into every file. */
const SMALL = 20_000;
const MOST_MATCHES = 40;
const MOST_NAMES = 4;
const SHORTEST_PIECE = 12;
const SURE_LENGTH = 24;

/** Files that hold what was quoted, or a name that few files hold; each with its share of all that were found, 0 to 1. */
export async function findPhrases(
  workspace: Workspace,
  clues: Clues,
  paths: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const shares = new Map<string, number>();
  const most = paths.length <= SMALL ? MOST_SEARCHES.small : MOST_SEARCHES.large;
  const names = [...clues.names].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
  // What a small repository defines under a name is found by reading it.
  const searched = [
    ...clues.phrases.flatMap(piecesOf),
    ...(paths.length > 400 ? names.slice(0, MOST_NAMES) : []),
  ];
  for (const text of [...new Set(searched)].slice(0, most)) {
    const matches = await workspace.search(text, MOST_MATCHES);
    const found = [...new Set(matches.map(({ path }) => path))];
    // Two words may stand together by chance; a sentence does not.
    const share = Math.min(1, text.length / SURE_LENGTH) / found.length;
    for (const path of found) shares.set(path, Math.max(shares.get(path) ?? 0, share));
  }
  return shares;
}

/**
 * A phrase, and its longest piece without what a program may have put in: numbers, names in quotes, paths. Messages are
 * seldom in the code as they were printed.
 */
function piecesOf(phrase: string): string[] {
  const pieces = phrase
    .split(/['"`“”‘’]|[^\s]*[\d/\\@#][^\s]*|\{|\}|\$|…/)
    .map((piece) => piece.trim())
    .filter((piece) => piece.length >= SHORTEST_PIECE && piece !== phrase);
  const longest = pieces.sort((a, b) => b.length - a.length || (a < b ? -1 : 1))[0];
  return longest === undefined ? [phrase] : [phrase, longest];
}
