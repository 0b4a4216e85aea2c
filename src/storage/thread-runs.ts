import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { CommandRequest } from '../commands/request.ts';
import type { OutcomeState } from '../runs/outcome.ts';
import type { Stop } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import type { Scope } from '../runs/runner.ts';
import type { RunSummary } from '../runs/thread-runs.ts';
import type { Durable, RecordedStep } from './durable.ts';
import type { RunRow, Tables } from './tables.ts';

/** A run as the command line lists it. */
export interface ListedRun extends RunSummary {
  readonly repository: string;
  readonly thread: number;
  readonly attempt: number;
  /** ISO 8601. */
  readonly receivedAt: string;
}

const LISTED = ['id', 'state', 'request', 'outcome_state', 'outcome_code', 'attempt', 'received_at'] as const;
type Listed = Pick<Selectable<RunRow>, (typeof LISTED)[number]>;

/** Runs newest first, without commands about other runs; of one thread, or of all. */
export async function listRuns(
  db: Kysely<Tables>,
  most: number,
  thread?: { readonly repositoryId: number; readonly thread: number },
): Promise<readonly ListedRun[]> {
  let query = db
    .selectFrom('runs')
    .select(LISTED)
    .where('state', 'in', ['queued', 'running', 'ended'])
    .where('control', '=', false)
    .where('request', 'is not', null)
    .orderBy('seq', 'desc')
    .limit(most);
  if (thread) query = inThread(query, thread);
  return (await query.execute()).map(summary);
}

function inThread<O>(
  query: SelectQueryBuilder<Tables, 'runs', O>,
  { repositoryId, thread }: { readonly repositoryId: number; readonly thread: number },
) {
  return query.where('repository', '=', String(repositoryId)).where('thread', '=', thread);
}

/** Tells all open runs of a scope to stop, and gives them. What was told first stays. */
export async function stopRuns(db: Kysely<Tables>, scope: Scope, stop: Stop): Promise<readonly ListedRun[]> {
  let update = db
    .updateTable('runs')
    .set({ stop: sql<string>`coalesce(stop, ${JSON.stringify(stop)})` })
    .where('state', 'in', ['received', 'queued', 'running'])
    .where('control', '=', false);
  if ('run' in scope) update = update.where('id', '=', scope.run);
  else if ('thread' in scope)
    update = update.where('repository', '=', String(scope.repositoryId)).where('thread', '=', scope.thread);
  else update = update.where('installation', '=', scope.installationId);
  const rows = await update.returning(LISTED).execute();
  return rows.filter(({ state }) => state !== 'received').map(summary);
}

/**
 * A text that is gone before it came in: GitHub promises no order. Its row is there already when it comes, so that it is
 * known and starts nothing.
 */
export async function refuseLater(db: Kysely<Tables>, run: RunId): Promise<void> {
  const nowhere = { installation: 0, repository: '0', thread: 0, asker: '0', replica: '' };
  await db
    .insertInto('runs')
    .values({ id: run, ...nowhere, state: 'ignored' })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Steps of the last word: they are not what a run failed at. */
const LAST_WORD = ['money', 'last-word', 'notice'];

/** A run that is queued again, and the step that it goes on from. */
export interface Retried {
  readonly run: RunSummary;
  readonly from: string;
}

/**
 * Queues a failed or stopped run again, from the step that it failed at; what stands before it is kept. Null when the
 * run is not of that kind; `forgotten` when what it was asked has expired, or was erased.
 */
export async function retryRun(
  db: Kysely<Tables>,
  durable: Pick<Durable, 'steps'>,
  run: RunId,
): Promise<Retried | 'forgotten' | null> {
  const row = await db.selectFrom('runs').select(LISTED).where('id', '=', run).executeTakeFirst();
  if (row?.state !== 'ended' || !['failed', 'stopped'].includes(row.outcome_state ?? '')) return null;
  if (row.request === null) return 'forgotten';
  const from = resumeFrom(await durable.steps({ run, attempt: row.attempt }));
  const queued = await db
    .updateTable('runs')
    .set({
      state: 'queued',
      attempt: row.attempt + 1,
      retry_from: from?.index ?? null,
      forgotten: false,
      begun: 0,
      tries: 0,
      queued_at: sql<Date>`now()`,
      not_before: null,
      stop: null,
      turned_down: null,
      outcome_state: null,
      outcome_code: null,
      ended_at: null,
      told: true,
    })
    .where('id', '=', run)
    .where('state', '=', 'ended')
    .where('attempt', '=', row.attempt)
    .returning(LISTED)
    .executeTakeFirst();
  return queued ? { run: summary(queued), from: from?.name ?? 'the start' } : null;
}

/** The newest run of a thread that is not a command about others, forgotten or not; null when there is none. */
export async function newestRun(
  db: Kysely<Tables>,
  thread: { readonly repositoryId: number; readonly thread: number },
): Promise<RunId | null> {
  const select = db.selectFrom('runs').select('id').where('control', '=', false);
  const among = select.where('state', 'in', ['queued', 'running', 'ended']).orderBy('seq', 'desc').limit(1);
  return (await inThread(among, thread).executeTakeFirst())?.id ?? null;
}

function resumeFrom(steps: readonly RecordedStep[]): RecordedStep | null {
  return (
    steps.find(({ name, failed }) => failed && !LAST_WORD.includes(name)) ??
    steps.find(({ name }) => LAST_WORD.includes(name)) ??
    null
  );
}

function summary(row: Listed): ListedRun {
  const request: CommandRequest = JSON.parse(row.request ?? 'null');
  const { owner, name } = request.repository;
  return {
    run: row.id,
    state: row.state as RunSummary['state'],
    verb: request.command?.verb ?? null,
    asker: request.asker.login,
    outcome:
      row.outcome_state === null
        ? null
        : { state: row.outcome_state as OutcomeState, code: row.outcome_code ?? '' },
    askingUrl: request.asking.url,
    repository: `${owner}/${name}`,
    thread: request.thread.number,
    attempt: row.attempt,
    receivedAt: row.received_at.toISOString(),
  };
}
