import { type Kysely, sql } from 'kysely';
import type { Tables } from './tables.ts';

/** Points in time that must survive a restart. */
export interface Marks {
  /** Null: never set. */
  get(name: string): Promise<Date | null>;
  /** Sets it to now, by the database's clock. */
  set(name: string): Promise<void>;
  /** True for one caller in `seconds`, however many processes ask: who gets it does the work. */
  due(name: string, seconds: number): Promise<boolean>;
}

export function marksIn(db: Kysely<Tables>): Marks {
  return {
    async get(name) {
      const row = await db.selectFrom('marks').select('at').where('name', '=', name).executeTakeFirst();
      return row?.at ?? null;
    },
    async set(name) {
      await sql`insert into marks (name, at) values (${name}, now())
        on conflict (name) do update set at = now()`.execute(db);
    },
    async due(name, seconds) {
      const { rows } = await sql`insert into marks (name, at) values (${name}, now())
        on conflict (name) do update set at = now()
        where marks.at < now() - ${seconds} * interval '1 second' returning name`.execute(db);
      return rows.length > 0;
    },
  };
}
