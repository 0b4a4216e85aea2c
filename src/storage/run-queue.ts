import { type Kysely, sql, type Transaction, type UpdateObject } from 'kysely';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { CommandRequest } from '../commands/request.ts';
import { CONTROL_VERBS } from '../runs/control-thread.ts';
import type { Outcome } from '../runs/outcome.ts';
import type { Stop } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import type { Holder } from './journal.ts';
import { appendToLedger, type LedgerPlace } from './ledger.ts';
import { admit } from './limits.ts';
import { touchSession } from './sessions.ts';
import type { Tables } from './tables.ts';

/** How many runs go side by side. */
export interface Capacity {
  readonly runs: number;
  readonly runsPerInstallation: number;
}

/** An execution that begins. */
export interface Begun {
  readonly holder: Holder;
  readonly request: CommandRequest;
  readonly turnedDown: Outcome | null;
  /** How often it was begun since it last got on, this time included: more than once only after a crash. */
  readonly times: number;
}

/** Numbers of the advisory locks that one decision at a time takes. */
const CLAIM_LOCK = 7_201_001;
const ADMISSION_LOCK = 7_201_002;
/** Until an accepted command says how long it may take. */
const FIRST_MINUTES = 30;

/** The text asked for nothing. The row stays, without the text, so that a replay is known. */
export async function ignore(db: Kysely<Tables>, run: RunId): Promise<void> {
  await db
    .updateTable('runs')
    .set({ state: 'ignored', request: null })
    .where('id', '=', run)
    .where('state', '=', 'received')
    .execute();
}

/**
 * The text is a command: it is queued, or turned down because of a rate. `ahead` counts the runs of its thread that
 * come first. It is not claimed before `release`, so that it can be welcomed meanwhile. Null: there is nobody to welcome.
 * May be repeated: what was decided stays decided.
 */
export async function enqueue(
  db: Kysely<Tables>,
  run: RunId,
  request: CommandRequest,
  commandsPerMinute: number,
): Promise<{ readonly ahead: number } | null> {
  return db.transaction().execute(async (tx) => {
    // One at a time in a repository: what is counted must not change until it is decided.
    await sql`select pg_advisory_xact_lock(${ADMISSION_LOCK}, ${request.repository.id % 2 ** 31})`.execute(
      tx,
    );
    const { verb } = request.command;
    const control = verb !== null && CONTROL_VERBS.includes(verb);
    const queued = async () => ({ ahead: control ? 0 : await countAhead(tx, run, request) });
    const before = await tx.selectFrom('runs').select('state').where('id', '=', run).executeTakeFirst();
    if (before?.state !== 'received') return before?.state === 'queued' ? queued() : null;
    const admission = await admit(tx, request, commandsPerMinute);
    const asked = { request: JSON.stringify(request), queued_at: sql<Date>`now()` };
    if (admission !== 'yes' && admission.silent) {
      const outcome = { outcome_state: 'refused', outcome_code: admission.refusal.code };
      await settle(tx, run, { ...asked, ...outcome, state: 'ended', ended_at: sql<Date>`now()` });
      await appendToLedger(tx, placeOf(run, request), [refused(request, admission.refusal.code)]);
      return null;
    }
    await settle(tx, run, {
      ...asked,
      state: 'queued',
      control,
      turned_down: admission === 'yes' ? null : JSON.stringify(admission.refusal),
      not_before: sql<Date>`'infinity'::timestamptz`,
    });
    return queued();
  });
}

/** Lets a queued run be claimed. */
export async function release(db: Kysely<Tables>, run: RunId): Promise<void> {
  await db
    .updateTable('runs')
    .set({ not_before: null })
    .where('id', '=', run)
    .where('state', '=', 'queued')
    .execute();
}

/**
 * Claims the run that is next in turn; null when none may begin. Within a thread the oldest, and only when nothing
 * before it is open; among repositories the one with the fewest runs under way, then the one that was served longest
 * ago, so that none waits for another's flood.
 */
export async function claim(
  db: Kysely<Tables>,
  replica: string,
  capacity: Capacity,
): Promise<Claimed | null> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${CLAIM_LOCK})`.execute(tx);
    const { rows } = await sql<Claimed>`
      with busy as materialized (select installation, repository, control from runs where state = 'running'),
      next as (
        select id from runs as r
        where r.state = 'queued' and (r.not_before is null or r.not_before <= now())
          and (r.control or (
            (select count(*) from busy where not busy.control and busy.installation = r.installation)
              < ${capacity.runsPerInstallation}
            and not exists (select from runs as earlier
              where earlier.repository = r.repository and earlier.thread = r.thread and earlier.seq < r.seq
                and not earlier.control and earlier.state in ('received', 'queued', 'running'))))
        order by r.control desc,
          (select count(*) from busy where busy.repository = r.repository),
          (select max(claimed_at) from runs as before where before.repository = r.repository) nulls first,
          r.seq
        limit 1)
      update runs set state = 'running', replica = ${replica}, not_before = null, claimed_at = now(),
        deadline_at = now() + ${FIRST_MINUTES} * interval '1 minute'
      from next where runs.id = next.id
      returning runs.id as run, runs.attempt, runs.retry_from as "retryFrom"`.execute(tx);
    return rows[0] ?? null;
  });
}

export interface Claimed {
  readonly run: RunId;
  readonly attempt: number;
  /** The step that a retry goes on from; null: from the start. */
  readonly retryFrom: number | null;
}

/** An execution begins here, and holds the run from now on. Null when it has ended, or another attempt is under way. */
export async function begin(
  db: Kysely<Tables>,
  { run, attempt }: Pick<Holder, 'run' | 'attempt'>,
  replica: string,
): Promise<Begun | null> {
  const row = await db
    .updateTable('runs')
    .set({ replica, begun: sql<number>`begun + 1`, token: sql<number>`token + 1` })
    .where('id', '=', run)
    .where('attempt', '=', attempt)
    .where('state', '=', 'running')
    .returning(['request', 'begun', 'token', 'turned_down'])
    .executeTakeFirst();
  if (!row?.request) return null;
  const turnedDown = row.turned_down === null ? null : JSON.parse(row.turned_down);
  const holder = { run, attempt, token: row.token };
  return { holder, request: JSON.parse(row.request), turnedDown, times: row.begun };
}

/** The run could not start: it waits, longer each time, and its thread with it. */
export async function postpone(db: Kysely<Tables>, { run, token }: Holder): Promise<void> {
  await db
    .updateTable('runs')
    .set({
      state: 'queued',
      attempt: sql<number>`attempt + 1`,
      begun: 0,
      tries: sql<number>`tries + 1`,
      not_before: sql<Date>`now() + least(300, 2 ^ tries) * interval '1 second'`,
    })
    .where('id', '=', run)
    .where('token', '=', token)
    .where('state', '=', 'running')
    .execute();
}

/**
 * The run has its outcome. False when somebody else holds it. May be repeated: what ended already, by this holder, stays
 * as it is.
 */
export async function end(
  db: Kysely<Tables>,
  { run, attempt, token }: Holder,
  { outcome, told }: { readonly outcome: Outcome; readonly told: boolean },
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const row = await tx
      .updateTable('runs')
      .set({
        state: 'ended',
        ended_at: sql<Date>`now()`,
        outcome_state: outcome.state,
        outcome_code: outcome.code,
        told,
        tries: 0,
        not_before: null,
      })
      .where('id', '=', run)
      .where('attempt', '=', attempt)
      .where('token', '=', token)
      .where('state', '=', 'running')
      .returning(['repository', 'thread'])
      .executeTakeFirst();
    if (row === undefined) return isHeld(tx, { run, token });
    await touchSession(tx, row);
    return true;
  });
}

/** Whether nobody has taken the run since this holder began it. */
async function isHeld(tx: Transaction<Tables>, { run, token }: Pick<Holder, 'run' | 'token'>) {
  const row = await tx
    .selectFrom('runs')
    .select('id')
    .where('id', '=', run)
    .where('token', '=', token)
    .executeTakeFirst();
  return row !== undefined;
}

/** The stop of a run, and whether the holder still holds it. */
export async function stopOf(
  db: Kysely<Tables>,
  { run, token }: Holder,
): Promise<{ readonly held: boolean; readonly stop: Stop | null }> {
  const row = await db
    .selectFrom('runs')
    .select(['token', 'stop', 'state'])
    .where('id', '=', run)
    .executeTakeFirst();
  const held = row?.token === token && row.state === 'running';
  return { held, stop: row?.stop ? JSON.parse(row.stop) : null };
}

const placeOf = (run: RunId, { installationId, repository, thread }: CommandRequest): LedgerPlace => {
  return { installation: installationId ?? 0, repository: String(repository.id), thread: thread.number, run };
};

/** Nobody is told: the ledger is all that knows. */
const refused = ({ asker }: CommandRequest, code: string): AuditEvent => {
  const actor = { id: asker.id, login: asker.login };
  return { kind: 'command_refused', at: new Date().toISOString(), actor, body: { code }, detail: null };
};

async function settle(
  tx: Transaction<Tables>,
  run: RunId,
  values: UpdateObject<Tables, 'runs'>,
): Promise<void> {
  await tx.updateTable('runs').set(values).where('id', '=', run).where('state', '=', 'received').execute();
}

async function countAhead(
  tx: Transaction<Tables>,
  run: RunId,
  { repository, thread }: CommandRequest,
): Promise<number> {
  const { rows } = await sql<{ ahead: number }>`
    select count(*)::int as ahead from runs as earlier
    where earlier.repository = ${repository.id} and earlier.thread = ${thread.number} and not earlier.control
      and earlier.state in ('received', 'queued', 'running')
      and earlier.seq < (select seq from runs where id = ${run})`.execute(tx);
  return rows[0]?.ahead ?? 0;
}
