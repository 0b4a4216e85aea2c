import { type Kysely, sql } from 'kysely';
import { ExecutionLost, type Journal } from '../runs/ports.ts';
import type { RunEvent } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { keepSession } from './sessions.ts';
import type { Tables } from './tables.ts';
import { untilBack } from './transient.ts';

/** One attempt at a run, as somebody holds it. Whoever takes the run next gets a higher token, and this one is void. */
export interface Holder {
  readonly run: RunId;
  readonly attempt: number;
  readonly token: number;
}

/** Minutes that a run may take beside its agents' thinking: reading, judging, publishing. */
const BESIDE_THINKING_MINUTES = 15;

/** Opens the journal of one attempt at a run. Only who holds the run can append. */
export async function openJournal(db: Kysely<Tables>, holder: Holder, closed: AbortSignal): Promise<Journal> {
  const recorded = await untilBack(closed, () => eventsOf(db, holder));
  return {
    recorded,
    async append(event) {
      const kept = await untilBack(closed, () => append(db, holder, event));
      if (!kept) throw new ExecutionLost(null);
      if (event.fact.kind === 'command_accepted')
        await untilBack(closed, () => workBegins(db, holder, event.fact as Accepted));
    },
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

/**
 * False when somebody else holds the run. An event that stands there already is kept; one that does not shows that the
 * run got on since it was begun, so it does not bring its process down at this point.
 */
async function append(
  db: Kysely<Tables>,
  { run, attempt, token }: Holder,
  event: RunEvent,
): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    with held as (select 1 from runs where id = ${run} and token = ${token}),
    kept as (
      insert into run_events (run, attempt, sequence, at, fact)
      select ${run}, ${attempt}::integer, ${event.sequence}::integer, ${event.at}, ${JSON.stringify(event.fact)} from held
      on conflict do nothing returning 1),
    got_on as (update runs set begun = 1 where id = ${run} and begun > 1 and exists (select from kept))
    select exists (select from held) as held`.execute(db);
  return rows[0]?.held ?? false;
}

type Accepted = Extract<RunEvent['fact'], { kind: 'command_accepted' }>;

/** An accepted command says how long the run may take, and which agent takes part in the thread's session. */
async function workBegins(db: Kysely<Tables>, { run, attempt }: Holder, fact: Accepted): Promise<void> {
  const minutes = fact.timeoutMinutes + BESIDE_THINKING_MINUTES;
  const row = await db
    .updateTable('runs')
    .set({ deadline_at: sql<Date>`now() + ${minutes} * interval '1 minute'` })
    .where('id', '=', run)
    .where('attempt', '=', attempt)
    .returning(['repository', 'thread'])
    .executeTakeFirst();
  if (row) await keepSession(db, row, { run, agent: fact.agent, timeoutMinutes: fact.timeoutMinutes });
}
