import { hostname } from 'node:os';
import { type Kysely, sql } from 'kysely';
import type { RunId } from '../runs/run-id.ts';
import type { Tables } from './tables.ts';

/** A process writes that it lives this often, and is taken for dead after so long without a word. */
export const HEARTBEAT_MS = 2_000;
const DEAD_AFTER_SECONDS = 15;
const ADOPTION_LOCK = 7_201_003;

/** Writes that this process lives. */
export async function heartbeat(db: Kysely<Tables>, replica: string): Promise<void> {
  const process_ = `process ${process.pid} on ${hostname()}`;
  await sql`
    insert into replicas (id, process, heartbeat_at) values (${replica}, ${process_}, now())
    on conflict (id) do update set heartbeat_at = now()`.execute(db);
}

/** This process hands over: what it holds may be adopted at once. */
export async function leave(db: Kysely<Tables>, replica: string): Promise<void> {
  // Handing over is no crash: the run did nothing to its process.
  await sql`update runs set begun = greatest(0, begun - 1) where state = 'running' and replica = ${replica}`.execute(
    db,
  );
  await db.deleteFrom('replicas').where('id', '=', replica).execute();
}

/**
 * Takes over what dead processes held, and gives the runs that were under way. A wrong verdict costs one repeated step
 * and nothing else: the other process finds out before its next write. `alone`: all others are dead, since this
 * process holds the data folder.
 */
export async function adopt(
  db: Kysely<Tables>,
  replica: string,
  alone: boolean,
): Promise<readonly { readonly run: RunId; readonly attempt: number }[]> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${ADOPTION_LOCK})`.execute(tx);
    const deadAfter = alone ? 0 : DEAD_AFTER_SECONDS;
    await sql`delete from replicas where id <> ${replica}
      and heartbeat_at <= now() - ${deadAfter} * interval '1 second'`.execute(tx);
    // Those that were being welcomed are let go: a missing 👀 is better than a request that waits for ever.
    const { rows } = await sql<{ run: RunId; attempt: number; state: string }>`
      update runs set replica = ${replica},
        not_before = case when state = 'queued' and not_before = 'infinity' then null else not_before end
      where state in ('received', 'queued', 'running') and replica not in (select id from replicas)
      returning id as run, attempt, state`.execute(tx);
    return rows.filter(({ state }) => state === 'running');
  });
}
