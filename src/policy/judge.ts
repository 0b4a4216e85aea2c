import { digestOf } from './digest.ts';
import type { Facts } from './facts.ts';
import { RULES } from './rules/index.ts';
import { ask } from './rules/rule.ts';
import type { PolicySettings } from './settings.ts';
import { strictest } from './strictness.ts';
import type { Verdict } from './verdict.ts';

/**
 * Judges a change set. Pure and total: no I/O, no clock, no exception; the same facts and settings always give the
 * same verdict. Every rule is asked and the strictest wins. Where no rule objects, a person still reviews unless
 * `auto-paths` lets the change through: policy fails closed.
 */
export function judge(facts: Facts, settings: PolicySettings): Verdict {
  const rules = RULES.map((rule) => ask(rule, facts, settings));
  return {
    verdict: strictest(rules.map(({ verdict }) => verdict)),
    digest: digestOf(facts, settings),
    rules,
  };
}
