import type { Outcome } from './outcome.ts';
import type { Run } from './run.ts';
import type { StatusKeeper } from './status-keeper.ts';

/**
 * The last word: records the outcome and tells the thread. Edits do not notify, so where a person must act (a
 * question, a refusal, a failure) a comment of its own says so; where the run had no status comment yet, one is enough.
 */
export async function endRun(run: Run, status: StatusKeeper, outcome: Outcome): Promise<Outcome> {
  await status.stop();
  const hadStatus = run.view().agent !== null;
  await run.record({ kind: 'run_ended', outcome });

  const { publisher } = run.ports;
  const view = run.view();
  await run.attempt('comment', 'last-status', () => publisher.status(view));
  if (hadStatus && outcome.state !== 'done')
    await run.attempt('comment', 'notice', () => publisher.notice(view));
  return outcome;
}
