import { type Kysely, sql } from 'kysely';
import type { CommandRequest } from '../commands/request.ts';
import type { RunId } from '../runs/run-id.ts';
import type { Holder } from './journal.ts';
import type { Tables } from './tables.ts';

/** A run whose execution can't say the last word itself. */
export interface Abandoned extends Holder {
  readonly request: CommandRequest;
}

/** Beyond its deadline a run is told to stop; so long after that it is ended from outside. */
const GRACE_SECONDS = 60;
const MOST_TELLINGS = 8;
/** Steps of runs that are through are kept for a retry, and then forgotten. */
const STEPS_KEPT_DAYS = 7;

/** Tells the runs that are past their deadline to stop. */
export async function stopOverdue(db: Kysely<Tables>): Promise<void> {
  const stop = JSON.stringify({ code: 'deadline', by: '', silent: false });
  await sql`
    update runs set stop = coalesce(stop, ${stop}) where state = 'running' and deadline_at < now()`.execute(
    db,
  );
}

/** Takes those that did not stop. Each is given to one caller. */
export async function takeHung(db: Kysely<Tables>, replica: string): Promise<readonly Abandoned[]> {
  const { rows } = await sql<Row>`
    update runs set replica = ${replica}, token = token + 1, deadline_at = now() + interval '5 minutes'
    where state = 'running' and deadline_at < now() - ${GRACE_SECONDS} * interval '1 second'
    returning id, attempt, token, request`.execute(db);
  return rows.map(abandoned);
}

/** Takes runs that ended while GitHub would not take their last word; each time after a longer wait. */
export async function takeUntold(db: Kysely<Tables>, replica: string): Promise<readonly Abandoned[]> {
  const { rows } = await sql<Row>`
    update runs set replica = ${replica}, token = token + 1, tries = tries + 1, not_before = now() + (2 ^ tries) * interval '10 seconds'
    where not told and state = 'ended' and tries < ${MOST_TELLINGS} and (not_before is null or not_before < now())
    returning id, attempt, token, request`.execute(db);
  return rows.map(abandoned);
}

/** The thread has the outcome now. */
export async function markTold(db: Kysely<Tables>, run: RunId): Promise<void> {
  await db.updateTable('runs').set({ told: true, not_before: null }).where('id', '=', run).execute();
}

/** One run by its id and state, held by the caller from now on; null when there is none, or what it was asked is gone. */
export async function take(
  db: Kysely<Tables>,
  run: RunId,
  state: 'running' | 'ended',
  replica: string,
): Promise<Abandoned | null> {
  const { rows } = await sql<Row>`
    update runs set replica = ${replica}, token = token + 1 where id = ${run} and state = ${state} and request is not null
    returning id, attempt, token, request`.execute(db);
  return rows[0] ? abandoned(rows[0]) : null;
}

/** Runs that this process claimed or adopted, and that have not ended. */
export async function heldRuns(
  db: Kysely<Tables>,
  replica: string,
): Promise<readonly { readonly run: RunId; readonly attempt: number }[]> {
  return db
    .selectFrom('runs')
    .select(['id as run', 'attempt'])
    .where('state', '=', 'running')
    .where('replica', '=', replica)
    .execute();
}

/** Runs whose remembered steps nobody needs any more, at most a hundred; each is given once. */
export async function takeForgotten(db: Kysely<Tables>): Promise<readonly { run: RunId; attempt: number }[]> {
  const { rows } = await sql<{ run: RunId; attempt: number }>`
    update runs set forgotten = true where id in (
      select id from runs where state = 'ended' and not forgotten and ended_at < now() - ${STEPS_KEPT_DAYS} * interval '1 day' limit 100)
    returning id as run, attempt`.execute(db);
  return rows;
}

interface Row {
  id: RunId;
  attempt: number;
  token: number;
  request: string;
}

const abandoned = ({ id, attempt, token, request }: Row): Abandoned => ({
  run: id,
  attempt,
  token,
  request: JSON.parse(request),
});
