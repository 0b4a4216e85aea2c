import type { Judgement } from './verdict.ts';

const ORDER: readonly Judgement[] = ['auto', 'review', 'block'];

/** The strictest of several judgements; `auto` when there are none, which says only that nobody objected. */
export function strictest(judgements: readonly Judgement[]): Judgement {
  return ORDER.findLast((judgement) => judgements.includes(judgement)) ?? 'auto';
}

/** Sorts by judgement, strictest first; equal ones stay in order. */
export function strictestFirst<T extends { readonly verdict: Judgement }>(items: readonly T[]): T[] {
  return [...items].sort((a, b) => ORDER.indexOf(b.verdict) - ORDER.indexOf(a.verdict));
}
