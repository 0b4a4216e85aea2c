import { type Kysely, sql } from 'kysely';
import { GENESIS } from '../audit/chain.ts';
import type { KnownPerson } from '../audit/check-people.ts';
import { LETTING_GO, type Why } from '../audit/let-go.ts';
import { checkChain, type Flaw } from '../audit/verify-chain.ts';
import type { Anchor } from '../runs/run-events.ts';
import { readChain } from './read-ledger.ts';
import type { Tables } from './tables.ts';

/** What checking a chain came to. */
export interface Verified {
  readonly installation: number;
  readonly rows: number;
  /** Where the chain ends; null: of a file, which does not tell. */
  readonly head: Anchor | null;
  /** The last row that has expired; `sequence` 0: none has. */
  readonly expired: Anchor;
  /** Details that were let go, by the reason that the chain tells. */
  readonly letGo: Readonly<Record<Why, number>>;
  readonly flaws: readonly Flaw[];
}

/** The chains that there are, by their installation. */
async function chainsIn(db: Kysely<Tables>): Promise<number[]> {
  const { rows } = await sql<{ installation: number }>`
    select installation from ledger_heads union select distinct installation from ledger order by 1`.execute(
    db,
  );
  return rows.map(({ installation }) => installation);
}

/**
 * Checks one chain, or all that there are. `whose_anchors`: places that were shown outside are of one chain, and there
 * are several.
 */
export async function verifyLedgers(
  db: Kysely<Tables>,
  installation: number | null,
  anchors: readonly Anchor[],
): Promise<readonly Verified[] | 'whose_anchors'> {
  const chains = installation === null ? await chainsIn(db) : [installation];
  if (anchors.length > 0 && chains.length > 1) return 'whose_anchors';
  // A chain that was shown outside and is not there was cut off as a whole.
  if (anchors.length > 0 && chains.length === 0) chains.push(0);
  const verified: Verified[] = [];
  for (const chain of chains) verified.push(await verifyLedger(db, chain, anchors));
  return verified;
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
  const { head, expired, people } = await endsOf(db, installation);
  const check = checkChain({ expired, head, anchors, people });
  let rows = 0;
  for await (const { row, detail } of readChain(db, installation)) {
    if (row.sequence > head.sequence && (await endsOf(db, installation)).head.sequence >= row.sequence) break;
    rows += 1;
    check.next(row, detail);
  }
  const flaws = check.end();
  // What was let go while it was read is missing for a reason that stands behind what was read.
  if (flaws.length > 0 && (await letGoSince(db, installation, head.sequence)))
    return verifyLedger(db, installation, anchors);
  return { installation, rows, head, expired, letGo: check.letGo(), flaws };
}

interface Heads {
  readonly sequence: string | null;
  readonly hash: string | null;
  readonly expired: string | null;
  readonly expired_hash: string | null;
  readonly people: readonly KnownPerson[];
}

/** One statement, so that the list of people is that of the chain's end. */
async function endsOf(db: Kysely<Tables>, installation: number) {
  const { rows } = await sql<Heads>`
    select head.sequence, head.hash, head.expired, head.expired_hash, coalesce((
      select json_agg(json_build_object('account', account, 'pseudonym', pseudonym, 'sequence', sequence))
      from ledger_people where installation = ${installation}), '[]') as people
    from (select 1) as always left join ledger_heads as head on head.installation = ${installation}`.execute(
    db,
  );
  const [row] = rows;
  const anchor = (sequence?: string | null, hash?: string | null): Anchor => ({
    sequence: Number(sequence ?? 0),
    hash: hash ?? GENESIS,
  });
  return {
    head: anchor(row?.sequence, row?.hash),
    expired: anchor(row?.expired, row?.expired_hash),
    people: row?.people ?? [],
  };
}

/** Whether the chain went on since, and says by now that something was let go. */
async function letGoSince(db: Kysely<Tables>, installation: number, sequence: number): Promise<boolean> {
  const { head } = await endsOf(db, installation);
  const rows = await db
    .selectFrom('ledger')
    .select('sequence')
    .where('installation', '=', installation)
    .where('sequence', '>', String(sequence))
    .where('sequence', '<=', String(head.sequence))
    .where('kind', 'in', LETTING_GO)
    .limit(1)
    .execute();
  return rows.length > 0;
}
