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
 * out has it alone until it is released, or two transactions would be one.
 */
export function pglitePool(database: PGlite): Pool {
  return new PGlitePool(database) as unknown as Pool;
}

class PGlitePool extends EventEmitter {
  readonly options = { max: 1 };
  readonly #database: PGlite;
  #tail: Promise<void> = Promise.resolve();

  constructor(database: PGlite) {
    super();
    this.#database = database;
  }

  async query(query: Query, values?: readonly unknown[]): Promise<Answer> {
    const release = await this.#alone();
    try {
      return await this.#run(query, values);
    } finally {
      release();
    }
  }

  async connect() {
    const release = await this.#alone();
    return Object.assign(new EventEmitter(), {
      query: (query: Query, values?: readonly unknown[]) => this.#run(query, values),
      release,
    });
  }

  /** Closing PGlite is its owner's business. */
  end(): Promise<void> {
    return Promise.resolve();
  }

  async #alone(): Promise<() => void> {
    const before = this.#tail;
    let release: () => void = () => undefined;
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
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
