import { Command } from 'commander';
import type { CodeOwners } from '../policy/code-owners.ts';
import { judge } from '../policy/judge.ts';
import type { RuleResult, Verdict } from '../policy/verdict.ts';
import { answer } from './answer.ts';
import { type CircumstanceOptions, withCircumstances } from './policy-circumstances.ts';
import { cannotAnswer, factsFrom, inDirectory } from './policy-judging.ts';
import { CONFIG, settingsFor } from './policy-settings.ts';
import { needs } from './policy-words.ts';

interface SimulateOptions extends CircumstanceOptions {
  readonly base: string;
  readonly changeSet: string;
  readonly config: string;
  readonly against?: string;
  readonly json?: boolean;
}

/** A rule that two policies let say different things. Reasons are what it finds under the new one. */
type Difference = Pick<RuleResult, 'rule' | 'title' | 'reasons'> &
  Record<'before' | 'after', RuleResult['verdict']>;

/** `conductor policy simulate`: what another policy would say of a change set. Exit 1: the new one blocks it. */
export function policySimulate(): Command {
  const simulate = new Command('simulate')
    .description(
      'Tell what would change with another policy: the verdict before and after, and the rules that differ.',
    )
    .requiredOption(
      '--base <dir>',
      'the git checkout (at HEAD) or plain folder that the change is made against',
    )
    .requiredOption('--change-set <file>', 'the change set, as JSON')
    .requiredOption('--config <file>', 'the new policy')
    .option('--against <file>', `the policy to compare with; the base's own ${CONFIG} when not given`);
  return withCircumstances(simulate)
    .option('--json', 'for machines')
    .action(async (options: SimulateOptions) => {
      const json = options.json ?? false;
      const compared = await inDirectory(options.base, async (workspace) => {
        const facts = await factsFrom(workspace, options.changeSet, options);
        if (!facts.ok) return facts;
        const old = await settingsFor(workspace, options.against);
        if (!old.ok) return old;
        const other = await settingsFor(workspace, options.config);
        if (!other.ok) return other;
        const [before, after] = [judge(facts.value, old.value), judge(facts.value, other.value)];
        return { ok: true, value: { before, after, codeOwners: facts.value.codeOwners } };
      });
      if (!compared.ok) return cannotAnswer(json, compared.error);
      const { before, after, codeOwners } = compared.value;
      const rules = differences(before, after);
      const value = { before: short(before), after: short(after), rules };
      answer(json, value, words(before, after, rules, codeOwners), after.verdict === 'block' ? 1 : 0);
    });
}

function short({ verdict, digest, approvals }: Verdict) {
  return { verdict, digest, approvals };
}

function differences(before: Verdict, after: Verdict): Difference[] {
  return after.rules.flatMap(({ rule, title, verdict, reasons }) => {
    const old = before.rules.find((result) => result.rule === rule);
    const same = old?.verdict === verdict && JSON.stringify(old.reasons) === JSON.stringify(reasons);
    return same ? [] : [{ rule, title, before: old?.verdict ?? 'auto', after: verdict, reasons }];
  });
}

function words(
  before: Verdict,
  after: Verdict,
  rules: readonly Difference[],
  codeOwners: CodeOwners | null,
): string {
  const changed = rules.flatMap((rule) => [
    `  ${rule.before === rule.after ? rule.after : `${rule.before} → ${rule.after}`}  ${rule.rule}: ${rule.title}`,
    ...rule.reasons.map(({ message, fix }) => `            ${message} ${fix}`),
  ]);
  const none = rules.length === 0 ? ['  No rule says anything else.'] : [];
  return [
    `${before.verdict} → ${after.verdict}`,
    ...changed,
    ...none,
    ...needs(after.approvals, codeOwners),
  ].join('\n');
}
