import { unifiedDiff } from '../changes/unified-diff.ts';
import type { Task } from './accept.ts';
import type { JudgedProposal } from './judge-proposal.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { ApprovedChange } from './ports.ts';
import type { Run } from './run.ts';
import { pause } from './step-policy.ts';
import { suggest } from './suggest.ts';

const RIVAL_MS = 3_000;

/**
 * Branch, commit, draft pull request; one more commit on our own; or suggestions on somebody else's: found again and
 * kept where this run has made it. Where nothing is to be written, the change is shown.
 */
export async function publishChange(run: Run, task: Task, judged: JudgedProposal): Promise<Outcome> {
  const { files, summary, verdict } = judged;
  const { publisher, settings } = run.ports;
  const { base } = task.facts;
  if (task.preview)
    return patchShown(judged, 'previewed', 'Nothing was written: this is what the change would be.', FIX);
  if (task.output === 'patch')
    return patchShown(judged, 'patch_shown', 'Nothing was written: the change is a patch here.', APPLY);
  const change: ApprovedChange = {
    run: run.id,
    request: run.request,
    base,
    files,
    summary,
    judgement: verdict.verdict,
  };

  const offered = await suggest(run, change);
  if (offered.ok) return offered.outcome;
  if (base.readOnlyReason) {
    const said = `${base.readOnlyReason} The change is no suggestion either: ${offered.why}.`;
    return patchShown(judged, 'patch_shown', said, APPLY);
  }

  const published = await run.step('publish', () => publisher.publish(change, run.view()));
  if (!published.ok) return published.outcome;
  const { writes, pullRequest } = published.value;
  for (const written of writes) await run.record({ kind: 'written', written });

  // Whoever opened the pull request posts its checks too; a rival looks when they had the time to.
  if (settings.rivals && writes.some(({ thing, how }) => thing === 'pull_request' && how === 'adopted'))
    await pause(run.ports.clock, RIVAL_MS, run.ports.control.signal);
  const told = base.pull?.own
    ? outcome('done', 'commit_pushed', 'Pushed one commit to this pull request.', 'Review it.')
    : outcome(
        'done',
        'pull_request_opened',
        `Opened pull request #${pullRequest}.`,
        nextStep(verdict.verdict),
      );
  return { ...told, answer: summary };
}

const FIX = 'Ask for it with `fix`.';
const APPLY = 'Take it with `git apply`.';

function patchShown(
  { files, summary }: JudgedProposal,
  code: string,
  message: string,
  next: string,
): Outcome {
  return { ...outcome('done', code, message, next), answer: summary, diff: files.map(unifiedDiff).join('') };
}

function nextStep(judgement: ApprovedChange['judgement']): string {
  return judgement === 'auto'
    ? 'It is ready for review.'
    : 'Review it; it is a draft until someone marks it ready.';
}
