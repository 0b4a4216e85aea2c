import { telling, wordsOf } from './words.ts';

/** A place that a text names: a path or the end of one, as it was written. `line` is 1-based. */
export interface NamedPlace {
  readonly path: string;
  readonly line: number | null;
  readonly weight: number;
}

/** What a thread says about where to look. */
export interface Clues {
  readonly places: readonly NamedPlace[];
  /** Identifiers, as they were written, with their weight. */
  readonly names: ReadonlyMap<string, number>;
  /** What was quoted, and what errors said: texts that may stand in the code literally. */
  readonly phrases: readonly string[];
  /** Stems of plain words, with their weight. */
  readonly words: ReadonlyMap<string, number>;
}

/** A text to look for clues in. `weight`: how near it is to the request. */
export interface ToldText {
  readonly text: string;
  readonly weight: number;
}

const LONGEST_TEXT = 40_000;
const LONGEST_TOKEN = 300;
const MOST_PHRASES = 8;
/** Names that are kept, and words: the heaviest. Every file is looked through for all of them. */
const MOST_TERMS = 200;

/** Of frames, the one that failed is the surest; each of its callers is a little less so. */
const NEXT_FRAME = 0.85;

/** Reads clues from texts of people: pasted traces, code, links and sentences. Takes time in proportion to their length. */
export function cluesIn(texts: readonly ToldText[]): Clues {
  const places: NamedPlace[] = [];
  const names = new Map<string, number>();
  const words = new Map<string, number>();
  const phrases = new Set<string>();

  for (const { text: whole, weight } of texts) {
    const text = whole.slice(0, LONGEST_TEXT);
    places.push(...placesIn(text, weight));
    for (const phrase of phrasesIn(text)) phrases.add(phrase);
    for (const name of namesIn(text)) add(names, name, weight);
    for (const word of telling(wordsOf(text))) add(words, word, weight);
  }
  return {
    places,
    names: heaviest(names),
    words: heaviest(words),
    phrases: [...phrases].slice(0, MOST_PHRASES),
  };
}

function heaviest(weights: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...weights].sort(([, a], [, b]) => b - a).slice(0, MOST_TERMS));
}

/** A word that is said often counts for more, but not for many times more. */
function add(to: Map<string, number>, key: string, weight: number): void {
  const known = to.get(key) ?? 0;
  to.set(key, Math.min(known + weight / (1 + 2 * known), 2 * weight + known));
}

function placesIn(text: string, weight: number): NamedPlace[] {
  // Python tells the innermost frame last, everybody else first.
  const python = [...text.matchAll(/^[ \t]*File "([^"\n]{1,300})", line (\d+)/gm)].reverse();
  const framed = python.map(([, path = '', line]) => ({ path, line: Number(line) }));
  const tokens = text.split(/[\s()<>"'`“”‘’,;|=[\]{}*]+/).flatMap(placeOf);
  const all = python.length > 0 ? [...framed, ...tokens.filter(({ line }) => line === null)] : tokens;
  let frame = weight;
  return all.map(({ path, line }) => {
    if (line === null) return { path, line, weight: weight * 0.9 };
    const place = { path, line, weight: frame };
    frame *= NEXT_FRAME;
    return place;
  });
}

/** `src/a.ts:12:5`, `a.ts`, `webpack:///./src/a.ts`, or a link to a file on GitHub. Nothing else is a place. */
function placeOf(token: string): { path: string; line: number | null }[] {
  if (token.length < 3 || token.length > LONGEST_TOKEN) return [];
  const link = /^https?:\/\/[^/]+\/[^/]+\/[^/]+\/(?:blob|blame|raw)\/[^/]+\/([^?#]+)[^#]*(?:#L(\d+))?/.exec(
    token,
  );
  if (link) return [{ path: decoded(link[1] ?? ''), line: link[2] ? Number(link[2]) : null }];
  if (/^https?:/.test(token)) return [];
  const [, bare = '', line] = /^(.*?)(?::(\d{1,7})(?::\d{1,7})?)?[.:!?]*$/.exec(token) ?? [];
  const path = bare
    .replace(/\\/g, '/')
    .replace(/^[a-z][a-z-]*:\/\/+/, '')
    .replace(/^[a-z]:\//i, '')
    .replace(/^(?:\.{1,2}\/)+/, '');
  const isPath =
    /^[\w@~+.-]+(?:\/[\w@~+.-]+)+\/?$/.test(path.replace(/^\//, '')) ||
    /^[\w@~+-][\w@~+.-]*\.[a-z]\w{0,9}$/i.test(path);
  return isPath ? [{ path, line: line ? Number(line) : null }] : [];
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Names in code, and names that look like code wherever they stand: `roundCents`, `round_cents`, `Total`'s `round()`. */
function namesIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]{2,200})`/g)].flatMap(([, code = '']) => identifiers(code));
  const bare = identifiers(text).filter(
    (name) => /[a-z\d][A-Z]|[A-Z]{2,}_|\w_\w|^\$/.test(name) || /^[A-Z][a-z]+[A-Z]/.test(name),
  );
  const called = [...text.matchAll(/(?<![\w$])([A-Za-z_$][\w$]{2,60})\(/g)].map(([, name = '']) => name);
  return [...new Set([...quoted, ...bare, ...called])];
}

function identifiers(text: string): string[] {
  return (text.match(/[A-Za-z_$][\w$]*/g) ?? []).filter((name) => name.length > 2 && name.length <= 80);
}

/** Words in quotation marks, and what follows `…Error:`. One word alone is a name. */
function phrasesIn(text: string): string[] {
  const quoted = [
    ...text.matchAll(/"([^"\n]{6,200})"|“([^”\n]{6,200})”|`([^`\n]{6,200})`|(?<!\w)'([^'\n]{6,200})'(?!\w)/g),
  ];
  const told = [
    ...text.matchAll(/^.{0,60}?(?:Error|Exception|error|fatal|panic|FAIL|failed)\b:? +([^\n]{8,200})$/gm),
  ];
  const all = [
    ...quoted.map((match) => match.slice(1).find(Boolean) ?? ''),
    ...told.map(([, said = '']) => said),
  ];
  return all.map((phrase) => phrase.trim().replace(/[.:,]+$/, '')).filter((phrase) => phrase.includes(' '));
}
