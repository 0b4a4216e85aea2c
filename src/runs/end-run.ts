import type { CommandRequest } from '../commands/request.ts';
import type { Outcome } from './outcome.ts';
import type { RunPorts } from './ports.ts';
import { openRun, type Run, recordStart } from './run.ts';
import type { Effect } from './run-events.ts';
import type { StatusKeeper } from './status-keeper.ts';

/** How a run came out. `told`: the thread has its last word. */
export interface Ended {
  readonly outcome: Outcome;
  readonly told: boolean;
}

/**
 * The last word: records the outcome and tells the thread. Edits do not notify, so where a person must act (a
 * question, a refusal, a failure) a comment of its own says so; where the last word is a new comment, that is enough.
 */
export async function endRun(run: Run, status: StatusKeeper, outcome: Outcome): Promise<Ended> {
  await status.stop();
  await countMoney(run);
  await run.record({ kind: 'run_ended', outcome });
  await anchor(run);
  // Nobody can be told any more, or wants to be; or the job that did the work tells.
  if (outcome.silent || ['installation_removed', 'done_elsewhere'].includes(outcome.code))
    return { outcome, told: true };

  const { publisher } = run.ports;
  const view = run.view();
  const said = await run.attempt('comment', 'last-word', () => publisher.lastWord(view));
  if (said && needsNotice(run.request, said, outcome))
    await run.attempt('comment', 'notice', async () => [
      { kind: 'written', written: await publisher.notice(view) },
    ]);
  return { outcome, told: said !== null };
}

const isEdit = (effect: Effect) =>
  effect.kind === 'written' && effect.written.thing === 'comment' && effect.written.how === 'updated';

/** The bill says what the thread and the day have come to, too. */
async function countMoney({ ports, view, record }: Run): Promise<void> {
  if (view().modelCalls === 0 || !ports.spending.remembers) return;
  const { thread, day } = await ports.steps.run('money', () => ports.spending.totals());
  await record({ kind: 'money_counted', threadUsd: thread, dayUsd: day });
}

/** What is said outside names the record, so that cutting off its end shows. */
async function anchor({ ports, record }: Run): Promise<void> {
  const stands = await ports.journal.anchor();
  if (stands) await record({ kind: 'anchored', ...stands });
}

/** A person must act, and would not hear of it: edits do not notify, and whoever asked for nothing may not look. */
const needsNotice = ({ cause }: CommandRequest, said: readonly Effect[], outcome: Outcome) =>
  needsPerson(outcome) && (said.some(isEdit) || cause === 'failing_checks');

/** Whoever stopped a run, or closed its thread, knows. */
const needsPerson = ({ state, code }: Outcome) =>
  state !== 'done' && (state !== 'stopped' || code === 'timed_out' || code === 'budget_reached');

/**
 * The last word for a run whose own execution can't say it: it hung, kept crashing its host, or GitHub was away when
 * it ended. Goes on from what the journal holds; `outcome` null: it has ended, and is told again.
 */
export async function concludeRun(
  request: CommandRequest,
  ports: RunPorts,
  outcome: Outcome | null,
): Promise<{ readonly told: boolean }> {
  const run = openRun(request, ports, 'where-it-broke-off');
  if (run.view().startedAt === '') await recordStart(run);
  const before = run.view().outcome;
  const last = before ?? outcome;
  if (last === null) return { told: true };
  if (before === null) await run.record({ kind: 'run_ended', outcome: last });
  if (run.view().anchor === null) await anchor(run);
  try {
    const said = await ports.publisher.lastWord(run.view());
    if (needsNotice(request, said, last)) await ports.publisher.notice(run.view());
    return { told: true };
  } catch {
    return { told: false };
  }
}
