import { type Form, formsOf, isLeak } from './secret-forms.ts';
import { type Squeezed, squeeze } from './squeeze.ts';

/**
 * Takes secrets of this process out of whatever leaves it. One is made by a host, and told of every secret that the
 * host holds or is given; all that leaves passes through it, at the place where it leaves.
 */
export interface Mask {
  /** From now on this value is a secret, unless it is too short or too plain to be one; until it is forgotten. */
  add(value: string): { forget(): void };
  /** The text with `[secret removed]` in place of each secret, whole or in part, as it is or encoded. */
  text(text: string): string;
  /** The same for all texts in plain data; a secret that is shared out over several of them is found, too. */
  texts<T>(value: T): T;
  /** Whether any of the texts holds a secret, or a part of one. */
  isIn(texts: readonly string[]): boolean;
}

export const REMOVED = '[secret removed]';

/** Letters and digits by which a place in a secret is found; as a number in base 62 they fit 30 bits. */
const SEED = 5;
const BASE = 62;
const HIGHEST = BASE ** (SEED - 1);
const LIKELY = 0xf_ffff;
/** Of a secret that stands in pieces, none is shorter. */
const PIECE = 6;
/** GitHub refuses longer texts, and what is put in must not be why it refuses one. */
const NEAR_LIMIT = 60_000;

interface Place {
  readonly form: Form;
  readonly at: number;
}

/** As many letters and digits as a text and a form have in common in a row. */
interface Shared extends Place {
  readonly start: number;
  readonly count: number;
}

export function createMask(secrets: readonly string[] = []): Mask {
  const known = new Set<string>();
  const seeds = new Map<number, Place[]>();
  /** Most of a text is passed over by a look in here; what was forgotten stays. */
  const likely = new Uint8Array(LIKELY + 1);

  function add(value: string) {
    if (known.has(value)) return { forget: () => undefined };
    known.add(value);
    const places = formsOf(value).flatMap(placesOf);
    for (const [seed, place] of places) {
      likely[seed & LIKELY] = 1;
      const others = seeds.get(seed);
      if (others) others.push(place);
      else seeds.set(seed, [place]);
    }
    return {
      forget() {
        known.delete(value);
        for (const [seed, place] of places) {
          const left = (seeds.get(seed) ?? []).filter((each) => each !== place);
          if (left.length > 0) seeds.set(seed, left);
          else seeds.delete(seed);
        }
      },
    };
  }

  /** Each stretch that a text and a form share is found once: where it begins. */
  function* sharedIn({ codes, length }: Squeezed): Generator<Shared> {
    let seed = 0;
    for (let index = 0; index < length; index++) {
      if (index >= SEED) seed -= (codes[index - SEED] ?? 0) * HIGHEST;
      seed = seed * BASE + (codes[index] ?? 0);
      const start = index - SEED + 1;
      if (start < 0 || likely[seed & LIKELY] === 0) continue;
      for (const { form, at } of seeds.get(seed) ?? []) {
        if (start > 0 && at > 0 && codes[start - 1] === form.codes[at - 1]) continue;
        let count = SEED;
        while (start + count < length && codes[start + count] === form.codes[at + count]) count += 1;
        yield { form, at, start, count };
      }
    }
  }

  function clean(texts: readonly string[]): readonly string[] {
    if (seeds.size === 0) return texts;
    const squeezed = squeeze(texts);
    const leaks: Shared[] = [];
    const pieces = new Map<Form, Shared[]>();
    for (const shared of sharedIn(squeezed)) {
      const { form, at, count } = shared;
      if (isLeak(form, at, count)) leaks.push(shared);
      if (form.inPieces && count >= PIECE) {
        const others = pieces.get(form);
        if (others) others.push(shared);
        else pieces.set(form, [shared]);
      }
    }
    for (const of of pieces.values()) if (of.length > 1) leaks.push(...leaksInPieces(of));
    return leaks.length === 0 ? texts : withoutLeaks(texts, squeezed, leaks);
  }

  for (const secret of secrets) add(secret);
  return {
    add,
    text: (text) => clean([text])[0] ?? '',
    texts(value) {
      const found: string[] = [];
      collect(value, found);
      const cleaned = clean(found);
      return cleaned === found ? value : (replaced(value, cleaned.values()) as typeof value);
    },
    isIn(texts) {
      if (seeds.size === 0) return false;
      for (const { form, at, count } of sharedIn(squeeze(texts))) if (isLeak(form, at, count)) return true;
      return false;
    },
  };
}

function placesOf(form: Form): (readonly [number, Place])[] {
  return form.codes.slice(SEED - 1).map((_last, at) => {
    const seed = form.codes.slice(at, at + SEED).reduce((sum, code) => sum * BASE + code, 0);
    return [seed, { form, at }] as const;
  });
}

/** Pieces that follow on each other in the secret, wherever they stand in the text, count as what they make together. */
function leaksInPieces(pieces: readonly Shared[]): readonly Shared[] {
  const leaks: Shared[] = [];
  let row: Shared[] = [];
  let [from, end] = [0, 0];
  const close = () => {
    const [first] = row;
    if (first && isLeak(first.form, from, end - from)) leaks.push(...row);
  };
  for (const piece of pieces.toSorted((a, b) => a.at - b.at)) {
    if (row.length > 0 && piece.at <= end) row.push(piece);
    else {
      close();
      row = [piece];
      [from, end] = [piece.at, piece.at];
    }
    end = Math.max(end, piece.at + piece.count);
  }
  close();
  return leaks;
}

function withoutLeaks(
  texts: readonly string[],
  squeezed: Squeezed,
  leaks: readonly Shared[],
): readonly string[] {
  const isGone = new Uint8Array(squeezed.length + 1);
  for (const { start, count } of leaks) isGone.fill(1, start, start + count);
  const parts: string[][] = texts.map(() => []);
  const kept = new Uint32Array(texts.length);
  for (let index = 0; index < squeezed.length; ) {
    if (!isGone[index]) {
      index += 1;
      continue;
    }
    const text = squeezed.text[index] ?? 0;
    let last = index;
    while (isGone[last + 1] && squeezed.text[last + 1] === text) last += 1;
    parts[text]?.push((texts[text] ?? '').slice(kept[text], squeezed.from[index]), REMOVED);
    kept[text] = squeezed.to[last] ?? 0;
    index = last + 1;
  }
  return texts.map((text, number) => {
    const cleaned = (parts[number] ?? []).join('') + text.slice(kept[number]);
    return text.length > NEAR_LIMIT ? cleaned.slice(0, text.length) : cleaned;
  });
}

/** The texts in plain data, in the order in which `replaced` puts others in their places. */
function collect(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const each of value) collect(each, into);
  else if (isPlain(value)) for (const each of Object.values(value)) collect(each, into);
}

function replaced(value: unknown, texts: Iterator<string>): unknown {
  if (typeof value === 'string') return texts.next().value;
  if (Array.isArray(value)) return value.map((each) => replaced(each, texts));
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, replaced(each, texts)]));
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
