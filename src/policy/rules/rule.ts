import type { Facts } from '../facts.ts';
import type { PolicySettings } from '../settings.ts';
import { strictest, strictestFirst } from '../strictness.ts';
import type { Judgement, Reason, Requirement, RuleResult } from '../verdict.ts';

/** One rule of policy. Pure and total: facts and settings in, what it found out. */
export interface Rule {
  readonly name: string;
  /** One sentence for people: what the rule looks at, with its settings. */
  title(settings: PolicySettings): string;
  /** What it found; nothing found means that the rule has no objection. */
  find(facts: Facts, settings: PolicySettings): readonly Finding[];
}

/** One thing that a rule found. */
export interface Finding {
  readonly verdict: Judgement;
  readonly path?: string;
  /** 1-based line in the resulting file. */
  readonly line?: number;
  readonly message: string;
  readonly fix: string;
  /** Whose yes this finding needs beside the usual ones; `owners` means those of `paths`, or of `path`. */
  readonly approvals?: {
    readonly required: number;
    readonly from: readonly string[];
    readonly paths?: readonly string[];
  };
}

/** At most this many reasons of one rule are kept; the verdict counts all. */
const MAX_REASONS = 100;

/** Asks one rule. A rule that fails blocks, and says so: policy never lets through what it could not look at. */
export function ask(rule: Rule, facts: Facts, settings: PolicySettings): RuleResult {
  try {
    return result(rule, rule.title(settings), rule.find(facts, settings));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return result(rule, 'This rule could not be evaluated.', [
      {
        verdict: 'block',
        message: `The rule failed, so nothing is let through: ${detail}.`,
        fix: 'This is a mistake in Conductor; please report it with the change set.',
      },
    ]);
  }
}

function result(rule: Rule, title: string, findings: readonly Finding[]): RuleResult {
  const reasons = findings.map<Reason>(({ verdict, path = null, line = null, message, fix }) => {
    return { rule: rule.name, verdict, path, line, message, fix };
  });
  const approvals = findings.flatMap(({ approvals: needed, path }) =>
    needed ? [{ rule: rule.name, paths: path === undefined ? [] : [path], ...needed }] : [],
  );
  return {
    rule: rule.name,
    title,
    verdict: strictest(findings.map(({ verdict }) => verdict)),
    reasons: strictestFirst(reasons).slice(0, MAX_REASONS),
    approvals: together(approvals),
  };
}

/** What asks the same of the same people is asked once, for all its files. */
function together(requirements: readonly Requirement[]): Requirement[] {
  const byKind = new Map<string, { readonly of: Requirement; readonly paths: Set<string> }>();
  for (const each of requirements) {
    const key = JSON.stringify([each.required, each.from]);
    const known = byKind.get(key) ?? { of: each, paths: new Set<string>() };
    byKind.set(key, known);
    for (const path of each.paths) known.paths.add(path);
  }
  return [...byKind.values()].map(({ of, paths }) => ({ ...of, paths: [...paths] }));
}
