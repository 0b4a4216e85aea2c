import { type Kysely, sql } from 'kysely';
import { type RecheckedPull, recheckOf } from '../commands/recheck.ts';
import { pullNumbered } from '../commands/request.ts';
import { runIdOf } from '../runs/run-id.ts';
import { rowOf } from './inbox.ts';
import type { Tables } from './tables.ts';

const MOST_AT_ONCE = 200;
/** A recheck that comes to no judgement is begun again after 5, 20, 80 and 320 minutes. */
const MOST_TRIES = 5;
const FIRST_WAIT_MINUTES = 5;

/**
 * Has a pull request judged again at `at`, ISO 8601, instead of any time that was set for it before; null: at none. How
 * it stands is not kept: GitHub is asked again then.
 */
export async function setRecheck(
  db: Kysely<Tables>,
  { installationId, repository, thread }: RecheckedPull,
  at: string | null,
): Promise<void> {
  const key = { repository: String(repository.id), thread: thread.number };
  if (at === null) {
    await db
      .deleteFrom('rechecks')
      .where('repository', '=', key.repository)
      .where('thread', '=', key.thread)
      .execute();
    return;
  }
  // No more than names it: titles and bodies say who asked, and would outlive their being erased.
  const pull = JSON.stringify({ installationId, repository, thread: pullNumbered(thread.number) });
  const set = { due_at: at, tries: 0, pull };
  await db
    .insertInto('rechecks')
    .values({ ...key, ...set })
    .onConflict((conflict) => conflict.columns(['repository', 'thread']).doUpdateSet(set))
    .execute();
}

/**
 * Makes of every recheck that is due an event of this process's own, in one transaction: each becomes one, however many
 * processes look. It stays due, later each time, until a run has judged and set another time, or none. Gives how many
 * there were.
 */
export async function receiveDueRechecks(db: Kysely<Tables>, replica: string, now: Date): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ pull: string }>`
      update rechecks set tries = tries + 1,
        due_at = ${now}::timestamptz + ${FIRST_WAIT_MINUTES} * (4 ^ tries) * interval '1 minute'
      where (repository, thread) in (
        select repository, thread from rechecks where due_at <= ${now}
        order by due_at limit ${MOST_AT_ONCE} for update skip locked)
      returning pull`.execute(tx);
    if (rows.length === 0) return 0;
    // Named by this moment: where the clock of whoever judges is behind ours, the same end of an approval is due again.
    const events = rows.map(({ pull }) => recheckOf(JSON.parse(pull), `expiry@${now.toISOString()}`));
    await tx
      .insertInto('runs')
      .values(events.map((event) => rowOf(runIdOf(event), event, replica)))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    await tx.deleteFrom('rechecks').where('tries', '>=', MOST_TRIES).execute();
    return rows.length;
  });
}
