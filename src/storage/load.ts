import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** How much there is to do, over all processes. */
export interface StoredLoad {
  /** Texts that nobody has read, and commands whose turn has not come. */
  readonly waiting: number;
  readonly running: number;
  /** Threads whose session is not archived. */
  readonly activeThreads: number;
}

/** Counts open work only, by its indexes: what has ended does not slow it down. */
export async function loadOf(db: Kysely<Tables>): Promise<StoredLoad> {
  const { rows } = await sql<StoredLoad>`
    select (select count(*) from runs where state in ('received', 'queued'))::int as waiting,
      (select count(*) from runs where state = 'running')::int as running,
      (select count(*) from sessions where archived_at is null)::int as "activeThreads"`.execute(db);
  return rows[0] ?? { waiting: 0, running: 0, activeThreads: 0 };
}
