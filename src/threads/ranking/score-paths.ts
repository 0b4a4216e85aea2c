import type { Clues, NamedPlace } from './clues.ts';
import { stem, telling, wordsOf } from './words.ts';

/** What a match is worth. A place that is named in full outweighs all words together. */
const WHOLE_PATH = 100;
const END_OF_PATH = 60;
const BASE_NAME = 25;
const FOLDER = 3;
const WORD_IN_BASE = 4;
const WORD_IN_FOLDER = 1;
const NAME_IN_BASE = 12;

const LEAST_TERM = 3;
const MOST_TERMS = 200;
const MOST_PLACES = 40;
const MOST_INSIDE = 200;

/** How strongly each path is meant by what is named; paths that nothing speaks for are left out. */
export function scorePaths(paths: readonly string[], clues: Clues): Map<string, number> {
  const scores = new Map<string, number>();
  const names = new Map([...clues.names].map(([name, weight]) => [name.toLowerCase(), weight]));
  for (const path of pathsWith(paths, termsOf(clues))) {
    const score = wordScore(path, clues, names);
    if (score > 0) scores.set(path, score);
  }
  const places = clues.places.slice(0, MOST_PLACES);
  const byBase = pathsByBase(paths, places);
  for (const place of places) {
    const { found, worth } = matchesOf(place, byBase.get(baseOf(place.path)) ?? [], paths);
    for (const path of found)
      scores.set(path, (scores.get(path) ?? 0) + (worth * place.weight) / found.length);
  }
  return scores;
}

function termsOf({ names, words }: Clues): string[] {
  const all = [...words.keys(), ...[...names.keys()].map((name) => name.toLowerCase())];
  return [...new Set(all)].filter((term) => term.length >= LEAST_TERM).slice(0, MOST_TERMS);
}

/** The paths that hold one of the terms, found in one pass over all of them: most paths of a large repository hold none. */
function* pathsWith(paths: readonly string[], terms: readonly string[]): Generator<string> {
  if (terms.length === 0) return;
  const all = `${paths.join('\n')}\n`;
  const any = new RegExp(terms.map((term) => term.replace(/[^a-z\d]/g, '\\$&')).join('|'), 'gi');
  let at = 0;
  let start = 0;
  for (let match = any.exec(all); match !== null; match = any.exec(all)) {
    while (start + (paths[at]?.length ?? 0) < match.index) start += (paths[at++]?.length ?? 0) + 1;
    const path = paths[at];
    if (path === undefined) return;
    yield path;
    any.lastIndex = start + path.length + 1;
  }
}

function wordScore(path: string, { words }: Clues, names: ReadonlyMap<string, number>): number {
  const slash = path.lastIndexOf('/');
  const base = path.slice(slash + 1).replace(/(?<=.)\..*$/, '');
  const inBase = telling(wordsOf(base));
  const sum = (of: Iterable<string>, worth: number) => {
    let score = 0;
    for (const word of new Set(of)) score += (words.get(word) ?? 0) * worth;
    return score;
  };
  // A base name of one word that is meant says more than one of five of which one is.
  const share = inBase.length === 0 ? 0 : sum(inBase, WORD_IN_BASE) * (0.5 + 0.5 / inBase.length);
  const named = (names.get(base.toLowerCase()) ?? names.get(wordsOf(base).join('')) ?? 0) * NAME_IN_BASE;
  return share + named + sum(wordsOf(path.slice(0, slash + 1)).map(stem), WORD_IN_FOLDER);
}

type Matches = { readonly found: readonly string[]; readonly worth: number };

/** The files that a place may mean: itself, those that it ends, those that end it (`/home/ada/web/src/a.ts`), a folder's. */
function matchesOf({ path }: NamedPlace, sameBase: readonly string[], paths: readonly string[]): Matches {
  const bare = path.replace(/^\/+|\/+$/g, '');
  if (sameBase.includes(bare)) return { found: [bare], worth: WHOLE_PATH };
  const ends = sameBase.filter((each) => each.endsWith(`/${bare}`));
  if (ends.length > 0) return { found: ends, worth: bare.includes('/') ? END_OF_PATH : BASE_NAME };
  const parts = bare.split('/');
  for (let from = 1; from < parts.length; from++) {
    const tail = parts.slice(from).join('/');
    const found = sameBase.filter((each) => each === tail || each.endsWith(`/${tail}`));
    if (found.length > 0) return { found, worth: tail.includes('/') ? END_OF_PATH : BASE_NAME };
  }
  const inside = bare.includes('.') ? [] : paths.filter((each) => isInside(each, bare)).slice(0, MOST_INSIDE);
  return { found: inside, worth: FOLDER * inside.length };
}

const isInside = (path: string, folder: string) =>
  path.startsWith(`${folder}/`) || path.includes(`/${folder}/`);

/** For each place the paths with its base name, found in one pass. */
function pathsByBase(
  paths: readonly string[],
  places: readonly NamedPlace[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>(places.map(({ path }) => [baseOf(path), []]));
  if (found.size > 0) for (const path of paths) found.get(baseOf(path))?.push(path);
  return found;
}

const baseOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
