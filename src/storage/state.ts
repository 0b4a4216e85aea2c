import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** How the App's work stands, for an operator. */
export interface StorageState {
  /** Processes that work on runs, and seconds since each was last heard of. */
  readonly replicas: readonly { readonly process: string; readonly secondsSilent: number }[];
  /** Runs by state. */
  readonly runs: Readonly<Record<string, number>>;
  /** Runs whose last word GitHub has not taken yet. */
  readonly untold: number;
  /** Seconds since GitHub was last asked for failed deliveries; null: never. */
  readonly secondsSinceReconciled: number | null;
}

/** Reads how the work stands. */
export async function stateOf(db: Kysely<Tables>): Promise<StorageState> {
  const seconds = sql<number>`extract(epoch from now() - heartbeat_at)::float`;
  const replicas = await db
    .selectFrom('replicas')
    .select(['process', seconds.as('silent')])
    .execute();
  const counts = await db
    .selectFrom('runs')
    .select(['state', ({ fn }) => fn.countAll<string>().as('count')])
    .groupBy('state')
    .execute();
  const untold = await db
    .selectFrom('runs')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('told', '=', false)
    .executeTakeFirstOrThrow();
  const seen = await db
    .selectFrom('marks')
    .select(sql<number>`extract(epoch from now() - at)::float`.as('ago'))
    .where('name', '=', 'deliveries_seen')
    .executeTakeFirst();
  return {
    replicas: replicas.map(({ process, silent }) => ({ process, secondsSilent: Math.round(silent) })),
    runs: Object.fromEntries(counts.map(({ state, count }) => [state, Number(count)])),
    untold: Number(untold.count),
    secondsSinceReconciled: seen ? Math.round(seen.ago) : null,
  };
}
