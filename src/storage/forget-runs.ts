import { type Kysely, sql } from 'kysely';
import type { RunId } from '../runs/run-id.ts';
import type { Tables } from './tables.ts';

/**
 * What was asked of runs that are over goes, and what they said: requests, events, and the steps that DBOS remembers.
 * That there was such a run stays, so that a replay is known; it can't be retried any more.
 */
export async function forgetRuns(tx: Kysely<Tables>, runs: readonly RunId[]): Promise<void> {
  if (runs.length === 0) return;
  const ids = sql`${[...runs]}::text[]`;
  await sql`delete from run_events where run = any(${ids})`.execute(tx);
  if (await hasSteps(tx))
    for (const table of ['operation_outputs', 'workflow_input', 'workflow_output', 'workflow_status'])
      await sql`delete from ${sql.table(`dbos.${table}`)} where workflow_uuid in (
        select id || '.' || number from runs, generate_series(1, runs.attempt) as number where id = any(${ids}))`.execute(
        tx,
      );
  await sql`update runs set request = null, stop = null, turned_down = null, told = true, forgotten = true
    where id = any(${ids})`.execute(tx);
}

/** DBOS makes its tables when it is first launched. */
export async function hasSteps(db: Kysely<Tables>): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('dbos.operation_outputs') is not null as there`.execute(db);
  return rows[0]?.there ?? false;
}
