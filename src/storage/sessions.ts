import { type Kysely, sql } from 'kysely';
import type { RunId } from '../runs/run-id.ts';
import type { Tables } from './tables.ts';

/** What names a thread. */
export interface ThreadKey {
  readonly repository: string;
  readonly thread: number;
}

/** Notes activity in a thread's session; opens it where there is none, and again where it was archived. */
export async function keepSession(
  db: Kysely<Tables>,
  { repository, thread }: ThreadKey,
  activity: { readonly run: RunId; readonly agent: string; readonly timeoutMinutes: number },
): Promise<void> {
  const before = await openSession(db, { repository, thread });
  const agents = JSON.stringify([...new Set([...(before?.agents ?? []), activity.agent])]);
  await sql`
    insert into sessions (repository, thread, last_active_at, timeout_minutes, agents, last_run)
    values (${repository}, ${thread}, now(), ${activity.timeoutMinutes}, ${agents}, ${activity.run})
    on conflict (repository, thread) do update set
      created_at = case when sessions.archived_at is null then sessions.created_at else now() end,
      last_active_at = now(), timeout_minutes = excluded.timeout_minutes,
      agents = excluded.agents, last_run = excluded.last_run, archived_at = null`.execute(db);
}

/** The agents of a thread's session; null when it has none that is open. */
export async function openSession(
  db: Kysely<Tables>,
  { repository, thread }: ThreadKey,
): Promise<{ readonly agents: readonly string[] } | null> {
  const row = await db
    .selectFrom('sessions')
    .select('agents')
    .where('repository', '=', repository)
    .where('thread', '=', thread)
    .where('archived_at', 'is', null)
    .executeTakeFirst();
  return row ? { agents: JSON.parse(row.agents) } : null;
}

/** A run of the thread has ended just now. */
export async function touchSession(db: Kysely<Tables>, { repository, thread }: ThreadKey): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ last_active_at: sql<Date>`now()` })
    .where('repository', '=', repository)
    .where('thread', '=', thread)
    .execute();
}

/**
 * Archives the sessions that have been idle for longer than their limit, and gives the last run of each. Each is given
 * to one caller only, however many processes sweep.
 */
export async function archiveIdle(
  db: Kysely<Tables>,
): Promise<readonly { readonly run: RunId; readonly idleMinutes: number }[]> {
  const rows = await sql<{ last_run: RunId; timeout_minutes: number }>`
    update sessions set archived_at = now()
    where archived_at is null and last_active_at < now() - timeout_minutes * interval '1 minute'
      and not exists (select from runs where runs.repository = sessions.repository
        and runs.thread = sessions.thread and runs.state in ('received', 'queued', 'running'))
    returning last_run, timeout_minutes`.execute(db);
  return rows.rows.map(({ last_run: run, timeout_minutes: idleMinutes }) => ({ run, idleMinutes }));
}
