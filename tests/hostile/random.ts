/** Chance that a seed repeats. */
export interface Chance {
  /** From 0 up to `below`, whole. */
  number(below: number): number;
  one<T>(of: readonly T[]): T;
  some<T>(of: readonly T[], most: number): T[];
  maybe(): boolean;
}

/** Mulberry32: small, seeded, and good enough to pick attacks by. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const number = (below: number) => Math.floor(next() * below);
  return {
    number,
    one: (of) => of[number(of.length)]!,
    some: (of, most) => Array.from({ length: 1 + number(most) }, () => of[number(of.length)]!),
    maybe: () => next() < 0.5,
  };
}
