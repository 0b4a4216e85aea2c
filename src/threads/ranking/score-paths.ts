import type { Clues, NamedPlace } from './clues.ts';

/** What a match is worth. A place that is named in full outweighs all words together. */
const WHOLE_PATH = 100;
const END_OF_PATH = 60;
const BASE_NAME = 25;
const FOLDER = 3;
const WORD_IN_BASE = 4;
const WORD_IN_FOLDER = 1;
const NAME_IN_BASE = 12;

const MOST_PLACES = 40;
const MOST_INSIDE = 200;

/** How strongly each path is meant by what is named; paths that nothing speaks for are left out. */
export function scorePaths(paths: readonly string[], clues: Clues): Map<string, number> {
  const scores = scoreWords(paths, clues);
  const places = clues.places.slice(0, MOST_PLACES);
  const byBase = pathsByBase(paths, places);
  for (const place of places) {
    const { found, worth } = matchesOf(place, byBase.get(baseOf(place.path)) ?? [], paths);
    for (const path of found)
      scores.set(path, (scores.get(path) ?? 0) + (worth * place.weight) / found.length);
  }
  return scores;
}

/**
 * What the words of the request that stand in each path are worth. One expression goes once over all paths together:
 * taking a hundred thousand of them apart to compare their words would take three times as long as git takes to list them.
 */
function scoreWords(paths: readonly string[], { words, names }: Clues): Map<string, number> {
  const scores = new Map<string, number>();
  const terms = [...words.keys()];
  if (terms.length === 0) return scores;
  const named = new Map([...names].map(([name, weight]) => [withoutMarks(name), weight]));
  const any = new RegExp(terms.sort((a, b) => b.length - a.length).join('|'), 'gi');
  const all = `${paths.join('\n')}\n`;

  let start = 0;
  let match = any.exec(all);
  for (const path of paths) {
    const end = start + path.length;
    const base = start + path.lastIndexOf('/') + 1;
    let [inBase, inFolders, covered] = [0, 0, 0];
    for (; match !== null && match.index < end; match = any.exec(all)) {
      if (!beginsWord(all, match.index)) continue;
      const weight = words.get(match[0].toLowerCase()) ?? 0;
      if (match.index < base) inFolders += weight;
      else {
        inBase += weight;
        covered += match[0].length;
      }
    }
    if (inBase + inFolders > 0) {
      const dot = path.indexOf('.', base - start + 1);
      const length = (dot < 0 ? path.length : dot) - (base - start);
      // A base name that is meant as a whole says more than a long one of which a part is.
      const share = 0.5 + 0.5 * Math.min(1, covered / length);
      const isNamed = covered > 0 && named.size > 0;
      const whole = isNamed
        ? (named.get(withoutMarks(path.slice(base - start, base - start + length))) ?? 0)
        : 0;
      scores.set(path, inBase * WORD_IN_BASE * share + inFolders * WORD_IN_FOLDER + whole * NAME_IN_BASE);
    }
    start = end + 1;
  }
  return scores;
}

/** True where no letter stands before, or a capital begins: `round` is in `mathRound` and not in `ground`. */
function beginsWord(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1) | 32;
  const isCapital = text.charCodeAt(at) < 97;
  return isCapital || !(before >= 97 && before <= 122);
}

const withoutMarks = (name: string) => name.replace(/[^a-zA-Z\d]/g, '').toLowerCase();

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
