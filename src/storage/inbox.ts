import type { InsertObject, Kysely } from 'kysely';
import type { AskingEvent } from '../commands/request.ts';
import { type RunId, runIdOf } from '../runs/run-id.ts';
import type { Tables } from './tables.ts';
import { isTransient } from './transient.ts';

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
      await storeGroup(waiting.splice(0, MOST_AT_ONCE));
    }
    storing = false;
  }

  /** A group that can't be stored as a whole is stored one by one: none is lost for what came in beside it. */
  async function storeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const fresh = await insert(group);
      // The first of several in one group is the one that was accepted.
      for (const { id, resolve } of group) resolve(fresh.delete(id) ? 'accepted' : 'known');
    } catch (error) {
      if (group.length > 1 && !isTransient(error)) for (const each of group) await storeGroup([each]);
      else for (const { reject } of group) reject(error);
    }
  }

  async function insert(group: readonly Waiting[]): Promise<Set<RunId>> {
    const rows = await db
      .insertInto('runs')
      .values(group.map(({ id, event }) => rowOf(id, event, replica)))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .returning('id')
      .execute();
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

/** An event as it is stored before anybody has read it, held by `replica`. */
export function rowOf(id: RunId, event: AskingEvent, replica: string): InsertObject<Tables, 'runs'> {
  return {
    id,
    installation: event.installationId ?? 0,
    repository: String(event.repository.id),
    thread: event.thread.number,
    asker: String(event.asker.id),
    state: 'received',
    request: JSON.stringify(event),
    replica,
  };
}
