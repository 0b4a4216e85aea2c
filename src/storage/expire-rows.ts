import { type Kysely, sql } from 'kysely';
import { DEFAULT_DAYS, daysKept, expiredBefore } from './days-kept.ts';
import { appendToLedger } from './ledger.ts';
import type { Tables } from './tables.ts';

/**
 * Lets go of rows at the start of a chain, as far as all are past the days of their repositories, and at most so many.
 * The chain goes on from the last of them, which a new row names. Gives how many went.
 */
export function expireRows(
  db: Kysely<Tables>,
  installation: number,
  now: Date,
  most: number,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const past = await pastRows(tx, installation, now, most);
    const last = past.at(-1);
    if (last === undefined) return 0;
    const through = sql`${last.sequence}::bigint`;
    await sql`delete from ledger_people as person where installation = ${installation} and sequence <= ${through}
      and not exists (select from ledger where ledger.actor = person.pseudonym
        and ledger.installation = person.installation and ledger.sequence > ${through})`.execute(tx);
    await knowAgain(tx, installation, last.sequence, now);
    for (const table of ['ledger_details', 'ledger'])
      await sql`delete from ${sql.table(table)}
        where installation = ${installation} and sequence <= ${through}`.execute(tx);
    await sql`update ledger_heads set expired = ${through}, expired_hash = ${last.hash}
      where installation = ${installation}`.execute(tx);
    const body = { through: Number(last.sequence), hash: last.hash };
    const expired = { kind: 'rows_expired', at: now.toISOString(), actor: null, body, detail: null } as const;
    await appendToLedger(tx, { installation, repository: null, thread: null, run: null }, [expired]);
    return past.length;
  });
}

interface Past {
  readonly sequence: string;
  readonly hash: string;
}

/** Takes the chain's lock where there is something to do: people who act meanwhile must not be taken for gone. */
async function pastRows(
  tx: Kysely<Tables>,
  installation: number,
  now: Date,
  most: number,
): Promise<readonly Past[]> {
  const read = async () => {
    const { rows } = await sql<Past & { isPast: boolean }>`
      select sequence, hash, ledger.at < ${expiredBefore(now, daysOfRow())} as "isPast"
      from ledger left join ledger_repositories as kept using (installation, repository)
      where installation = ${installation} order by sequence limit ${most}`.execute(tx);
    const young = rows.findIndex(({ isPast }) => !isPast);
    return young === -1 ? rows : rows.slice(0, young);
  };
  if ((await read()).length === 0) return [];
  await sql`select from ledger_heads where installation = ${installation} for update`.execute(tx);
  return read();
}

/** A row of no repository, such as who somebody is, is kept for as long as any of the chain's repositories asks. */
const daysOfRow = () =>
  sql<number>`case when repository is not null then ${daysKept('record')}
    else coalesce((select max(retention_days) from ledger_repositories as each
      where each.installation = ledger.installation), ${DEFAULT_DAYS.record}::integer) end`;

/** People who are named by rows that stay, and known by one that goes. */
async function knowAgain(
  tx: Kysely<Tables>,
  installation: number,
  through: string,
  now: Date,
): Promise<void> {
  const { rows } = await sql<{ pseudonym: string; detail: string }>`
    select pseudonym, detail from ledger_people join ledger_details using (installation, sequence)
    where installation = ${installation} and sequence <= ${through}::bigint order by sequence`.execute(tx);
  for (const { pseudonym, detail } of rows)
    await sql`
      with appended as (
        select sequence + 1 as sequence, ledger_row(installation, sequence + 1, hash, ${now.toISOString()}, null, null,
          null, ${pseudonym}, 'person_known', '{}', ${detail}) as hash
        from ledger_heads where installation = ${installation}),
      moved as (
        update ledger_people set sequence = appended.sequence from appended
        where installation = ${installation} and pseudonym = ${pseudonym})
      update ledger_heads set sequence = appended.sequence, hash = appended.hash from appended
      where installation = ${installation}`.execute(tx);
}
