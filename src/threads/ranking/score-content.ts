import type { Clues } from './clues.ts';
import type { Definition } from './definitions.ts';
import type { FileIndex } from './index-file.ts';
import type { Edge } from './page-rank.ts';
import { telling, wordsOf } from './words.ts';

interface Indexed {
  readonly path: string;
  readonly index: FileIndex;
}

/** What it is worth to define a name that was asked for, and to use it. */
const DEFINES = 40;
const USES = 3;
/** What a word that few files hold is worth at most. */
const WORD = 4;
/** A name that more files define than this names nothing in particular. */
const MOST_DEFINERS = 5;
const MOST_USERS = 60;

/** How strongly the content of each file is meant, in the order of the files. */
export function scoreContent(files: readonly Indexed[], clues: Clues): readonly number[] {
  const definers = definersOf(files);
  const words = wordScores(files, clues);
  return files.map(({ index: { names, definitions } }, at) => {
    let score = words[at] ?? 0;
    const depths = depthsOf(definitions);
    for (const [name, weight] of clues.names) {
      const uses = names.get(name) ?? 0;
      if (uses === 0) continue;
      score += weight * USES * Math.min(1, uses / 3);
      // A method of some class is less of a definition than what a file is there for.
      const depth = depths.get(name);
      if (depth !== undefined)
        score += (weight * DEFINES) / Math.sqrt(definers.get(name)?.length ?? 1) / (1 + depth / 2);
    }
    return score;
  });
}

/** How deep each name is defined at its outermost. */
function depthsOf(definitions: readonly Definition[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  for (const { name, indent } of definitions) depths.set(name, Math.min(indent, depths.get(name) ?? indent));
  return depths;
}

/** BM25 without a length, over the words that names are made of: a rare word that a file repeats speaks for it. */
function wordScores(files: readonly Indexed[], { words }: Clues): readonly number[] {
  if (words.size === 0) return files.map(() => 0);
  const any = new RegExp([...words.keys()].join('|'), 'i');
  const counted = files.map(({ index }) => {
    const counts = new Map<string, number>();
    for (const [name, times] of index.names) {
      // Most names hold none of the words, and needn't be taken apart to see it.
      if (!any.test(name)) continue;
      for (const word of telling(wordsOf(name)))
        if (words.has(word)) counts.set(word, (counts.get(word) ?? 0) + times);
    }
    return counts;
  });
  const holders = new Map<string, number>();
  for (const counts of counted)
    for (const word of counts.keys()) holders.set(word, (holders.get(word) ?? 0) + 1);
  return counted.map((counts) => {
    let score = 0;
    for (const [word, times] of counts) {
      const rarity = Math.log(1 + files.length / (holders.get(word) ?? 1)) / Math.log(1 + files.length);
      score += (words.get(word) ?? 0) * WORD * rarity * (times / (times + 1.5));
    }
    return score;
  });
}

function definersOf(files: readonly Indexed[]): ReadonlyMap<string, readonly number[]> {
  const definers = new Map<string, number[]>();
  for (const [at, { index }] of files.entries()) {
    for (const name of new Set(
      index.definitions.filter(({ indent }) => indent === 0).map((each) => each.name),
    )) {
      const known = definers.get(name);
      if (known) known.push(at);
      else definers.set(name, [at]);
    }
  }
  return definers;
}

/** From each file to those that define what it uses; the fewer define or use a name, the more it says. */
export function edgesBetween(files: readonly Indexed[]): readonly Edge[] {
  const users = new Map<string, number[]>();
  const definers = definersOf(files);
  for (const [name, at] of definers) if (name.length > 3 && at.length <= MOST_DEFINERS) users.set(name, []);
  for (const [at, { index }] of files.entries())
    for (const name of index.names.keys()) users.get(name)?.push(at);

  const edges: Edge[] = [];
  for (const [name, using] of users) {
    const defining = definers.get(name) ?? [];
    if (using.length > MOST_USERS) continue;
    const weight = 1 / (defining.length * Math.sqrt(using.length));
    for (const from of using)
      for (const to of defining) if (!defining.includes(from)) edges.push({ from, to, weight });
  }
  return edges;
}
