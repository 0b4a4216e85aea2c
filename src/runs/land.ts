import { toldOnce } from './base-moved.ts';
import { type Facts, gatherFacts } from './gather-facts.ts';
import { judgeProposal } from './judge-proposal.ts';
import type { Outcome, StepResult } from './outcome.ts';
import { propose } from './propose.ts';
import { publishChange } from './publish-change.ts';
import { proposeAgain } from './reapply.ts';
import type { Run } from './run.ts';
import type { Proposal } from './think.ts';

/** How often a proposal is made again for a branch that somebody pushes to. */
const MOST_MOVES = 2;

/**
 * Brings a proposal through policy and onto GitHub. Where somebody pushed to the branch meanwhile, their commits stay:
 * everything is read again, and the change is made, judged and published again on top of them.
 */
export async function land(run: Run, facts: Facts, proposal: Proposal): Promise<Outcome> {
  let [standing, proposed] = [facts, proposal];
  for (let moves = 0; ; moves++) {
    const judged = await judgeProposal(run, standing, proposed); // policy decides
    if (!judged.ok) return toldOnce(standing, judged.outcome);
    const published = await publishChange(run, standing, judged.value); // the only writer
    if (published.code !== 'head_moved' || moves === MOST_MOVES) return toldOnce(standing, published);

    const moved = await gatherFacts(run, standing.permission, standing.subject);
    if (!moved.ok) return moved.outcome;
    standing = moved.value;
    const again = await proposeOnHead(run, standing, proposed);
    if (!again.ok) return again.outcome;
    proposed = again.value;
  }
}

/** What git proposed, it works out anew; what an agent thought of is made again as it is. */
function proposeOnHead(run: Run, facts: Facts, { files, text }: Proposal): Promise<StepResult<Proposal>> {
  if (facts.subject.kind !== 'thread') return propose(run, facts);
  const branch = `\`${facts.base.branch}\``;
  return proposeAgain(facts, files, {
    summary: text,
    conflict: `Somebody pushed to ${branch} while this run was under way, and the change does not fit on top of that. Nothing was written.`,
    nothing: `All of the change stands on ${branch} already.`,
    next: 'Ask again; the agent starts from the branch as it is then.',
  });
}
