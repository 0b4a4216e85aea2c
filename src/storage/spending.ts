import { type Kysely, sql, type Transaction } from 'kysely';
import type { RunId } from '../runs/run-id.ts';
import { type Budgets, decide, type PlannedCall, type Reservation, type Spending } from '../runs/spending.ts';
import type { Tables } from './tables.ts';
import { untilBack } from './transient.ts';

/** Whose money it is. */
export interface Spender {
  readonly run: RunId;
  readonly repositoryId: number;
  readonly thread: number;
  /** The asker's account id. */
  readonly asker: number;
}

/** One reservation at a time in a repository: what is counted must not change until it is decided. */
const SPENDING_LOCK = 7_201_004;

/**
 * The money of a run, shared by all processes and kept across restarts. A process that dies in the middle of a call
 * leaves its reservation: the vendor may have charged for it.
 */
export function spendingOf(db: Kysely<Tables>, spender: Spender, closed: AbortSignal): Spending {
  return {
    remembers: true,
    reserve: (call, budgets) => untilBack(closed, () => reserve(db, spender, call, budgets, closed)),
    totals: () => untilBack(closed, () => totals(db, spender)),
  };
}

function reserve(
  db: Kysely<Tables>,
  spender: Spender,
  call: PlannedCall,
  budgets: Budgets,
  closed: AbortSignal,
): Promise<Reservation> {
  return db.transaction().execute(async (tx): Promise<Reservation> => {
    await sql`select pg_advisory_xact_lock(${SPENDING_LOCK}, ${spender.repositoryId % 2 ** 31})`.execute(tx);
    const decided = decide(call, budgets, await totals(tx, spender));
    if (!decided.ok) return decided;
    const { id } = await tx
      .insertInto('spending')
      .values({
        run: spender.run,
        repository: String(spender.repositoryId),
        thread: spender.thread,
        asker: String(spender.asker),
        agent: call.agent,
        model: call.model,
        reserved_usd: decided.usd,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return {
      ok: true,
      usd: decided.usd,
      async settle(usd) {
        if (usd === null) return;
        const update = db.updateTable('spending').set({ usd }).where('id', '=', id);
        await untilBack(closed, () => update.execute());
      },
    };
  });
}

async function totals(db: Kysely<Tables> | Transaction<Tables>, { run, repositoryId, thread }: Spender) {
  const { rows } = await sql<{ run: number; thread: number; day: number }>`
    with today as (select date_trunc('day', now() at time zone 'utc') at time zone 'utc' as start)
    select
      coalesce(sum(coalesce(usd, reserved_usd)) filter (where run = ${run}), 0)::float8 as run,
      coalesce(sum(coalesce(usd, reserved_usd)) filter (where thread = ${thread}), 0)::float8 as thread,
      coalesce(sum(coalesce(usd, reserved_usd)) filter (where at >= today.start), 0)::float8 as day
    from spending, today
    where repository = ${repositoryId} and (thread = ${thread} or at >= today.start)`.execute(db);
  return rows[0] ?? { run: 0, thread: 0, day: 0 };
}

/** What money can be added up by. */
export const COST_GROUPS = ['day', 'thread', 'person', 'agent', 'model', 'run'] as const;
export type CostGroup = (typeof COST_GROUPS)[number];

/** US dollars and calls of one day, thread, person, agent, model or run. */
export interface CostLine {
  readonly group: string;
  readonly calls: number;
  readonly usd: number;
}

const GROUPS: Readonly<Record<CostGroup, ReturnType<typeof sql<string>>>> = {
  day: sql`to_char(at at time zone 'utc', 'YYYY-MM-DD')`,
  thread: sql`repository || '#' || thread`,
  person: sql`asker::text`,
  agent: sql`agent`,
  model: sql`model`,
  run: sql`run`,
};

/** What was spent since so many days, dearest first; calls under way count as their worst case. */
export async function costsBy(
  db: Kysely<Tables>,
  group: CostGroup,
  days: number,
): Promise<readonly CostLine[]> {
  const { rows } = await sql<CostLine>`
    select ${GROUPS[group]} as "group", count(*)::int as calls, sum(coalesce(usd, reserved_usd))::float8 as usd
    from spending where at > now() - ${days} * interval '1 day'
    group by 1 order by 3 desc, 1 limit 200`.execute(db);
  return rows;
}
