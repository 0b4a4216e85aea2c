import { type Kysely, type Selectable, sql } from 'kysely';
import type { AuditKind } from '../audit/audit-event.ts';
import type { LedgerDetail, LedgerRow } from '../audit/chain.ts';
import { checkChain, type Flaw } from '../audit/verify-chain.ts';
import type { Anchor } from '../runs/run-events.ts';
import type { Tables } from './tables.ts';

/** A row with what is kept beside it. */
export interface LedgerEntry {
  readonly row: LedgerRow;
  /** Null: there was none, or it was forgotten. */
  readonly detail: LedgerDetail | null;
  /** The actor's login; null: nobody's doing, or forgotten. */
  readonly login: string | null;
}

/** Which rows; all that are given must hold. */
export interface LedgerQuery {
  readonly installation?: number;
  readonly repository?: number;
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

const PAGE = 5_000;

/** Reads rows page by page, of each installation in the order of its chain. Holds one page. */
export async function* readLedger(db: Kysely<Tables>, query: LedgerQuery): AsyncGenerator<LedgerEntry> {
  let after: { installation: number; sequence: number } | null = null;
  let left = query.most ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const page = await pageOf(db, query, after, Math.min(PAGE, left));
    yield* page;
    left -= page.length;
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return;
    after = last.row;
  }
}

async function pageOf(
  db: Kysely<Tables>,
  { installation, repository, thread, run, kinds, actor, since, newestFirst }: LedgerQuery,
  after: { readonly installation: number; readonly sequence: number } | null,
  most: number,
): Promise<LedgerEntry[]> {
  const direction = newestFirst ? 'desc' : 'asc';
  let select = db
    .selectFrom('ledger')
    .leftJoin('ledger_details as detail', (join) =>
      join
        .onRef('detail.installation', '=', 'ledger.installation')
        .onRef('detail.sequence', '=', 'ledger.sequence'),
    )
    .selectAll('ledger')
    .select(['detail.salt', 'detail.detail'])
    .select(loginOf.as('login'))
    .orderBy('ledger.installation', direction)
    .orderBy('ledger.sequence', direction)
    .limit(most);
  if (installation !== undefined) select = select.where('ledger.installation', '=', installation);
  if (repository !== undefined) select = select.where('ledger.repository', '=', String(repository));
  if (thread !== undefined) select = select.where('ledger.thread', '=', thread);
  if (run !== undefined) select = select.where('ledger.run', '=', run);
  if (kinds !== undefined) select = select.where('ledger.kind', 'in', [...kinds]);
  if (since !== undefined) select = select.where('ledger.at', '>=', since);
  if (actor !== undefined) select = select.where('ledger.actor', 'in', await pseudonymsOf(db, actor));
  if (after !== null) {
    const { installation: chain, sequence } = after;
    select = select.where(
      newestFirst
        ? sql<boolean>`(ledger.installation, ledger.sequence) < (${chain}::integer, ${sequence}::bigint)`
        : sql<boolean>`(ledger.installation, ledger.sequence) > (${chain}::integer, ${sequence}::bigint)`,
    );
  }
  return (await select.execute()).map(({ salt, detail, login, ...row }) => ({
    row: rowOf(row),
    detail: salt === null || detail === null ? null : { salt, text: detail },
    login: login === null ? null : JSON.parse(login).login,
  }));
}

/** The newest that is known of a pseudonym. */
const loginOf = sql<string | null>`(
  select known.detail from ledger_people as person
  join ledger_details as known on known.installation = person.installation and known.sequence = person.sequence
  where person.installation = ledger.installation and person.pseudonym = ledger.actor)`;

async function pseudonymsOf(db: Kysely<Tables>, login: string): Promise<string[]> {
  const people = await db
    .selectFrom('ledger_people as person')
    .innerJoin('ledger_details as known', (join) =>
      join
        .onRef('known.installation', '=', 'person.installation')
        .onRef('known.sequence', '=', 'person.sequence'),
    )
    .select(['person.pseudonym', 'known.detail'])
    .execute();
  const meant = people.filter(({ detail }) => isLogin(JSON.parse(detail).login, login));
  return meant.length === 0 ? ['-'] : meant.map(({ pseudonym }) => pseudonym);
}

const isLogin = (one: string, other: string) => one.toLowerCase() === other.replace(/^@/, '').toLowerCase();

function rowOf(row: Selectable<Tables['ledger']>): LedgerRow {
  const { sequence, repository, detail_digest: detailDigest, kind, ...same } = row;
  return {
    ...same,
    sequence: Number(sequence),
    repository: repository === null ? null : Number(repository),
    detailDigest,
    kind: kind as AuditKind,
  };
}

/** The chains that there are, by their installation. */
export async function chainsIn(db: Kysely<Tables>): Promise<number[]> {
  const { rows } = await sql<{ installation: number }>`
    select installation from ledger_heads union select distinct installation from ledger order by 1`.execute(
    db,
  );
  return rows.map(({ installation }) => installation);
}

/** What checking a chain came to. */
export interface Verified {
  readonly installation: number;
  readonly rows: number;
  readonly head: Anchor;
  readonly flaws: readonly Flaw[];
}

/**
 * Checks the chain of an installation up to where it ends at this moment; rows that come in meanwhile are left for the
 * next time. `anchors`: places that were shown outside.
 */
export async function verifyLedger(
  db: Kysely<Tables>,
  installation: number,
  anchors: readonly Anchor[],
): Promise<Verified> {
  const { head, expired } = await endsOf(db, installation);
  const check = checkChain({ expired, head, anchors });
  let rows = 0;
  for await (const { row, detail } of readLedger(db, { installation })) {
    if (row.sequence > head.sequence && (await endsOf(db, installation)).head.sequence >= row.sequence) break;
    rows += 1;
    check.next(row, detail);
  }
  // What expired while it was read is missing for a reason.
  if ((await endsOf(db, installation)).expired.sequence !== expired.sequence)
    return verifyLedger(db, installation, anchors);
  return { installation, rows, head, flaws: [...check.end(), ...(await wrongPeople(db, installation))] };
}

async function endsOf(db: Kysely<Tables>, installation: number) {
  const row = await db
    .selectFrom('ledger_heads')
    .selectAll()
    .where('installation', '=', installation)
    .executeTakeFirst();
  const anchor = (sequence?: string, hash?: string): Anchor => ({
    sequence: Number(sequence ?? 0),
    hash: hash ?? '0'.repeat(64),
  });
  return { head: anchor(row?.sequence, row?.hash), expired: anchor(row?.expired, row?.expired_hash) };
}

/** A pseudonym must lead to the person that the chain knows by it. */
async function wrongPeople(db: Kysely<Tables>, installation: number): Promise<Flaw[]> {
  const { rows } = await sql<{ account: string; sequence: string; detail: string | null; isKnown: boolean }>`
    select person.account, person.sequence, known.detail,
      exists (select from ledger where ledger.installation = person.installation and ledger.kind = 'person_known'
        and ledger.sequence = person.sequence and ledger.actor = person.pseudonym) as "isKnown"
    from ledger_people as person left join ledger_details as known using (installation, sequence)
    where person.installation = ${installation}`.execute(db);
  return rows
    .filter(({ account, detail, isKnown }) => !isKnown || JSON.parse(detail ?? '{}').id !== Number(account))
    .map(({ sequence }) => ({
      code: 'person_changed' as const,
      sequence: Number(sequence),
      message: `The list of people names somebody whom row ${sequence} does not.`,
    }));
}
