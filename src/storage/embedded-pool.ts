import { EventEmitter } from 'node:events';
import type { Pool } from 'pg';
import type { Answer, EmbeddedDatabase, Link } from './embedded-database.ts';

type Query = string | { readonly text: string; readonly values?: readonly unknown[] };

/**
 * An embedded database that looks like node-postgres' pool, for DBOS and kysely alike. PGlite has one session: whoever
 * checks it out has it alone until it is released, or two transactions would be one. `urgent`: the same session, ahead
 * of all who wait for it: for what somebody outside waits for.
 */
export function embeddedPool(database: Pick<EmbeddedDatabase, 'link'>): {
  readonly pool: Pool;
  readonly urgent: Pool;
} {
  const session = new Session();
  const pool = (isUrgent: boolean) => new EmbeddedPool(database, session, isUrgent) as unknown as Pool;
  return { pool: pool(false), urgent: pool(true) };
}

/** Who has the one session, and who waits for it. */
class Session {
  readonly #urgent: (() => void)[] = [];
  readonly #waiting: (() => void)[] = [];
  #taken = false;

  /** Resolves when the session is free, to the function that lets go of it. */
  async alone(isUrgent: boolean): Promise<() => void> {
    if (this.#taken)
      await new Promise<void>((resolve) => (isUrgent ? this.#urgent : this.#waiting).push(resolve));
    this.#taken = true;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#urgent.shift() ?? this.#waiting.shift();
      // Handed on directly: nobody who comes in between may take it.
      if (next) next();
      else this.#taken = false;
    };
  }
}

class EmbeddedPool extends EventEmitter {
  readonly options = { max: 1 };
  readonly #database: Pick<EmbeddedDatabase, 'link'>;
  readonly #session: Session;
  readonly #isUrgent: boolean;

  constructor(database: Pick<EmbeddedDatabase, 'link'>, session: Session, isUrgent: boolean) {
    super();
    this.#database = database;
    this.#session = session;
    this.#isUrgent = isUrgent;
  }

  async query(query: Query, values?: readonly unknown[]): Promise<Answer> {
    const { link, release } = await this.#checkOut();
    try {
      return await run(link, query, values);
    } finally {
      release();
    }
  }

  async connect() {
    const { link, release } = await this.#checkOut();
    return Object.assign(new EventEmitter(), {
      // On this link alone: a transaction must not go on, outside of it, in the process that comes after this one.
      query: (query: Query, values?: readonly unknown[]) => run(link, query, values),
      release,
    });
  }

  /** Closing the database is its owner's business. */
  end(): Promise<void> {
    return Promise.resolve();
  }

  async #checkOut(): Promise<{ readonly link: Link; readonly release: () => void }> {
    const release = await this.#session.alone(this.#isUrgent);
    try {
      return { link: await this.#database.link(), release };
    } catch (error) {
      release();
      throw error;
    }
  }
}

function run(link: Link, query: Query, given?: readonly unknown[]): Promise<Answer> {
  const { text, values = given ?? [] } = typeof query === 'string' ? { text: query } : query;
  const parameters = (given ?? values).map((value) => value ?? null);
  return link.run(text, parameters);
}
