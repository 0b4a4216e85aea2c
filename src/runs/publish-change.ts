import { unifiedDiff } from '../changes/unified-diff.ts';
import type { Facts } from './gather-facts.ts';
import type { JudgedProposal } from './judge-proposal.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { ApprovedChange } from './ports.ts';
import { outputOf } from './read-options.ts';
import type { Run } from './run.ts';
import type { Undone } from './run-events.ts';
import { lastWrite } from './run-view.ts';
import { pause } from './step-policy.ts';
import type { Subject } from './subject.ts';
import { suggest } from './suggest.ts';

const RIVAL_MS = 3_000;

/**
 * Branch, commit, draft pull request; one more commit on our own; or suggestions on somebody else's: found again and
 * kept where this run has made it. Where nothing is to be written, the change is shown.
 */
export async function publishChange(run: Run, facts: Facts, judged: JudgedProposal): Promise<Outcome> {
  const { files, summary, verdict, undoes } = judged;
  const { base, subject, config } = facts;
  const { publisher, settings } = run.ports;
  const { verb, options } = run.request.command;
  const leaking = files.find(({ path, after }) => run.ports.holdsSecret([path, after ?? '']));
  if (leaking) return secretInChange(leaking.path);
  if (settings.dryRun || verb === 'preview')
    return patchShown(judged, 'previewed', 'Nothing was written: this is what the change would be.', FIX);
  if (outputOf(options, config) === 'patch')
    return patchShown(judged, 'patch_shown', 'Nothing was written: the change is a patch here.', APPLY);
  const change: ApprovedChange = {
    run: run.id,
    request: run.request,
    base,
    files,
    summary,
    judgement: verdict.verdict,
    undoes,
    circumstances: judged.circumstances,
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
  const merges = verdict.verdict === 'auto' && config.policy.auto.merge;
  if (merges) await run.attempt('auto_merge', 'auto-merge', () => publisher.mergeWhenReady(pullRequest));

  const told = base.pull?.own
    ? outcome('done', 'commit_pushed', commitTold(subject, undoes), 'Review it.')
    : outcome(
        'done',
        'pull_request_opened',
        `Opened pull request #${pullRequest}${undoes ? `, which undoes #${undoes.number}` : ''}.`,
        nextStep(run, verdict.verdict),
      );
  return { ...told, answer: summary };
}

/** No such change is shown as a patch or suggested, either: what is masked in it would be taken for its text. */
const secretInChange = (path: string) =>
  outcome(
    'refused',
    'secret_in_change',
    `The change holds one of the secrets that Conductor itself works with, in \`${path}\`, so nothing was written.`,
    'Ask for the change without it. If the secret stands in the repository already, replace it: whoever can read the repository knows it.',
  );

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

function commitTold(subject: Subject, undoes: Undone | null): string {
  if (subject.kind === 'base_moved')
    return `\`${subject.pull.baseBranch}\` had moved, and this pull request did not merge any more: one new commit brings it along. Every commit that was there stays.`;
  if (undoes?.commit)
    return `Pushed one commit to #${undoes.number} that takes back \`${undoes.commit.slice(0, 7)}\`.`;
  return 'Pushed one commit to this pull request.';
}

function nextStep(run: Run, judgement: ApprovedChange['judgement']): string {
  if (judgement !== 'auto') return 'It is a draft until its approvals are in.';
  const merges = lastWrite(run.view(), 'auto_merge') !== null;
  return merges ? 'It merges by itself once its checks let it.' : 'It is ready for review.';
}
