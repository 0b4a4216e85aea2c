import { EventEmitter } from 'node:events';
import type { PGlite } from '@electric-sql/pglite';
import type { Pool } from 'pg';

interface Answer {
  readonly rows: unknown[];
  readonly fields: unknown[];
  readonly command: string;
  readonly rowCount: number;
}

type Query = string | { readonly text: string; readonly values?: readonly unknown[] };

/** int8 and numeric as strings, as node-postgres gives them. */
const AS_TEXT = { parsers: { 20: (text: string) => text, 1700: (text: string) => text } };

/**
 * A PGlite that looks like node-postgres' pool, for DBOS and kysely alike. PGlite has one session: whoever checks it
 * out has it alone until it is released, or two transactions would be one. `urgent`: the same session, ahead of all who
 * wait for it: for what somebody outside waits for.
 */
export function pglitePool(database: PGlite): { readonly pool: Pool; readonly urgent: Pool } {
  const session = new Session();
  const pool = (isUrgent: boolean) => new PGlitePool(database, session, isUrgent) as unknown as Pool;
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

class PGlitePool extends EventEmitter {
  readonly options = { max: 1 };
  readonly #database: PGlite;
  readonly #session: Session;
  readonly #isUrgent: boolean;

  constructor(database: PGlite, session: Session, isUrgent: boolean) {
    super();
    this.#database = database;
    this.#session = session;
    this.#isUrgent = isUrgent;
  }

  async query(query: Query, values?: readonly unknown[]): Promise<Answer> {
    const release = await this.#session.alone(this.#isUrgent);
    try {
      return await this.#run(query, values);
    } finally {
      release();
    }
  }

  async connect() {
    const release = await this.#session.alone(this.#isUrgent);
    return Object.assign(new EventEmitter(), {
      query: (query: Query, values?: readonly unknown[]) => this.#run(query, values),
      release,
    });
  }

  /** Closing PGlite is its owner's business. */
  end(): Promise<void> {
    return Promise.resolve();
  }

  async #run(query: Query, given?: readonly unknown[]): Promise<Answer> {
    const { text, values = given ?? [] } = typeof query === 'string' ? { text: query } : query;
    const parameters = (given ?? values).map((value) => value ?? null);
    const answer =
      parameters.length > 0
        ? await this.#database.query(text, parameters, AS_TEXT)
        : (await this.#database.exec(text, AS_TEXT)).at(-1);
    return {
      rows: answer?.rows ?? [],
      fields: answer?.fields ?? [],
      command: text.trim().split(/\s/, 1)[0]?.toUpperCase() ?? '',
      rowCount: answer?.rows.length || (answer?.affectedRows ?? 0),
    };
  }
}
