import type { CommandRequest } from '../commands/request.ts';
import type { RunId } from '../runs/run-id.ts';
import { pullRequestTitle } from './pull-request.ts';
import { harmlessText } from './way-out.ts';

/** Subject, the agent's reasons, and the trailers that name the run, the person, and what else than words started it. */
export function commitMessage(request: CommandRequest, run: RunId, summary: string): string {
  const { asker, thread, cause } = request;
  const reasons = harmlessText(summary).slice(0, 4_000);
  const trailers = `Conductor-Run: ${run}\nRequested-by: ${asker.login} <${asker.id}+${asker.login}@users.noreply.github.com>${cause && cause !== 'mention' ? `\nConductor-Cause: ${cause}` : ''}`;
  const subject = cause === 'failing_checks' ? 'Repair what the checks found' : pullRequestTitle(request);
  return `${subject}\n\n${reasons}\n\nFor #${thread.number}.\n\n${trailers}\n`;
}
