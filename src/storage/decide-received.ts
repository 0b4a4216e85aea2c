import { type Kysely, sql } from 'kysely';
import type { AskingEvent } from '../commands/request.ts';
import type { RunId } from '../runs/run-id.ts';
import type { RunnerContext } from './context.ts';
import { openJournal } from './journal.ts';
import { enqueue, ignore, release } from './run-queue.ts';
import type { Tables } from './tables.ts';

/** Texts read side by side: reading may mean fetching a repository's config. */
const SIDE_BY_SIDE = 8;
/** Of them, from one repository: one that floods, or hangs, does not keep the others waiting. */
const OF_ONE_REPOSITORY = 2;
/** A repository that can't be reached for so long has lost its request. */
const GIVEN_UP_AFTER_HOURS = 24;

/** Reads the stored texts that this process holds. Returns how to look for more; never throws. */
export function decideReceived(context: Omit<RunnerContext, 'durable' | 'executing'>): {
  look(): Promise<void>;
  idle(): boolean;
} {
  const { db, replica, kick, log } = context;
  const deciding = new Set<RunId>();

  async function decide(run: RunId, event: AskingEvent): Promise<void> {
    try {
      const decision = await context.work.decide(event);
      if (decision.kind === 'ignored') return await ignore(db, run);
      const queued = await enqueue(db, run, decision.request, decision.commandsPerMinute);
      if (queued === null) return;
      const journal = await openJournal(db, { run, attempt: 1, token: 0 }, context.closed);
      await context.work.welcome(decision.request, queued.ahead, journal);
      await release(db, run);
    } catch (error) {
      log('a request could not be read yet', { run, error: String(error) });
      await later(db, run).catch(() => undefined);
    } finally {
      deciding.delete(run);
      kick();
    }
  }

  return {
    idle: () => deciding.size === 0,
    async look() {
      const free = SIDE_BY_SIDE - deciding.size;
      if (free <= 0) return;
      const { rows } = await sql<{ id: RunId; request: string }>`
        with waiting as (
          select id, seq, row_number() over (partition by repository order by seq) as place from runs
          where state = 'received' and replica = ${replica} and (not_before is null or not_before <= now()))
        select runs.id, runs.request from waiting join runs using (id)
        where waiting.place <= ${OF_ONE_REPOSITORY} and not waiting.id = any(${[...deciding]}::text[])
        order by waiting.seq limit ${free}`.execute(db);
      for (const { id, request } of rows) {
        deciding.add(id);
        void decide(id, JSON.parse(request));
      }
    },
  };
}

/** Reads it again, later each time; after a day nobody waits for an answer any more. */
async function later(db: Kysely<Tables>, run: RunId): Promise<void> {
  await sql`
    update runs set tries = tries + 1, not_before = now() + least(300, 2 ^ tries) * interval '1 second',
      state = case when received_at < now() - ${GIVEN_UP_AFTER_HOURS} * interval '1 hour' then 'ignored' else state end
    where id = ${run} and state = 'received'`.execute(db);
}
