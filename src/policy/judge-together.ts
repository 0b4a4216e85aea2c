import type { Asker, Circumstances, Facts } from './facts.ts';
import { judge } from './judge.ts';
import type { PolicySettings } from './settings.ts';
import { strictest } from './strictness.ts';
import type { RuleResult, Verdict } from './verdict.ts';

/** Who asked for a part of a change, and what it came about under. */
export interface Origin {
  readonly asker: Asker;
  readonly circumstances: Circumstances;
}

/**
 * Judges a change that came about in several runs, under each run's asker and circumstances: the strictest word of each
 * rule holds, and so does every approval that any of them asks for. Without an origin it is judged as the facts stand.
 */
export function judgeTogether(facts: Facts, settings: PolicySettings, origins: readonly Origin[]): Verdict {
  const [first = judge(facts, settings), ...others] = origins.map((origin) =>
    judge({ ...facts, ...origin }, settings),
  );
  return others.reduce(stricter, first);
}

function stricter(one: Verdict, other: Verdict): Verdict {
  return {
    ...one,
    verdict: strictest([one.verdict, other.verdict]),
    rules: one.rules.map((rule, index) => both(rule, other.rules[index] ?? rule)),
    approvals: distinct([...one.approvals, ...other.approvals]),
  };
}

function both(one: RuleResult, other: RuleResult): RuleResult {
  return {
    ...one,
    verdict: strictest([one.verdict, other.verdict]),
    reasons: distinct([...one.reasons, ...other.reasons]),
    approvals: distinct([...one.approvals, ...other.approvals]),
  };
}

function distinct<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}
