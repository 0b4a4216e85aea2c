import type { CommandRequest } from '../commands/request.ts';
import { circumstancesInTrailers } from '../policy/circumstances.ts';
import type { Circumstances } from '../policy/facts.ts';
import type { Undone } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { upTo } from './cut.ts';
import { pullRequestTitle } from './pull-request.ts';
import { harmlessLine, harmlessText } from './way-out.ts';

/** What a commit is made of, as far as its message tells. */
export interface CommitInWords {
  readonly run: RunId;
  readonly summary: string;
  readonly undoes: Undone | null;
  readonly circumstances: Circumstances;
}

const SUBJECT_LIMIT = 72;

/** Subject, the reasons, and the trailers that name the run, the person, what else than words started it, and the commit that is taken back. */
export function commitMessage(
  request: CommandRequest,
  { run, summary, undoes, circumstances }: CommitInWords,
): string {
  const { asker, thread, cause = 'mention' } = request;
  const reasons = upTo(harmlessText(summary), 4_000);
  const asked = `Requested-by: ${asker.login} <${asker.id}+${asker.login}@users.noreply.github.com>`;
  const trailers = [
    `Conductor-Run: ${run}`,
    ...(undoes?.commit ? [`Conductor-Undoes: ${undoes.commit}`] : []),
    ...(cause === 'base_moved' ? [] : [asked]),
    ...(cause === 'mention' ? [] : [`Conductor-Cause: ${cause}`]),
    ...circumstancesInTrailers(circumstances),
  ];
  const subject =
    cause === 'failing_checks' ? 'Repair what the checks found' : subjectOf(request, summary, undoes);
  return `${subject}\n\n${reasons}\n\nFor #${thread.number}.\n\n${trailers.join('\n')}\n`;
}

/** A further commit on a pull request is about what it changes: the pull request has its title already. */
function subjectOf(request: CommandRequest, summary: string, undoes: Undone | null): string {
  const [first = ''] = summary.trim().split('\n');
  const further = request.thread.kind === 'pull_request' && !undoes && harmlessLine(first, SUBJECT_LIMIT);
  return further || pullRequestTitle(request, undoes);
}
