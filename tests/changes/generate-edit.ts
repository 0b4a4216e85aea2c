import {
  type Dress,
  dressOf,
  type GeneratedFormat,
  isSame,
  json,
  type Random,
  randomOf,
  WRITERS,
} from './write-edit.ts';

/**
 * Edits as models write them, each made from a number: a text that was seen, an edit of it in some format, and the
 * text that the file has by now. Every line of the seen text has an identity, so the right text is known, or that
 * there is none any more.
 */
export interface GeneratedEdit {
  readonly before: string;
  /** The edit in the format's own writing, of the file `f`. */
  readonly written: string;
  readonly isRight: (after: string) => boolean;
  /** The file is as it was seen, and the edit is written as it stands: it has to be made. */
  readonly isPlain: boolean;
}

interface Line {
  readonly id: number;
  readonly text: string;
}
/** What becomes of the target: a line of it that stays, or a new one. */
type NewLine = Line | string;

const WORDS = ['alpha', 'beta', 'gamma', 'total', 'price', 'it’s', 'cart', 'x1', 'x12', '$&', "$'", '你好，'];
const SHAPES = [
  '{} = {};',
  'return {}',
  'if ({}) {',
  '}',
  '',
  'call({}, "{}")',
  '# {} – {}',
  'end',
  '- {}',
  '{}',
];
const INDENTS = ['', '  ', '    ', '\t', '\t\t', '      '];

/** Null when the number gives no edit that a model could mean one thing by. */
export function generateEdit(format: GeneratedFormat, number: number): GeneratedEdit | null {
  const random = randomOf(number);
  const seen = seenLines(random);
  const isPlain = random(3) === 0;
  const file = isPlain ? seen : drifted(random, seen);
  const dress = dressOf(random, format === 'numbered');
  // A last line that is blank and has no end is none; nor has a lone one a line end to go by.
  if (!dress.endsLine && (file.length < 2 || seen.at(-1)?.text === '' || file.at(-1)?.text === ''))
    return null;
  if (format === 'part') return partOfLine(random, seen, file, isPlain, dress);

  const start = random(seen.length);
  const { from, target, now } = changedPart(start, seen.slice(start, start + random(4)), random);
  const count = target.length;
  const above = Math.min(from, random(5));
  const below = Math.min(seen.length - from - count, random(5));
  const block = seen.slice(from - above, from + count + below);
  if (now.map(written).join('\n') === target.map(written).join('\n')) return null;
  // A new line that reads as an old one may be taken for it.
  if (now.some((line) => typeof line === 'string' && block.some(({ text }) => plain(text) === plain(line))))
    return null;

  const noise = isPlain || format === 'numbered' ? sameText : noiseOf(random, block, now);
  if (noise === null || (noise !== sameText && copiesOf(file, block) > 1)) return null;
  if (!isClear(format, seen, file, block, from - above, isPlain)) return null;
  const found = placesNow(
    file,
    target,
    above > 0 ? seen[from - 1] : undefined,
    below > 0 ? seen[from + count] : undefined,
  );
  const places = block.length === 0 ? [from] : found;
  // A line that a hunk takes out and puts in again is written as the hunk says it.
  const isSigned = format !== 'lines' && format !== 'blocks';
  const right = places.map((at) =>
    dress.on([
      ...file.slice(0, at).map(textOf),
      ...now.map((line) => (typeof line === 'string' || isSigned ? noise.meant(written(line)) : line.text)),
      ...file.slice(at + count).map(textOf),
    ]),
  );
  const shown = (lines: readonly NewLine[]) => lines.map((line) => noise.written(written(line)));
  const text = WRITERS[format]({
    head: shown(seen.slice(from - above, from)),
    old: shown(target),
    now: shown(now),
    tail: shown(seen.slice(from + count, from + count + below)),
    line: from - above + 1,
  });
  return {
    before: dress.on(file.map(textOf)),
    written: text,
    isPlain: isPlain && (format !== 'lines' || standsOnce(file, block)),
    isRight: (after) => right.some((text) => isSame(text, after, dress.isMixed)),
  };
}

/** Where the target stands now; where a line is only put in, behind the one above it and before the one below. */
function placesNow(file: readonly Line[], target: readonly Line[], above?: Line, below?: Line): number[] {
  const [first] = target;
  if (first) {
    const at = file.indexOf(first);
    return at >= 0 && target.every((line, index) => file[at + index] === line) ? [at] : [];
  }
  const places = [above ? file.indexOf(above) + 1 : 0, below ? file.indexOf(below) : -1];
  return [...(places[0]! > 0 ? [places[0]!] : []), ...(places[1]! >= 0 ? [places[1]!] : [])];
}

/**
 * Whether the edit means one place to whoever has only the edit and the file. What was seen holds the block once, but
 * for spacing; and when the block is gone, the file has no other that reads the same.
 */
function isClear(
  format: GeneratedFormat,
  seen: readonly Line[],
  file: readonly Line[],
  block: readonly Line[],
  at: number,
  isPlain: boolean,
): boolean {
  if (block.length === 0) return false;
  if (format === 'numbered' && isPlain) return true;
  if (copiesOf(seen, block) !== 1) return false;
  const start = file.indexOf(block[0]!);
  const isThere = start >= 0 && block.every((line, index) => file[start + index] === line);
  const isStated = block.every((line, index) => file[at + index]?.text === line.text);
  return isThere ? format !== 'numbered' || start === at || !isStated : copiesOf(file, block) === 0;
}

/** How often a block stands in lines, spacing and punctuation apart, and without the blank lines around it. */
function copiesOf(lines: readonly Line[], block: readonly Line[]): number {
  const key = (each: readonly Line[]) =>
    each
      .map(({ text }) => plain(text))
      .join('\n')
      .replace(/^\n+|\n+$/g, '');
  const wanted = key(block);
  if (wanted === '') return Number.POSITIVE_INFINITY;
  const length = wanted.split('\n').length;
  return lines.filter((_, at) => key(lines.slice(at, at + length)) === wanted && at + length <= lines.length)
    .length;
}

/** Whether a block stands once, also as the end of other lines. */
function standsOnce(lines: readonly Line[], block: readonly Line[]): boolean {
  const joined = (each: readonly Line[]) => each.map(({ text }) => `${text}\n`).join('');
  return joined(lines).split(joined(block)).length === 2;
}

function plain(text: string): string {
  return straight(text).replace(/\s+/g, '');
}

function straight(text: string): string {
  return text.normalize('NFKC').replaceAll('’', "'").replaceAll('–', '-');
}

interface Noise {
  /** What the model writes for a line, and what the file should get for a new one. */
  readonly written: (line: string) => string;
  readonly meant: (line: string) => string;
}

const sameText: Noise = { written: (line) => line, meant: (line) => line };

/** How the model's text differs from what it saw; null when lines of the block could no longer be told apart. */
function noiseOf(random: Random, block: readonly Line[], now: readonly NewLine[]): Noise | null {
  const lines = [...block.map(textOf), ...now.map(written)];
  const kinds: readonly (() => Noise)[] = [
    () => sameText,
    () => both((line) => line.trimEnd()),
    () => both((line) => line.replaceAll('’', "'").replaceAll('–', '-').replaceAll('，', ',')),
    () => ({ written: dedented(lines), meant: (line) => line }),
    () => ({ written: (line) => (line.trim() === '' ? line : `    ${line}`), meant: (line) => line }),
  ];
  const noise = kinds[random(kinds.length)]!();
  const told = new Map<string, string>();
  for (const line of lines) {
    const before = told.get(noise.written(line)) ?? line;
    if (before !== line) return null;
    told.set(noise.written(line), line);
  }
  return noise;
}

function both(change: (line: string) => string): Noise {
  return { written: change, meant: change };
}

function dedented(lines: readonly string[]): (line: string) => string {
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.slice(0, line.search(/\S/)));
  let shared = indents[0] ?? '';
  while (!indents.every((indent) => indent.startsWith(shared))) shared = shared.slice(0, -1);
  return (line) => (line.trim() === '' ? line : line.slice(shared.length));
}

/** A part of one line for another part, where it stands once in what was seen. */
function partOfLine(
  random: Random,
  seen: readonly Line[],
  file: readonly Line[],
  _isPlain: boolean,
  dress: Dress,
): GeneratedEdit | null {
  const line = seen[random(seen.length)]!;
  const start = random(line.text.length + 1);
  const search = line.text.slice(start, start + 1 + random(12));
  const replace = [...Array(1 + random(2))].map(() => lineOf(random).trim()).join('\n');
  const whole = (lines: readonly Line[]) => straight(lines.map(textOf).join('\n'));
  const count = (lines: readonly Line[], part: string) => whole(lines).split(straight(part)).length - 1;
  const isThere = file.includes(line);
  if (
    search.trim() === '' ||
    search === replace ||
    count(seen, search) !== 1 ||
    (!isThere && count(file, search.trim()) > 0)
  )
    return null;
  const changed = line.text.slice(0, start) + replace + line.text.slice(start + search.length);
  const right = dress.on(
    file.map((each) => (each === line ? changed : each.text)).flatMap((each) => each.split('\n')),
  );
  return {
    before: dress.on(file.map(textOf)),
    written: json(search, replace),
    isPlain: false,
    isRight: (after) => isThere && isSame(right, after, dress.isMixed),
  };
}

function seenLines(random: Random): Line[] {
  const lines = Array.from({ length: 2 + random(24) }, (_, id) => ({ id, text: lineOf(random) }));
  // Copies of a stretch, some with one line changed: what a loose search takes for the place.
  for (let copies = random(3); copies > 0; copies -= 1) {
    const from = random(lines.length);
    const copy = lines.slice(from, from + 2 + random(6)).map(({ text }) => ({ id: 0, text }));
    const changed = random(copy.length * 2);
    if (copy[changed]) copy[changed] = { id: 0, text: lineOf(random) };
    lines.splice(random(lines.length + 1), 0, ...copy);
  }
  return lines.map(({ text }, id) => ({ id, text }));
}

/** Other hands were at the file: lines came, went, or changed. A changed line is another one. */
function drifted(random: Random, seen: readonly Line[]): Line[] {
  const file = [...seen];
  for (let changes = 1 + random(3); changes > 0; changes -= 1) {
    const at = random(file.length + 1);
    const kind = random(4);
    if (kind === 0) file.splice(at, 1);
    else if (kind === 1 && file[at])
      file[at] = { id: -1, text: `${file[at].text}${random(2) === 0 ? '' : ' '}${WORDS[random(3)]}` };
    else file.splice(at, 0, { id: -1, text: lineOf(random) });
  }
  return file;
}

function newLines(random: Random, target: readonly Line[]): NewLine[] {
  const kept: NewLine[] = target.filter(() => random(3) === 0);
  for (let added = random(4); added > 0; added -= 1) kept.splice(random(kept.length + 1), 0, lineOf(random));
  return kept;
}

/** A change without the lines at its ends that stay: those are context. */
function changedPart(start: number, lines: readonly Line[], random: Random) {
  const changed = newLines(random, lines);
  let [head, tail] = [0, 0];
  while (head < lines.length && changed[head] === lines[head]) head += 1;
  while (tail < lines.length - head && changed.at(-1 - tail) === lines.at(-1 - tail)) tail += 1;
  const target = lines.slice(head, lines.length - tail);
  return { from: start + head, target, now: changed.slice(head, changed.length - tail) };
}

function lineOf(random: Random): string {
  const text = SHAPES[random(SHAPES.length)]!.replace(/\{\}/g, () => WORDS[random(WORDS.length)]!);
  if (text === '') return '';
  return INDENTS[random(INDENTS.length)]! + text + (random(10) === 0 ? '  ' : '');
}

function textOf({ text }: Line): string {
  return text;
}

function written(line: NewLine): string {
  return typeof line === 'string' ? line : line.text;
}
