import { unifiedDiff } from '../changes/unified-diff.ts';
import type { Task } from './accept.ts';
import type { JudgedProposal } from './judge-proposal.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { ApprovedChange } from './ports.ts';
import type { Run } from './run.ts';
import { pause } from './step-policy.ts';

const RIVAL_MS = 3_000;

/** Branch, commit, draft pull request, or one more commit on our own: found again and kept where this run has made it. */
export async function publishChange(
  run: Run,
  task: Task,
  { files, summary, verdict }: JudgedProposal,
): Promise<Outcome> {
  const { publisher, settings } = run.ports;
  if (task.preview) {
    const previewed = outcome(
      'done',
      'previewed',
      'Nothing was written: this is what the change would be.',
      'Ask for it with `fix`.',
    );
    return { ...previewed, answer: summary, diff: files.map(unifiedDiff).join('\n') };
  }
  const change: ApprovedChange = {
    run: run.id,
    request: run.request,
    base: task.facts.base,
    files,
    summary,
    judgement: verdict.verdict,
  };

  const published = await run.step('publish', () => publisher.publish(change, run.view()));
  if (!published.ok) return published.outcome;
  const { writes, pullRequest } = published.value;
  for (const written of writes) await run.record({ kind: 'written', written });

  // Whoever opened the pull request posts its checks too; a rival looks when they had the time to.
  if (settings.rivals && writes.some(({ thing, how }) => thing === 'pull_request' && how === 'adopted'))
    await pause(run.ports.clock, RIVAL_MS, run.ports.control.signal);
  const told = task.facts.base.pull?.own
    ? outcome('done', 'commit_pushed', 'Pushed one commit to this pull request.', 'Review it.')
    : outcome(
        'done',
        'pull_request_opened',
        `Opened pull request #${pullRequest}.`,
        nextStep(verdict.verdict),
      );
  return { ...told, answer: summary };
}

function nextStep(judgement: ApprovedChange['judgement']): string {
  return judgement === 'auto'
    ? 'It is ready for review.'
    : 'Review it; it is a draft until someone marks it ready.';
}
