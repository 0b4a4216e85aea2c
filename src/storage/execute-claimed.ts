import { storyOf } from '../audit/story.ts';
import type { CommandRequest } from '../commands/request.ts';
import { type Outcome, outcome } from '../runs/outcome.ts';
import { type Control, ExecutionLost, type Steps, type Stop } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import type { ThreadRuns } from '../runs/thread-runs.ts';
import type { RunnerContext } from './context.ts';
import type { Workflow } from './durable.ts';
import { type Holder, openJournal } from './journal.ts';
import { gathered, readLedger } from './read-ledger.ts';
import { setRecheck } from './rechecks.ts';
import { type Begun, begin, end, postpone, stopOf } from './run-queue.ts';
import { openSession } from './sessions.ts';
import { type Spender, spendingOf } from './spending.ts';
import { listRuns, newestRun, retryRun, stopRuns } from './thread-runs.ts';
import { untilBack } from './transient.ts';

/** A run begun more often, without getting on, brings its process down each time: others must not suffer from it. */
const MOST_BEGINNINGS = 5;

/** Executes one attempt at a run, as the body of its workflow. */
export async function executeClaimed(
  context: RunnerContext,
  workflow: Workflow,
  steps: Steps,
): Promise<void> {
  const { db, replica, closed, executing, kick } = context;
  const begun = await untilBack(closed, () => begin(db, workflow, replica));
  if (begun === null) return void executing.delete(workflow.run);

  const controller = new AbortController();
  const halt = (stop: Stop) => controller.abort(stop.code);
  executing.set(workflow.run, { attempt: workflow.attempt, halt });
  try {
    await execute(context, begun, { steps, control: controlOf(context, begun.holder, controller) });
  } catch (error) {
    if (!(error instanceof ExecutionLost) || error.cause !== null) throw error;
    leave();
    // Whoever holds the run ends the workflow. Ended from here, it would be over for them too.
    await new Promise<never>(() => undefined);
  } finally {
    leave();
  }

  /** Its place is free, also while the workflow itself waits for whoever holds the run. */
  function leave(): void {
    if (executing.get(workflow.run)?.halt === halt) executing.delete(workflow.run);
    kick();
  }
}

async function execute(
  context: RunnerContext,
  { holder, request, turnedDown, times }: Begun,
  { steps, control }: { steps: Steps; control: Control },
): Promise<void> {
  const { db, closed, work } = context;
  const journal = await openJournal(db, holder, closed);
  if (times > MOST_BEGINNINGS) {
    const { told } = await work.conclude(request, KEPT_CRASHING, journal);
    await ended(context, holder, KEPT_CRASHING, told);
    return;
  }
  const threadRuns = threadRunsOf(context, holder, request.repository.id, request.thread.number);
  const executed = await work.execute(request, {
    steps,
    journal,
    control,
    threadRuns,
    recheckAt: (at) => untilBack(closed, () => setRecheck(db, request, at)),
    turnedDown,
    spending: spendingOf(db, spenderOf(request, holder.run), closed),
  });
  if (executed.how === 'not_started') await untilBack(closed, () => postpone(db, holder));
  else await ended(context, holder, executed.outcome, executed.told);
}

const spenderOf = ({ repository, thread, asker }: CommandRequest, run: RunId): Spender => {
  return { run, repositoryId: repository.id, thread: thread.number, asker: asker.id };
};

const KEPT_CRASHING = outcome(
  'failed',
  'kept_crashing',
  `Conductor went down ${MOST_BEGINNINGS} times at the same point of this, so it does not try again by itself.`,
  'Whoever runs this Conductor finds why in its log. Then reply with `retry`.',
);

async function ended(context: RunnerContext, holder: Holder, how: Outcome, told: boolean): Promise<void> {
  const held = await untilBack(context.closed, () => end(context.db, holder, { outcome: how, told }));
  if (!held) throw new ExecutionLost(null);
}

/** Asked before every step that is really done: a stop and a loss are seen by then at the latest. */
function controlOf({ db, closed }: RunnerContext, holder: Holder, controller: AbortController): Control {
  return {
    signal: controller.signal,
    async stop() {
      const { held, stop } = await untilBack(closed, () => stopOf(db, holder));
      if (!held) throw new ExecutionLost(null);
      if (stop) controller.abort(stop.code);
      return stop;
    },
  };
}

/** The ledger's story of a run in this repository; null: it has none. */
async function storyIn(
  db: RunnerContext['db'],
  here: { readonly repositoryId: number; readonly thread: number },
  named: RunId | null,
): Promise<readonly string[] | null> {
  const run = named ?? (await newestRun(db, here));
  if (run === null) return null;
  const rows = await gathered(readLedger(db, { repository: here.repositoryId, run }));
  return rows.length === 0 ? null : storyOf(rows);
}

/** Asked inside steps, which would record the database's absence as the run's own failure. */
function threadRunsOf(
  { db, durable, closed, executing, kick }: RunnerContext,
  { run }: Holder,
  repositoryId: number,
  thread: number,
): ThreadRuns {
  const here = { repositoryId, thread };
  return {
    list: () => untilBack(closed, () => listRuns(db, 20, here)),
    async stop(by) {
      const stop = { code: 'stopped', by, silent: false };
      const stopped = await untilBack(closed, () => stopRuns(db, here, stop));
      for (const { run: each } of stopped) executing.get(each)?.halt(stop);
      return stopped.filter(({ run: each }) => each !== run);
    },
    async retry() {
      const newest = await untilBack(closed, () => newestRun(db, here));
      const retried = newest === null ? null : await untilBack(closed, () => retryRun(db, durable, newest));
      kick();
      return retried;
    },
    story: (named) => untilBack(closed, () => storyIn(db, here, named)),
    async agents() {
      const key = { repository: String(repositoryId), thread };
      return (await untilBack(closed, () => openSession(db, key)))?.agents ?? [];
    },
  };
}
