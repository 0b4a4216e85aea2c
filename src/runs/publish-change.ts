import { unifiedDiff } from '../changes/unified-diff.ts';
import type { Task } from './accept.ts';
import type { JudgedProposal } from './judge-proposal.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { ApprovedChange, Publisher } from './ports.ts';
import type { Run } from './run.ts';
import { pause } from './step-policy.ts';

const RIVAL_MS = 3_000;

/** Branch, commit, draft pull request, check runs: each found again and kept when this run has made it before. */
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
    branchPrefix: settings.branchPrefix,
    files,
    summary,
    judgement: verdict.verdict,
  };

  const pushed = await run.step('push', () => publisher.push(change));
  if (!pushed.ok) return pushed.outcome;
  for (const written of pushed.value.writes) await run.record({ kind: 'written', written });

  const opened = await run.step('pull-request', () => publisher.openPullRequest(change, run.view()));
  if (!opened.ok) return opened.outcome;
  await run.record({ kind: 'written', written: opened.value.written });

  // Whoever opened the pull request posts the checks too; a rival looks when they had the time to.
  if (settings.rivals && opened.value.written.how === 'adopted')
    await pause(run.ports.clock, RIVAL_MS, run.ports.control.signal);
  await postChecks(run, publisher, pushed.value.headCommit);
  return {
    ...outcome(
      'done',
      'pull_request_opened',
      `Opened pull request #${opened.value.number}.`,
      nextStep(verdict.verdict),
    ),
    answer: summary,
  };
}

/** Check runs are the window of the record, not the record: a failure to post them is told, and ends nothing. */
async function postChecks(run: Run, publisher: Publisher, headCommit: string): Promise<void> {
  try {
    const writes = await run.step('checks', () => publisher.checks(run.view(), headCommit));
    for (const written of writes) await run.record({ kind: 'written', written });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await run.record({ kind: 'effect_failed', thing: 'check_run', code: 'check_not_posted', message });
  }
}

function nextStep(judgement: ApprovedChange['judgement']): string {
  return judgement === 'auto'
    ? 'It is ready for review.'
    : 'Review it; it is a draft until someone marks it ready.';
}
