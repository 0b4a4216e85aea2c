import { type Outcome, outcome } from '../runs/outcome.ts';
import type { RunId } from '../runs/run-id.ts';
import type { RunnerContext } from './context.ts';
import { openJournal } from './journal.ts';
import { marksIn } from './marks.ts';
import { applyRetention } from './retention.ts';
import { end } from './run-queue.ts';
import { archiveIdle } from './sessions.ts';
import {
  type Abandoned,
  heldRuns,
  markTold,
  stopOverdue,
  take,
  takeForgotten,
  takeHung,
  takeUntold,
} from './sweeps.ts';

const HUNG = outcome(
  'failed',
  'run_hung',
  'The run did not end within its time, and did not react to being stopped.',
  'Reply with `retry`; if it happens again, whoever runs this Conductor finds why in its log.',
);
const BROKEN_OFF = outcome(
  'failed',
  'internal_error',
  'The run broke off inside Conductor.',
  'Reply with `retry`; if it happens again, whoever runs this Conductor finds why in its log.',
);

/**
 * The watchdog: closes runs past their deadline, says last words that GitHub would not take before, resumes what this
 * process holds and does not execute, archives idle sessions, forgets the steps of runs long over, and lets go of what
 * the ledger and its neighbours need not keep.
 */
export function keepingOrder(context: RunnerContext): () => Promise<void> {
  const idle = new Set<RunId>();
  let retainAfter = RETAIN_SECONDS;
  return async () => {
    await keepOrder(context, idle);
    if (!(await marksIn(context.db).due('retention', retainAfter))) return;
    const { more } = await applyRetention(context.db, new Date());
    retainAfter = more ? 0 : RETAIN_SECONDS;
  };
}

const RETAIN_SECONDS = 3_600;

async function keepOrder(context: RunnerContext, idle: Set<RunId>): Promise<void> {
  const { db, replica, durable, work, log } = context;
  await stopOverdue(db);
  for (const hung of await takeHung(db, replica)) {
    await durable.cancel(hung);
    await conclude(context, hung, HUNG);
  }
  await resumeIdle(context, idle);
  for (const untold of await takeUntold(db, replica)) {
    const { told } = await work.conclude(untold.request, null, await journalOf(context, untold));
    if (told) await markTold(db, untold.run);
  }
  for (const { run, idleMinutes } of await archiveIdle(db)) {
    const last = await take(db, run, 'ended', replica);
    if (last === null) continue;
    await work
      .archive(last.request, idleMinutes, await journalOf(context, last))
      .catch((error: unknown) => log('a session was archived without a word', { run, error: String(error) }));
  }
  const forgotten = await takeForgotten(db);
  if (forgotten.length > 0) await durable.forget(forgotten);
}

/**
 * Runs that this process holds without executing them: it took them over and went down before it could go on, or the
 * workflow broke off. Only those that were idle at the last look too: a workflow needs a moment to begin.
 */
async function resumeIdle(context: RunnerContext, idleBefore: Set<RunId>): Promise<void> {
  const { db, replica, durable, executing } = context;
  const idle = (await heldRuns(db, replica)).filter(({ run }) => !executing.has(run));
  const again = idle.filter(({ run }) => idleBefore.has(run));
  idleBefore.clear();
  for (const { run } of idle) idleBefore.add(run);
  for (const held of again) {
    if ((await durable.resume(held)) !== 'over') continue;
    const broken = await take(db, held.run, 'running', replica);
    if (broken) await conclude(context, broken, BROKEN_OFF);
  }
}

async function conclude(context: RunnerContext, held: Abandoned, how: Outcome): Promise<void> {
  const { told } = await context.work.conclude(held.request, how, await journalOf(context, held));
  await end(context.db, held, { outcome: how, told });
}

const journalOf = ({ db, closed }: RunnerContext, held: Abandoned) => openJournal(db, held, closed);
