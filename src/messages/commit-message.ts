import type { CommandRequest } from '../commands/request.ts';
import type { RunId } from '../runs/run-id.ts';
import { pullRequestTitle } from './pull-request.ts';
import { harmlessText } from './way-out.ts';

/** Subject, the agent's reasons, and the trailers that name the run and the person. */
export function commitMessage(request: CommandRequest, run: RunId, summary: string): string {
  const { asker, thread } = request;
  const reasons = harmlessText(summary).slice(0, 4_000);
  const trailers = `Conductor-Run: ${run}\nRequested-by: ${asker.login} <${asker.id}+${asker.login}@users.noreply.github.com>`;
  return `${pullRequestTitle(request)}\n\n${reasons}\n\nFor #${thread.number}.\n\n${trailers}\n`;
}
