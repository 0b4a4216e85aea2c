import type { Verb } from '../commands/verbs.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { RunSummary, ThreadRuns } from './ports.ts';
import type { Run } from './run.ts';

/** Commands about the other runs of a thread. They do not wait for them. */
export const CONTROL_VERBS: readonly Verb[] = ['stop', 'retry', 'status'];

/** Stops, retries or lists the runs of the thread. Null: the command is about something else. */
export async function controlThread(run: Run): Promise<Outcome | null> {
  const { verb } = run.request.command;
  if (verb === null || !CONTROL_VERBS.includes(verb)) return null;
  const { threadRuns } = run.ports;
  if (threadRuns === null) {
    return outcome(
      'refused',
      'not_in_this_form',
      `\`${verb}\` needs the App: in a workflow each request is a job of its own.`,
      verb === 'retry' ? 'Re-run the job under Actions.' : 'Look under Actions, where jobs can be cancelled.',
    );
  }
  if (verb === 'stop') return stop(run, threadRuns);
  if (verb === 'retry') return retry(run, threadRuns);
  return status(run, threadRuns);
}

async function stop(run: Run, threadRuns: ThreadRuns): Promise<Outcome> {
  const { login } = run.request.asker;
  const stopped = await run.step('stop', () => threadRuns.stop(login));
  if (stopped.length === 0)
    return outcome('done', 'nothing_to_stop', 'Nothing is running or waiting in this thread.', null);
  return listed('stopped_runs', `${login} stopped:`, stopped, 'Reply with `retry` to go on from there.');
}

async function retry(run: Run, threadRuns: ThreadRuns): Promise<Outcome> {
  const retried = await run.step('retry', () => threadRuns.retry());
  if (retried === null) {
    return outcome(
      'refused',
      'nothing_to_retry',
      'The last run of this thread did not fail and was not stopped, so there is nothing to go on from.',
      'Ask again in plain words.',
    );
  }
  const message = `Goes on from the step \`${retried.from}\`; what was done and paid for before is kept.`;
  return listed('retried', message, [retried.run], null);
}

async function status(run: Run, threadRuns: ThreadRuns): Promise<Outcome> {
  const runs = await run.step('list-runs', () => threadRuns.list());
  if (runs.length === 0)
    return outcome('done', 'thread_status', 'There has been no run in this thread.', null);
  return listed('thread_status', 'The runs of this thread, newest first:', runs, null, inWords);
}

const inWords = ({ outcome: ended, state }: RunSummary) =>
  ` · ${ended ? `${ended.state} (${ended.code})` : state}`;

function listed(
  code: string,
  message: string,
  runs: readonly RunSummary[],
  next: string | null,
  stateOf: (run: RunSummary) => string = () => '',
): Outcome {
  const lines = runs.map(
    (run) =>
      `- \`${run.run}\` · ${run.verb ?? 'free text'} · ${run.asker === '' ? 'the base moved' : `asked by ${run.asker}`}${stateOf(run)}`,
  );
  return outcome('done', code, [message, '', ...lines].join('\n'), next);
}
