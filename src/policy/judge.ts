import { ownersOf } from './code-owners.ts';
import { digestOf, digestParts } from './digest.ts';
import { type Facts, touchedPaths } from './facts.ts';
import { RULES } from './rules/index.ts';
import { ask } from './rules/rule.ts';
import type { PolicySettings } from './settings.ts';
import { strictest } from './strictness.ts';
import type { Requirement, RuleResult, Verdict } from './verdict.ts';

/**
 * Judges a change set. Pure and total: no I/O, no clock, no exception; the same facts and settings always give the
 * same verdict. Every rule is asked and the strictest wins. Where no rule objects, a person still reviews unless
 * `auto-paths` lets the change through: policy fails closed.
 */
export function judge(facts: Facts, settings: PolicySettings): Verdict {
  const rules = RULES.map((rule) => ask(rule, facts, settings));
  const verdict = strictest([facts.atLeast, ...rules.map(({ verdict }) => verdict)]);
  const parts = digestParts(facts, settings);
  return {
    verdict,
    digest: digestOf(parts),
    parts,
    rules,
    approvals: verdict === 'review' ? requirements(facts, settings, rules) : [],
  };
}

/** Whose yes a change under review needs: what the config asks of every change, and what single rules ask beside it. */
function requirements(
  facts: Facts,
  { policy: { approvals } }: PolicySettings,
  rules: readonly RuleResult[],
): Requirement[] {
  const { required, from } = approvals;
  const general = { rule: 'approvals', required, from, paths: touchedPaths(facts) };
  const own = rules.flatMap((rule) => rule.approvals);
  const { codeOwners } = facts;
  const isUnowned = (path: string) => codeOwners === null || ownersOf(codeOwners, path).length === 0;
  return [general, ...own.filter((each) => !isIn(general, each))].map((each) =>
    each.from.includes('owners') && each.paths.every(isUnowned) ? { ...each, unowned: true } : each,
  );
}

/** Whether whoever satisfies the one has satisfied the other. */
function isIn(one: Requirement, other: Requirement): boolean {
  return (
    one.required >= other.required &&
    one.from.every((entry) => other.from.includes(entry)) &&
    other.paths.length > 0 &&
    other.paths.every((path) => one.paths.includes(path))
  );
}
