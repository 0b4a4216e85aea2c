import { createHash } from 'node:crypto';

/** Models by name, in the order in which they are preferred; a list inside the list holds equals, which share the work. */
export type Preference = readonly (string | readonly string[])[];

/**
 * The order in which models are asked. Equals come in an order drawn by their weights, the same whenever `seed` is the
 * same; those that are better left alone now come last, so that they are asked only when nobody else is left.
 */
export function inOrder(
  preference: Preference,
  {
    seed,
    weightOf,
    coolsDown,
  }: {
    readonly seed: string;
    readonly weightOf: (name: string) => number;
    readonly coolsDown: (name: string) => boolean;
  },
): readonly string[] {
  const names = preference.flatMap((entry) =>
    typeof entry === 'string' ? [entry] : drawn(entry, seed, weightOf),
  );
  const each = [...new Set(names)];
  return [...each.filter((name) => !coolsDown(name)), ...each.filter(coolsDown)];
}

/** Weighted sampling without replacement: Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006. */
function drawn(names: readonly string[], seed: string, weightOf: (name: string) => number): string[] {
  const key = (name: string) => Math.log(uniform(`${seed}/${name}`)) / weightOf(name);
  return names
    .map((name) => ({ name, key: key(name) }))
    .sort((one, other) => other.key - one.key)
    .map(({ name }) => name);
}

/** A number over 0 and below 1 that is always the same for the same text. */
function uniform(text: string): number {
  return (createHash('sha256').update(text).digest().readUInt32BE() + 0.5) / 2 ** 32;
}
