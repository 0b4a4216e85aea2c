import { type Kysely, sql } from 'kysely';
import type { AskingEvent } from '../commands/request.ts';
import { type RunId, runIdOf } from '../runs/run-id.ts';
import type { Tables } from './tables.ts';

/** Where events are stored before anybody answers for them. */
export interface Inbox {
  /** Resolves when the event is committed: `known` when the same text came in before. Rejects when it could not be. */
  store(event: AskingEvent): Promise<'accepted' | 'known'>;
}

interface Waiting {
  readonly id: RunId;
  readonly event: AskingEvent;
  readonly resolve: (how: 'accepted' | 'known') => void;
  readonly reject: (error: unknown) => void;
}

const MOST_AT_ONCE = 200;

/**
 * Stores events in groups: those that come in while one group is being committed are the next group. Under load a
 * commit's cost is shared by many; alone, an event is committed at once.
 */
export function createInbox(db: Kysely<Tables>, replica: string): Inbox {
  const waiting: Waiting[] = [];
  let storing = false;

  async function storeAll(): Promise<void> {
    storing = true;
    while (waiting.length > 0) {
      const group = waiting.splice(0, MOST_AT_ONCE);
      try {
        const fresh = await insert(group);
        // The first of several in one group is the one that was accepted.
        for (const { id, resolve } of group) resolve(fresh.delete(id) ? 'accepted' : 'known');
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    storing = false;
  }

  async function insert(group: readonly Waiting[]): Promise<Set<RunId>> {
    const column = <T>(of: (event: AskingEvent) => T) => group.map(({ event }) => of(event));
    const { rows } = await sql<{ id: RunId }>`
      insert into runs (id, installation, repository, thread, asker, state, request, replica)
      select *, 'received', unnest(${column((event) => JSON.stringify(event))}::text[]), ${replica}::text
      from (select
        unnest(${group.map(({ id }) => id)}::text[]),
        unnest(${column(({ installationId }) => installationId ?? 0)}::integer[]),
        unnest(${column(({ repository }) => repository.id)}::bigint[]),
        unnest(${column(({ thread }) => thread.number)}::integer[]),
        unnest(${column(({ asker }) => asker.id)}::bigint[])) as event
      on conflict (id) do nothing
      returning id`.execute(db);
    return new Set(rows.map(({ id }) => id));
  }

  return {
    store(event) {
      return new Promise((resolve, reject) => {
        waiting.push({ id: runIdOf(event), event, resolve, reject });
        if (!storing) void storeAll();
      });
    },
  };
}
