import { strictestFirst } from './strictness.ts';
import type { Reason, Verdict } from './verdict.ts';

/** Every reason of a verdict, the strictest first, in the order of the rules. */
export function reasonsOf(verdict: Verdict): Reason[] {
  return strictestFirst(verdict.rules.flatMap(({ reasons }) => reasons));
}
