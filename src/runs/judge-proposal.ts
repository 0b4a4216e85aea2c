import { createHash } from 'node:crypto';
import type { FileChange } from '../changes/file-change.ts';
import { countLines } from '../changes/unified-diff.ts';
import { reasonsOf } from '../policy/explain.ts';
import { gatherFacts as gatherPolicyFacts } from '../policy/facts.ts';
import { judge } from '../policy/judge.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Facts } from './gather-facts.ts';
import { ends, type StepResult, value } from './outcome.ts';
import type { Run } from './run.ts';
import type { Undone } from './run-events.ts';
import type { Proposal } from './think.ts';

/** A proposal that policy let through. */
export interface JudgedProposal {
  readonly files: readonly FileChange[];
  /** The agent's own words; of a change by git alone, ours. */
  readonly summary: string;
  readonly verdict: Verdict;
  readonly undoes: Undone | null;
}

/** Puts the proposal before policy. A block ends the run with the rule, the file, and the way to yes. */
export async function judgeProposal(
  run: Run,
  { trusted, workspace, config, permission }: Facts,
  proposal: Proposal,
): Promise<StepResult<JudgedProposal>> {
  const { changeSet, files, text, undoes = null } = proposal;
  await run.record({
    kind: 'change_proposed',
    digest: `sha256:${createHash('sha256').update(JSON.stringify(changeSet)).digest('hex')}`,
    summary: text,
    files: files.map((file) => ({ path: file.path, op: file.op, from: file.from, ...countLines([file]) })),
  });

  const { agent, costUsd } = run.view();
  const facts = await gatherPolicyFacts({
    changeSet,
    change: run.id,
    workspace,
    trusted,
    asker: { login: run.request.asker.login, permission },
    circumstances: {
      labels: [],
      agent: agent?.name ?? null,
      model: agent?.model ?? null,
      costUsd,
      at: run.ports.clock.now().toISOString(),
    },
  });
  const verdict = judge(facts, config);
  await run.record({ kind: 'verdict_reached', verdict });
  // What is published is what policy saw applied, not what the agent said it does.
  if (verdict.verdict !== 'block' && facts.applied.ok)
    return value({ files: facts.applied.files, summary: text, verdict, undoes });

  const first = reasonsOf(verdict).find((reason) => reason.verdict === 'block');
  return ends({
    state: 'refused',
    code: 'policy_block',
    message: `Policy blocks this change, so nothing was written${first ? `: rule \`${first.rule}\`. ${first.message}` : '.'}`,
    next: first?.fix ?? 'See the verdict for what each rule found.',
    answer: text,
  });
}
