import { type Kysely, sql } from 'kysely';
import type { Actor, AuditEvent } from '../audit/audit-event.ts';
import { auditEventsOf } from '../audit/audit-events-of.ts';
import { ExecutionLost, type Journal } from '../runs/ports.ts';
import type { RunEvent } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { appended, appendToLedger, ledgerHead } from './ledger.ts';
import { followsFrom, type KeptRun } from './recorded-state.ts';
import type { Tables } from './tables.ts';
import { untilBack } from './transient.ts';

/** One attempt at a run, as somebody holds it. Whoever takes the run next gets a higher token, and this one is void. */
export interface Holder {
  readonly run: RunId;
  readonly attempt: number;
  readonly token: number;
}

type Kept = Holder & KeptRun;

/** Opens the journal of one attempt at a run. Only who holds the run can append. */
export async function openJournal(db: Kysely<Tables>, holder: Holder, closed: AbortSignal): Promise<Journal> {
  const kept = await untilBack(closed, () => keptBy(db, holder));
  const recorded = await untilBack(closed, () => eventsOf(db, holder));
  return {
    recorded,
    async append(event) {
      const held = await untilBack(closed, () => append(db, kept, event));
      if (!held) throw new ExecutionLost(null);
    },
    anchor: () => untilBack(closed, () => ledgerHead(db, kept.place.installation)),
  };
}

/** The events of one attempt, in order. */
export async function eventsOf(
  db: Kysely<Tables>,
  { run, attempt }: Pick<Holder, 'run' | 'attempt'>,
): Promise<RunEvent[]> {
  const rows = await db
    .selectFrom('run_events')
    .select(['sequence', 'at', 'fact'])
    .where('run', '=', run)
    .where('attempt', '=', attempt)
    .orderBy('sequence')
    .execute();
  return rows.map(({ sequence, at, fact }) => ({ run, sequence, at, fact: JSON.parse(fact) }));
}

async function keptBy(db: Kysely<Tables>, holder: Holder): Promise<Kept> {
  const { installation, repository, thread, request } = await db
    .selectFrom('runs')
    .select(['installation', 'repository', 'thread', 'request'])
    .where('id', '=', holder.run)
    .executeTakeFirstOrThrow();
  const { id, login }: Actor = JSON.parse(request ?? 'null').asker;
  return { ...holder, place: { installation, repository, thread, run: holder.run }, asker: { id, login } };
}

/**
 * False when somebody else holds the run. An event that stands there already is kept, and not told again. What follows
 * from an event, and what the ledger says of it, is in its transaction; the ledger, whose lock all runs share, comes last.
 */
function append(db: Kysely<Tables>, kept: Kept, event: RunEvent): Promise<boolean> {
  const events = auditEventsOf(event, kept);
  const follows = followsFrom(event.fact);
  if (follows === null) return record(db, kept, event, events).then(({ held }) => held);
  return db.transaction().execute(async (tx) => {
    const { held, isNew } = await record(tx, kept, event, []);
    if (isNew) await appendToLedger(tx, kept.place, await follows(tx, kept, event.at, events));
    return held;
  });
}

/** One statement. An event that is new shows that the run got on since it was begun: it does not bring its process down. */
async function record(
  db: Kysely<Tables>,
  { run, attempt, token, place }: Kept,
  event: RunEvent,
  events: readonly AuditEvent[],
): Promise<{ readonly held: boolean; readonly isNew: boolean }> {
  const told = events.length > 0 ? appended(place, events) : sql`0`;
  const { rows } = await sql<{ held: boolean; isNew: boolean }>`
    with held as (select 1 from runs where id = ${run} and token = ${token}),
    kept as (
      insert into run_events (run, attempt, sequence, at, fact)
      select ${run}, ${attempt}::integer, ${event.sequence}::integer, ${event.at}, ${JSON.stringify(event.fact)} from held
      on conflict do nothing returning 1),
    got_on as (update runs set begun = 1 where id = ${run} and begun > 1 and exists (select from kept)),
    told as (select ${told} from kept)
    select exists (select from held) as held, (select count(*) from told) = 1 as "isNew"`.execute(db);
  return rows[0] ?? { held: false, isNew: false };
}
