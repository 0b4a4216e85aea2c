import { type Kysely, sql } from 'kysely';
import { rangesOf } from '../audit/row-ranges.ts';
import type { RunId } from '../runs/run-id.ts';
import { forgetRuns } from './forget-runs.ts';
import { appendToLedger } from './ledger.ts';
import { isLogin, peopleIn } from './read-ledger.ts';
import type { Tables } from './tables.ts';
import { namesOf, type Person, tracesIn } from './traces.ts';

/** Whom to erase: a login, or an account's number; and what else may name them. */
export interface ToErase {
  readonly who: string;
  readonly emails: readonly string[];
  /** Only say what would go. */
  readonly dryRun: boolean;
}

/** What could name nobody in particular would be found everywhere. */
const LOGIN = /^@?[\w-]+(\[bot\])?$/;

/** What erasing a person came to. `under_way`: nothing was erased, since these runs are theirs, or name them. */
export type Erased =
  | { readonly how: 'erased' | 'would_erase'; readonly details: number; readonly runs: number }
  | { readonly how: 'under_way'; readonly runs: readonly RunId[] }
  | { readonly how: 'unknown' };

/**
 * Erases a person from the database: who they are, their words, and what names them. The chain of each installation
 * stays whole, and says what was let go. Whoever asks again later is somebody new.
 */
export async function erasePerson(db: Kysely<Tables>, { who, emails, dryRun }: ToErase): Promise<Erased> {
  if (!LOGIN.test(who) || emails.some((email) => !email.includes('@'))) return { how: 'unknown' };
  const person = await find(db, who, emails);
  const installations = await sql<{ installation: number }>`
    select installation from ledger_heads union select installation from runs order by 1`.execute(db);
  const found: Awaited<ReturnType<typeof tracesIn>>[] = [];
  for (const { installation } of installations.rows) found.push(await tracesIn(db, installation, person));

  const underWay = found.flatMap(({ open }) => open);
  if (underWay.length > 0) return { how: 'under_way', runs: underWay };
  const details = found.reduce((sum, traces) => sum + traces.details.length, 0);
  const runs = found.reduce((sum, traces) => sum + traces.over.length, 0);
  const isKnown = details + runs > 0 || found.some(({ pseudonyms }) => pseudonyms.length > 0);
  if (!isKnown) return { how: 'unknown' };
  if (dryRun) return { how: 'would_erase', details, runs };

  for (const { installation } of installations.rows) {
    const open = await db.transaction().execute((tx) => eraseIn(tx, installation, person));
    if (open.length > 0) return { how: 'under_way', runs: open };
  }
  await sql`update spending set asker = 0 where asker = any(${person.accounts}::bigint[])`.execute(db);
  return { how: 'erased', details, runs };
}

/** Gives the runs that are under way, by now; nothing is erased then. */
async function eraseIn(tx: Kysely<Tables>, installation: number, person: Person): Promise<readonly RunId[]> {
  // Held from the start, against the rule that it comes last: no row may be written for the old pseudonym meanwhile.
  await sql`select from ledger_heads where installation = ${installation} for update`.execute(tx);
  const { open, over, details, pseudonyms } = await tracesIn(tx, installation, person);
  if (open.length > 0) return open;
  await forgetRuns(tx, over);
  await sql`update runs set asker = 0 where installation = ${installation}
    and asker = any(${person.accounts}::bigint[])`.execute(tx);
  await sql`delete from ledger_details where installation = ${installation}
    and sequence = any(${details.map(({ sequence }) => sequence)}::bigint[])`.execute(tx);
  await sql`delete from ledger_people where installation = ${installation}
    and account = any(${person.accounts}::bigint[])`.execute(tx);
  if (details.length + pseudonyms.length === 0) return [];
  const others = details.filter(({ isTheirs }) => !isTheirs).map(({ sequence }) => Number(sequence));
  const body = { actors: pseudonyms, rows: rangesOf(others) };
  const at = new Date().toISOString();
  await appendToLedger(tx, { installation, repository: null, thread: null, run: null }, [
    { kind: 'person_erased', at, actor: null, body, detail: null },
  ]);
  return [];
}

/** A number is an account's; logins change, so all that the account had are looked for. */
async function find(db: Kysely<Tables>, who: string, emails: readonly string[]): Promise<Person> {
  const known = await peopleIn(db);
  const number = /^\d+$/.test(who) ? Number(who) : null;
  const login = who.replace(/^@/, '');
  const isMeant = (account: number, name: string | undefined) =>
    number === null ? isLogin(name, login) : account === number;
  const people = [
    ...known.map(({ account, logins }) => ({ account, logins })),
    ...(await askers(db, number === null ? login : null, number)),
  ].filter(({ account, logins }) => isMeant(account, logins.at(-1)));
  const accounts = [
    ...new Set([...(number === null ? [] : [number]), ...people.map(({ account }) => account)]),
  ];
  const logins = [...new Set([...(number === null ? [login] : []), ...people.flatMap((one) => one.logins)])];
  return { accounts, logins, emails };
}

/** Who asked for something that is stored, also where the ledger has not heard of them yet. */
async function askers(db: Kysely<Tables>, login: string | null, account: number | null) {
  const { rows } = await sql<{ request: string }>`
    select request from runs where request is not null
      and ${login === null ? sql`asker = ${account}` : sql`request ~* ${namesOf({ logins: [login], emails: [], accounts: [] })}`}`.execute(
    db,
  );
  return rows.map(({ request }) => {
    const { asker } = JSON.parse(request);
    return { account: Number(asker.id), logins: [String(asker.login)] };
  });
}
