import { type Kysely, sql } from 'kysely';
import type { RunId } from '../runs/run-id.ts';
import { hasSteps } from './forget-runs.ts';
import type { Tables } from './tables.ts';

/** All that is known to name a person. */
export interface Person {
  readonly accounts: readonly number[];
  readonly logins: readonly string[];
  readonly emails: readonly string[];
}

/** Where the database holds something of a person, in one installation. */
interface Traces {
  readonly pseudonyms: readonly string[];
  /** Runs that are theirs or name them, and under way. */
  readonly open: readonly RunId[];
  /** And those that are over. */
  readonly over: readonly RunId[];
  /** Details of the ledger; `isTheirs`: of rows by one of the pseudonyms. */
  readonly details: readonly { readonly sequence: string; readonly isTheirs: boolean }[];
}

export async function tracesIn(db: Kysely<Tables>, installation: number, person: Person): Promise<Traces> {
  const named = namesOf(person);
  const accounts = sql`${[...person.accounts]}::bigint[]`;
  const people = await sql<{ pseudonym: string }>`
    select pseudonym from ledger_people where installation = ${installation} and account = any(${accounts})`.execute(
    db,
  );
  const pseudonyms = people.rows.map(({ pseudonym }) => pseudonym);
  const inSteps = (await hasSteps(db))
    ? sql`union select split_part(workflow_uuid, '.', 1) from dbos.operation_outputs
        where output ~* ${named} or error ~* ${named}`
    : sql``;
  const runs = await sql<{ id: RunId; isOpen: boolean }>`
    with naming as (select run from run_events where fact ~* ${named} ${inSteps})
    select id, state in ('received', 'queued', 'running') as "isOpen" from runs
    where installation = ${installation} and (asker = any(${accounts}) or request ~* ${named} or stop ~* ${named}
      or turned_down ~* ${named} or id in (select run from naming))`.execute(db);
  const details = await sql<{ sequence: string; isTheirs: boolean }>`
    select sequence, actor is not null and actor = any(${pseudonyms}::text[]) as "isTheirs"
    from ledger_details join ledger using (installation, sequence)
    where installation = ${installation} and (actor = any(${pseudonyms}::text[]) or detail ~* ${named})`.execute(
    db,
  );
  return {
    pseudonyms,
    open: runs.rows.filter(({ isOpen }) => isOpen).map(({ id }) => id),
    over: runs.rows.filter(({ isOpen }) => !isOpen).map(({ id }) => id),
    details: details.rows,
  };
}

/**
 * A regular expression of PostgreSQL's that finds the person's names as whole words, and what GitHub makes of the
 * account's number, in JSON: there, a name may follow the letter of an escaped line break.
 */
export function namesOf({ logins, emails, accounts }: Person): string {
  const names = [...logins, ...emails].map((name) => name.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&'));
  const numbers = accounts.flatMap((account) => [
    `/u/${account}(?![0-9])`,
    `"(id|by)": ?${account}(?![0-9])`,
    `(^|[^0-9])${account}\\+[a-z0-9-]+@users\\.noreply`,
  ]);
  const words = names.map((name) => `${BEFORE}${name}(?![a-z0-9-])`);
  return [...words, ...numbers].join('|');
}

const BEFORE = String.raw`(^|[^a-z0-9-]|\\[bfnrt]|\\u[0-9a-f]{4})`;
