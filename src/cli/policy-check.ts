import { Command } from 'commander';
import { reasonsOf } from '../policy/explain.ts';
import { judge } from '../policy/judge.ts';
import { answer } from './answer.ts';
import { type CircumstanceOptions, withCircumstances } from './policy-circumstances.ts';
import { cannotAnswer, factsFrom, inDirectory } from './policy-judging.ts';
import { CONFIG, settingsFor } from './policy-settings.ts';
import { verdictTree } from './policy-words.ts';

interface CheckOptions extends CircumstanceOptions {
  readonly base: string;
  readonly changeSet: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** `conductor policy check`: the verdict on a change set. Exit 1: it is blocked. */
export function policyCheck(): Command {
  const check = new Command('check')
    .description('Judge a change set as Conductor would: auto, review or block, with every reason.')
    .requiredOption('--base <dir>', 'the git checkout (at HEAD) or plain folder that it is made against')
    .requiredOption('--change-set <file>', 'the change set, as JSON')
    .option('--config <file>', `the policy to judge by; the base's own ${CONFIG} when not given`);
  return withCircumstances(check)
    .option('--json', 'for machines')
    .action(async (options: CheckOptions) => {
      const json = options.json ?? false;
      const checked = await inDirectory(options.base, async (workspace) => {
        const facts = await factsFrom(workspace, options.changeSet, options);
        if (!facts.ok) return facts;
        const settings = await settingsFor(workspace, options.config);
        if (!settings.ok) return settings;
        const verdict = judge(facts.value, settings.value);
        return { ok: true, value: { verdict, codeOwners: facts.value.codeOwners } };
      });
      if (!checked.ok) return cannotAnswer(json, checked.error);
      const { verdict: judged, codeOwners } = checked.value;
      const { verdict, digest, approvals, parts } = judged;
      const value = { verdict, digest, reasons: reasonsOf(judged), approvals, parts };
      answer(json, value, verdictTree(judged, codeOwners), verdict === 'block' ? 1 : 0);
    });
}
