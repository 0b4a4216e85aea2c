import type { Verb } from '../commands/verbs.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { RunSummary, ThreadRuns } from './thread-runs.ts';

/** Commands about the other runs of a thread. They do not wait for them. */
export const CONTROL_VERBS: readonly Verb[] = ['stop', 'retry', 'status', 'why'];

/** Stops, retries or lists the runs of the thread, or tells the story of one. Null: the command is about something else. */
export async function controlThread(run: Run): Promise<Outcome | null> {
  const { verb } = run.request.command;
  if (verb === null || !CONTROL_VERBS.includes(verb)) return null;
  const { threadRuns } = run.ports;
  if (threadRuns === null && verb === 'why') return whyInWorkflow();
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
  if (verb === 'why') return why(run, threadRuns);
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
  if (retried === 'forgotten') {
    return outcome(
      'refused',
      'run_forgotten',
      'What the last run of this thread was asked is not kept any more, so there is nothing to go on from.',
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

async function why(run: Run, threadRuns: ThreadRuns): Promise<Outcome> {
  const [named = null] = run.request.command.text.match(/[#\w]+/) ?? [];
  const story = await run.step('story', () => threadRuns.story(named));
  if (story !== null) {
    // As the answer, since it holds people's words: those are not kept for as long as the record.
    const told = outcome('done', 'why_told', 'As the record has it:', null);
    return { ...told, answer: story.map((line) => `- ${line}`).join('\n') };
  }
  return outcome(
    'refused',
    'no_such_run',
    named === null
      ? 'The record knows of no run in this thread.'
      : `The record knows of no run \`${named.slice(0, 40)}\` in this repository.`,
    'The name of a run stands at the end of its status comment.',
  );
}

const whyInWorkflow = () =>
  outcome(
    'refused',
    'not_in_this_form',
    '`why` needs the App: in a workflow no record is kept from one job to the next.',
    'The record of a run is in the artifact of its job under Actions, and in the check `conductor/audit` of its pull request.',
  );

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
