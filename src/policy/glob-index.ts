import { braceExpand, Minimatch, type MinimatchOptions } from 'minimatch';

/** The most patterns that the braces of one glob may stand for. */
export const MAX_EXPANSIONS = 64;

/**
 * `dot`: hidden files are files. No extended globs, negations or comments: a glob only says where files are. The
 * platform is said, since a backslash of a path is not a slash, whatever this process runs on.
 */
const OPTIONS: MinimatchOptions = {
  dot: true,
  noext: true,
  nonegate: true,
  nocomment: true,
  nobrace: true,
  platform: 'linux',
};

/** Many globs as one trie of their parts: what they share is compared once, whatever their number. */
interface GlobIndex {
  /** The numbers, ascending and each once, of the globs that mean a path. */
  match(path: string): readonly number[];
}

/** A place in the trie: what the parts so far have led to, and where each further part leads. */
interface Place {
  readonly number: number;
  /** It stands for `**`, and so stays whatever comes. */
  readonly stays: boolean;
  readonly ends: number[];
  /** What follows in some glob, by the part as it is written. */
  readonly children: Map<string, Place>;
  readonly literals: Map<string, Place[]>;
  /** `*.ts` and the like, by what stands behind the last dot. */
  readonly endings: Map<string, Wildcard[]>;
  readonly wildcards: Wildcard[];
  /** Where `**` leads from here. */
  below: Place | null;
}

interface Wildcard {
  /** Letters that every name it fits holds: looked for first, since that is ten times quicker. */
  readonly holds: string;
  readonly part: Minimatch;
  readonly next: Place;
}

/** All places that one path has led to, as minimatch would go through them one by one. */
interface State {
  readonly places: readonly Place[];
  readonly ends: readonly number[];
  readonly next: Map<string, State>;
}

/** Steps that are remembered; beyond, they are taken again, so that hostile paths cost time and no memory. */
const MAX_REMEMBERED = 100_000;

/**
 * Builds an index of numbered globs, which mean what they mean to minimatch with `dot`, `noext`, `nonegate` and
 * `nocomment`. Each part of a glob is minimatch's own matcher; only the way through the parts is ours. Differences,
 * all on the strict side, and only with `anyCase`: an ASCII name is compared by its lower case.
 */
export function globIndex(
  globs: readonly (readonly [glob: string, number: number])[],
  { anyCase }: { readonly anyCase: boolean },
): GlobIndex {
  const root = place(0, false);
  let grown = 0;
  const wildcards = new Map<string, Minimatch>();
  for (const [glob, number] of globs) {
    for (const pattern of expansions(glob)) addPattern(pattern, number);
  }

  function addPattern(pattern: string, number: number): void {
    let at = root;
    for (const part of partsOf(pattern)) at = at.children.get(part) ?? grow(at, part);
    if (at.ends.at(-1) !== number) at.ends.push(number);
  }

  function grow(at: Place, part: string): Place {
    grown += 1;
    const next = place(grown, part === '**');
    at.children.set(part, next);
    if (next.stays) at.below = next;
    else if (isLiteral(part)) add(at.literals, anyCase ? part.toLowerCase() : part, next);
    else addWildcard(at, part, next);
    return next;
  }

  function addWildcard(at: Place, text: string, next: Place): void {
    const part = wildcards.get(text) ?? new Minimatch(text, { ...OPTIONS, nocase: anyCase });
    wildcards.set(text, part);
    const ending = endingOf(text);
    const wildcard = { part, next, holds: anyCase ? lettersOf(text).toLowerCase() : lettersOf(text) };
    if (ending === undefined) at.wildcards.push(wildcard);
    else add(at.endings, ending, wildcard);
  }

  const states = new Map<string, State>();
  let remembered = 0;
  const start: State = { places: withBelow([root]), ends: [], next: new Map() };

  /** The state in which these places were reached by the last name; `**` behind them stands open, too. */
  function stateOf(reached: readonly Place[]): State {
    const key = reached.map(({ number }) => number).join();
    const same = states.get(key);
    if (same !== undefined) return same;
    const ends = [...new Set(reached.flatMap((each) => each.ends))].sort((a, b) => a - b);
    const state: State = { places: withBelow(reached), ends, next: new Map() };
    if (remembered < MAX_REMEMBERED) states.set(key, state);
    return state;
  }

  function step(state: State, name: string): State {
    const known = state.next.get(name);
    if (known !== undefined) return known;
    const next = stateOf(placesAfter(state.places, name, anyCase));
    if (remembered < MAX_REMEMBERED) {
      remembered += 1;
      state.next.set(name, next);
    }
    return next;
  }

  return {
    match(path) {
      let state = start;
      for (const name of path.split('/')) {
        state = step(state, name);
        if (state.places.length === 0) break;
      }
      return state.ends;
    },
  };
}

/** The patterns that the braces of a glob stand for. */
export function expansions(glob: string): string[] {
  return braceExpand(glob, { braceExpandMax: MAX_EXPANSIONS + 1 });
}

/**
 * How many parts of these globs have to be tried on each name, one by one: those that are neither plain names nor
 * wildcards with a plain ending, such as `*.ts`.
 */
export function triedParts(globs: readonly string[]): number {
  const parts = globs.flatMap(expansions).flatMap(partsOf);
  return new Set(parts.filter((part) => !isLiteral(part) && endingOf(part) === undefined)).size;
}

function isLiteral(part: string): boolean {
  return /^[\w.@ -]+$/.test(part);
}

/** What stands behind the last dot of a wildcard like `*.ts` or `*.test.ts`. */
function endingOf(part: string): string | undefined {
  return /^\*[\w.-]*\.([\w-]+)$/.exec(part)?.[1]?.toLowerCase();
}

/** The parts of a pattern; `**` twice in a row is `**`. */
function partsOf(pattern: string): string[] {
  return pattern.split('/').filter((part, index, parts) => part !== '**' || parts[index - 1] !== '**');
}

/** The longest run of plain letters of a part; none where a bracket may make them a choice. */
function lettersOf(part: string): string {
  const runs = part.includes('[') ? [] : part.split(/[^A-Za-z0-9_-]+/);
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

function place(number: number, stays: boolean): Place {
  return {
    number,
    stays,
    ends: [],
    children: new Map(),
    literals: new Map(),
    endings: new Map(),
    wildcards: [],
    below: null,
  };
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** `**` stands for no folder, too. */
function withBelow(places: readonly Place[]): readonly Place[] {
  const all = new Set(places);
  for (const { below } of places) if (below !== null) all.add(below);
  return [...all].sort((a, b) => a.number - b.number);
}

function placesAfter(places: readonly Place[], name: string, anyCase: boolean): Place[] {
  const plain = anyCase ? name.toLowerCase() : name;
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  const isFolderName = name !== '' && name !== '.' && name !== '..';
  const reached: Place[] = [];
  const tryOut = ({ holds, part, next }: Wildcard) => {
    if (plain.includes(holds) && part.match(name)) reached.push(next);
  };
  for (const each of places) {
    if (each.stays && isFolderName) reached.push(each);
    reached.push(...(each.literals.get(plain) ?? []));
    for (const wildcard of each.endings.get(ending) ?? []) tryOut(wildcard);
    for (const wildcard of each.wildcards) tryOut(wildcard);
  }
  return reached;
}
