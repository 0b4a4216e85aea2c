import { type Kysely, sql } from 'kysely';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { RunId } from '../runs/run-id.ts';
import { appendToLedger } from './ledger.ts';
import type { Tables } from './tables.ts';

/** What names a thread. */
export interface ThreadKey {
  readonly repository: string;
  readonly thread: number;
}

/** Activity in a thread: a run, and the agent that takes part. */
interface Activity {
  readonly run: RunId;
  readonly agent: string;
  readonly timeoutMinutes: number;
  readonly at: string;
}

/**
 * Notes activity in a thread's session; opens it where there is none, and again where it was archived. Gives what the
 * ledger is to say of that.
 */
export async function keepSession(
  db: Kysely<Tables>,
  { repository, thread }: ThreadKey,
  activity: Activity,
): Promise<readonly AuditEvent[]> {
  const before = await openSession(db, { repository, thread });
  const { agent, at } = activity;
  const agents = JSON.stringify([...new Set([...(before?.agents ?? []), agent])]);
  await sql`
    insert into sessions (repository, thread, last_active_at, timeout_minutes, agents, last_run)
    values (${repository}, ${thread}, now(), ${activity.timeoutMinutes}, ${agents}, ${activity.run})
    on conflict (repository, thread) do update set
      created_at = case when sessions.archived_at is null then sessions.created_at else now() end,
      last_active_at = now(), timeout_minutes = excluded.timeout_minutes,
      agents = excluded.agents, last_run = excluded.last_run, archived_at = null`.execute(db);
  const told = { at, actor: null, detail: null };
  const started = { ...told, kind: 'session_started', body: {} } as const;
  const joined = { ...told, kind: 'agent_joined', body: { agent } } as const;
  if (before?.agents.includes(agent)) return [];
  return before === null ? [started, joined] : [joined];
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

/** A session that was archived just now. */
interface Archived {
  readonly run: RunId;
  readonly idleMinutes: number;
}

/**
 * Archives the sessions that have been idle for longer than their limit, and gives the last run of each. Each is given
 * to one caller only, however many processes sweep.
 */
export async function archiveIdle(db: Kysely<Tables>): Promise<readonly Archived[]> {
  const all: Archived[] = [];
  for (;;) {
    const archived = await db.transaction().execute((tx) => archiveOne(tx));
    if (archived === null) return all;
    all.push(archived);
  }
}

/** One in each transaction: a chain's lock is held for one session, and never for two chains. */
async function archiveOne(tx: Kysely<Tables>): Promise<Archived | null> {
  const { rows } = await sql<ArchivedRow>`
    update sessions set archived_at = now() from runs where (sessions.repository, sessions.thread) = (
      select repository, thread from sessions
      where archived_at is null and last_active_at < now() - timeout_minutes * interval '1 minute'
        and not exists (select from runs where runs.repository = sessions.repository
          and runs.thread = sessions.thread and runs.state in ('received', 'queued', 'running'))
      limit 1 for update skip locked)
      and runs.id = sessions.last_run
    returning runs.installation, sessions.repository, sessions.thread, sessions.last_run as run,
      sessions.timeout_minutes as "idleMinutes", sessions.agents, sessions.archived_at as "archivedAt"`.execute(
    tx,
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { run, idleMinutes, archivedAt } = row;
  const told = { at: archivedAt.toISOString(), actor: null, detail: null };
  const left = (JSON.parse(row.agents) as string[]).map(
    (agent) => ({ ...told, kind: 'agent_left', body: { agent } }) as const,
  );
  const ended = { ...told, kind: 'session_ended', body: { idle_minutes: idleMinutes } } as const;
  await appendToLedger(tx, row, [...left, ended]);
  return { run, idleMinutes };
}

interface ArchivedRow extends Archived {
  readonly installation: number;
  readonly repository: string;
  readonly thread: number;
  readonly archivedAt: Date;
  /** JSON. */
  readonly agents: string;
}
