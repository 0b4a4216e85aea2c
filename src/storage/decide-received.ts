import { type Kysely, sql } from 'kysely';
import type { AskingEvent, CommandRequest } from '../commands/request.ts';
import { codeOf } from '../runs/run.ts';
import type { RunId } from '../runs/run-id.ts';
import { originOf, placeFields } from '../runs/run-watch.ts';
import type { RunnerContext } from './context.ts';
import { openJournal } from './journal.ts';
import { enqueue, ignore, release } from './run-queue.ts';
import type { Tables } from './tables.ts';
import { untilBack } from './transient.ts';

/** Texts read side by side: reading may mean fetching a repository's config. */
const SIDE_BY_SIDE = 8;
/** Of them, from one repository: one that floods, or hangs, does not keep the others waiting. */
const OF_ONE_REPOSITORY = 2;
/** Requests that are welcomed side by side. */
const WELCOMES = 16;
/** A repository that can't be reached for so long has lost its request. */
const GIVEN_UP_AFTER_HOURS = 24;
const MOST_REMEMBERED = 10_000;

/** Reads the stored texts that this process holds. Returns how to look for more; never throws. */
export function decideReceived(context: Omit<RunnerContext, 'durable' | 'executing'>): {
  look(): Promise<void>;
  idle(): boolean;
} {
  const { db, replica, kick, log } = context;
  const deciding = new Map<RunId, string>();
  const welcoming = new Set<RunId>();
  /** The turn at which each repository was last served: the one that waits longest is next. */
  const served = new Map<string, number>();
  let turn = 0;
  const servedAt = (repository: string) => served.get(repository) ?? 0;
  const underWay = (repository: string) =>
    [...deciding.values()].filter((each) => each === repository).length;

  async function welcome(run: RunId, request: CommandRequest, ahead: number): Promise<void> {
    welcoming.add(run);
    try {
      const journal = await openJournal(db, { run, attempt: 1, token: 0 }, context.closed);
      await context.work.welcome(request, ahead, journal);
      await untilBack(context.closed, () => release(db, run));
    } catch (error) {
      // This process is closing: whoever adopts what it holds lets the run begin.
      log('a request was not welcomed', failed(request, error));
    } finally {
      welcoming.delete(run);
      kick();
    }
  }

  async function decide(run: RunId, event: AskingEvent): Promise<void> {
    try {
      const decision = await context.work.decide(event);
      if (decision.kind === 'ignored') return await ignore(db, run);
      const { request, commandsPerMinute } = decision;
      // Of a commit whose answer was lost nobody else would ever hear: the run would wait to be welcomed for ever.
      const queued = await untilBack(context.closed, () => enqueue(db, run, request, commandsPerMinute));
      if (queued === null) return;
      // Others are read meanwhile, but for too many that wait for GitHub.
      const welcomed = welcome(run, request, queued.ahead);
      if (welcoming.size >= WELCOMES) await welcomed;
    } catch (error) {
      log('a request could not be read yet', failed(event, error));
      await later(db, run).catch(() => undefined);
    } finally {
      deciding.delete(run);
      kick();
    }
  }

  return {
    idle: () => deciding.size + welcoming.size === 0,
    async look() {
      const free = SIDE_BY_SIDE - deciding.size;
      if (free <= 0) return;
      const { rows: oldest } = await sql<{ id: RunId; repository: string }>`
        select distinct on (repository) id, repository from runs
        where state = 'received' and replica = ${replica} and (not_before is null or not_before <= now())
          and not id = any(${[...deciding.keys()]}::text[])
        order by repository, seq`.execute(db);
      const next = oldest
        .filter(({ repository }) => underWay(repository) < OF_ONE_REPOSITORY)
        .sort((one, other) => servedAt(one.repository) - servedAt(other.repository))
        .slice(0, free);
      if (next.length === 0) return;
      const ids = next.map(({ id }) => id);
      const rows = await db
        .selectFrom('runs')
        .select(['id', 'repository', 'request'])
        .where('id', 'in', ids)
        .execute();
      for (const { id, repository, request } of rows) {
        deciding.set(id, repository);
        turn += 1;
        served.set(repository, turn);
        void decide(id, JSON.parse(request ?? 'null'));
      }
      if (served.size > MOST_REMEMBERED) served.clear();
    },
  };
}

/** A failure as the fields of a line, with where it belongs. */
const failed = (event: AskingEvent, error: unknown) => ({
  ...placeFields(originOf(event)),
  code: codeOf(error),
  error: String(error),
});

/** Reads it again, later each time; after a day nobody waits for an answer any more. */
async function later(db: Kysely<Tables>, run: RunId): Promise<void> {
  await sql`
    update runs set tries = tries + 1, not_before = now() + least(300, 2 ^ tries) * interval '1 second',
      state = case when received_at < now() - ${GIVEN_UP_AFTER_HOURS} * interval '1 hour' then 'ignored' else state end
    where id = ${run} and state = 'received'`.execute(db);
}
