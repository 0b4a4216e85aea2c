import { type RawBuilder, sql } from 'kysely';

/** For repositories whose config no run has read yet; a test holds them to the schema's defaults. */
export const DEFAULT_DAYS = { record: 400, prompts: 30 } as const;

/** What was asked, or the whole record. */
type Kept = keyof typeof DEFAULT_DAYS;

/** Days that it is kept, where `kept` is the repository's row of `ledger_repositories`, or none. */
export function daysKept(what: Kept): RawBuilder<number> {
  const record = sql<number>`coalesce(kept.retention_days, ${DEFAULT_DAYS.record}::integer)`;
  if (what === 'record') return record;
  return sql<number>`least(${record}, coalesce(kept.prompt_days, ${DEFAULT_DAYS.prompts}::integer))`;
}

/** The fewest days that any repository of the installation says: nothing younger can have expired. */
export function shortestKept(what: Kept, installation: number): RawBuilder<number> {
  return sql<number>`(select least(min(${daysKept(what)}), ${DEFAULT_DAYS[what]}::integer)
    from ledger_repositories as kept where kept.installation = ${installation})`;
}

/** The time before which something has expired, written as the ledger's rows write times. */
export const expiredBefore = (now: Date, days: RawBuilder<number>): RawBuilder<string> =>
  sql<string>`to_char(${now.toISOString()}::timestamptz at time zone 'utc' - ${days} * interval '1 day',
    'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
