import { type Kysely, type Selectable, sql } from 'kysely';
import type { AuditKind } from '../audit/audit-event.ts';
import type { LedgerEntry, LedgerRow } from '../audit/chain.ts';
import type { Tables } from './tables.ts';

/** Which rows; all that are given must hold. Plain JSON, so that it can be sent to a running App. */
export interface LedgerQuery {
  readonly installation?: number;
  /** Its number, or `owner/name` as the newest run in it was asked for. */
  readonly repository?: number | string;
  readonly thread?: number;
  readonly run?: string;
  readonly kinds?: readonly AuditKind[];
  /** A login, in any case, of those that are known. */
  readonly actor?: string;
  /** ISO 8601. */
  readonly since?: string;
  readonly newestFirst?: boolean;
  readonly most?: number;
}

/** All of few rows. */
export async function gathered(rows: AsyncIterable<LedgerEntry>): Promise<readonly LedgerEntry[]> {
  const all: LedgerEntry[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

type Place = Pick<LedgerRow, 'installation' | 'sequence'>;

const PAGE = 5_000;

/** Reads rows page by page, of each installation in the order of its chain. Holds one page. */
export async function* readLedger(db: Kysely<Tables>, query: LedgerQuery): AsyncGenerator<LedgerEntry> {
  const resolved = {
    query,
    repository:
      typeof query.repository === 'string' ? await numberOf(db, query.repository) : query.repository,
    pseudonyms: query.actor === undefined ? null : await pseudonymsOf(db, query.actor),
  };
  let after: Place | null = null;
  let left = query.most ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const most = Math.min(PAGE, left);
    const page = await pageOf(db, resolved, after, most);
    yield* page;
    left -= page.length;
    after = page.at(-1)?.row ?? null;
    if (page.length < most) return;
  }
}

interface Resolved {
  readonly query: LedgerQuery;
  readonly repository: number | undefined;
  readonly pseudonyms: readonly string[] | null;
}

async function pageOf(
  db: Kysely<Tables>,
  { query, repository, pseudonyms }: Resolved,
  after: Place | null,
  most: number,
): Promise<LedgerEntry[]> {
  const { installation, thread, run, kinds, since, newestFirst } = query;
  const direction = newestFirst ? 'desc' : 'asc';
  const isBackwards = newestFirst ?? false;
  let select = rowsWithDetails(db, after, isBackwards)
    .select(loginOf.as('login'))
    .orderBy('ledger.installation', direction)
    .orderBy('ledger.sequence', direction)
    .limit(most);
  if (installation !== undefined) select = select.where('ledger.installation', '=', installation);
  if (repository !== undefined) select = select.where('ledger.repository', '=', String(repository));
  if (thread !== undefined) select = select.where('ledger.thread', '=', thread);
  if (run !== undefined) select = select.where('ledger.run', '=', run);
  if (kinds !== undefined) select = select.where(sql<boolean>`ledger.kind = any(${[...kinds]}::text[])`);
  if (since !== undefined) select = select.where('ledger.at', '>=', since);
  if (pseudonyms !== null)
    select = select.where(sql<boolean>`ledger.actor = any(${[...pseudonyms]}::text[])`);
  if (after !== null) select = select.where(behind('ledger', after, isBackwards));
  return (await select.execute()).map(({ login, ...row }) => ({
    ...entryOf(row),
    login: login === null ? null : JSON.parse(login).login,
  }));
}

/** Reads the rows of a chain with their details, and nobody's name: for whoever reads all of it. Holds one page. */
export async function* readChain(
  db: Kysely<Tables>,
  installation: number,
): AsyncGenerator<Omit<LedgerEntry, 'login'>> {
  for (let after: Place | null = null; ; ) {
    let select = rowsWithDetails(db, after, false)
      .where('ledger.installation', '=', installation)
      .orderBy('ledger.sequence')
      .limit(PAGE);
    if (after !== null) select = select.where('ledger.sequence', '>', String(after.sequence));
    const page: Omit<LedgerEntry, 'login'>[] = (await select.execute()).map(entryOf);
    yield* page;
    after = page.at(-1)?.row ?? null;
    if (page.length < PAGE) return;
  }
}

const behind = (table: 'ledger' | 'detail', { installation, sequence }: Place, newestFirst: boolean) =>
  sql<boolean>`(${sql.ref(`${table}.installation`)}, ${sql.ref(`${table}.sequence`)})
    ${newestFirst ? sql`<` : sql`>`} (${installation}::integer, ${sequence}::bigint)`;

/** Details, too, are looked for from `after` on only: read from their start for each page, they would cost the more the later. */
const rowsWithDetails = (db: Kysely<Tables>, after: Place | null, newestFirst: boolean) =>
  db
    .selectFrom('ledger')
    .leftJoin('ledger_details as detail', (join) => {
      const same = join
        .onRef('detail.installation', '=', 'ledger.installation')
        .onRef('detail.sequence', '=', 'ledger.sequence');
      return after === null ? same : same.on(behind('detail', after, newestFirst));
    })
    .selectAll('ledger')
    .select(['detail.salt', 'detail.detail']);

/** The newest that is known of a pseudonym. */
const loginOf = sql<string | null>`(
  select known.detail from ledger_people as person
  join ledger_details as known on known.installation = person.installation and known.sequence = person.sequence
  where person.installation = ledger.installation and person.pseudonym = ledger.actor)`;

/** Somebody as the ledger knows them, with all logins that they had. */
export interface LedgerPerson {
  readonly installation: number;
  readonly account: number;
  readonly pseudonym: string;
  /** The newest last. */
  readonly logins: readonly string[];
}

/** Everybody whom the ledger knows. */
export async function peopleIn(db: Kysely<Tables>): Promise<LedgerPerson[]> {
  const { rows } = await sql<{ installation: number; account: string; pseudonym: string; details: string[] }>`
    select person.installation, person.account, person.pseudonym, array_agg(known.detail order by known.sequence) as details
    from ledger_people as person
    join ledger on ledger.actor = person.pseudonym and ledger.installation = person.installation
      and ledger.kind = 'person_known'
    join ledger_details as known on known.installation = ledger.installation and known.sequence = ledger.sequence
    group by 1, 2, 3`.execute(db);
  return rows.map(({ installation, account, pseudonym, details }) => ({
    installation,
    account: Number(account),
    pseudonym,
    logins: details.map((detail) => JSON.parse(detail).login),
  }));
}

async function pseudonymsOf(db: Kysely<Tables>, login: string): Promise<string[]> {
  const people = await peopleIn(db);
  return people.filter(({ logins }) => isLogin(logins.at(-1), login)).map(({ pseudonym }) => pseudonym);
}

/** GitHub's logins are the same in any case. */
export const isLogin = (one: string | undefined, other: string) =>
  one?.toLowerCase() === other.replace(/^@/, '').toLowerCase();

/** The number of a repository by the addresses of the texts that asked in it; -1: none did, of those that are kept. */
async function numberOf(db: Kysely<Tables>, named: string): Promise<number> {
  const { rows } = await sql<{ repository: string }>`
    select ledger.repository from ledger join ledger_details as detail using (installation, sequence)
    where ledger.kind = 'run_started' and position(${`/${named.toLowerCase()}/`} in lower(detail.detail)) > 0
    order by ledger.at desc limit 1`.execute(db);
  return Number(rows[0]?.repository ?? -1);
}

type Row = Selectable<Tables['ledger']> & { readonly salt: string | null; readonly detail: string | null };

function entryOf({ salt, detail, ...row }: Row): Omit<LedgerEntry, 'login'> {
  const { sequence, repository, detail_digest: detailDigest, kind, ...same } = row;
  return {
    row: {
      ...same,
      sequence: Number(sequence),
      repository: repository === null ? null : Number(repository),
      detailDigest,
      kind: kind as AuditKind,
    },
    detail: salt === null || detail === null ? null : { salt, text: detail },
  };
}
