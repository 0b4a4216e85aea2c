import { type Definition, definitionsIn } from './definitions.ts';

/** What one file defines, and which names stand in it how often. */
export interface FileIndex {
  readonly definitions: readonly Definition[];
  readonly names: ReadonlyMap<string, number>;
}

const SHORTEST = 3;
const LONGEST = 80;

/** 1: may begin a name; 2: may go on with one. */
const CLASS = new Uint8Array(128);
for (const [begins, from, to] of [
  [3, 65, 90],
  [3, 97, 122],
  [2, 48, 57],
  [3, 95, 95],
  [3, 36, 36],
] as const)
  CLASS.fill(begins, from, to + 1);

/** Indexes a file. Names are found by their letters alone, in comments and texts as well: those lead to a file, too. */
export function indexFile(text: string, isProse = false): FileIndex {
  return { definitions: definitionsIn(text, isProse), names: namesIn(text) };
}

/** Every name of a text with how often it stands there. */
export function namesIn(text: string): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const { length } = text;
  for (let at = 0; at < length; at++) {
    if (((CLASS[text.charCodeAt(at)] ?? 0) & 1) === 0) continue;
    const start = at;
    do at++;
    while (at < length && ((CLASS[text.charCodeAt(at)] ?? 0) & 2) !== 0);
    if (at - start < SHORTEST || at - start > LONGEST) continue;
    const name = text.slice(start, at);
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  return names;
}
