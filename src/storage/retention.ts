import { type Kysely, sql } from 'kysely';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { RunId } from '../runs/run-id.ts';
import { daysKept, expiredBefore, shortestKept } from './days-kept.ts';
import { expireRows } from './expire-rows.ts';
import { forgetRuns } from './forget-runs.ts';
import { appendToLedger } from './ledger.ts';
import type { Tables } from './tables.ts';

/** Rows, details or runs of one kind that go in one transaction: others wait for the chain's lock meanwhile. */
const MOST = 1_000;
/** GitHub sends a delivery again within three days of the first; until then the run must be known. */
const REPLAYED_DAYS = 7;

/**
 * Lets go of what is older than each repository's config says: what was asked after `audit.prompt_days`, the rest of its
 * record after `audit.retention_days`. Every chain says what went. Does a bounded part of it: `more` says that there is
 * more to do. May be interrupted at any time.
 */
export async function applyRetention(db: Kysely<Tables>, now: Date): Promise<{ readonly more: boolean }> {
  const { rows } = await sql<{ installation: number }>`
    select installation from ledger_heads union select installation from runs`.execute(db);
  let more = false;
  for (const { installation } of rows) {
    const gone = [
      await expireDetails(db, installation, now, 'prompts_expired'),
      await expireDetails(db, installation, now, 'details_expired'),
      await forgetPrompts(db, installation, now),
      await forgetRecords(db, installation, now),
      await expireRows(db, installation, now, MOST),
    ];
    if (gone.some((count) => count >= MOST)) more = true;
  }
  return { more };
}

function expireDetails(
  db: Kysely<Tables>,
  installation: number,
  now: Date,
  kind: 'prompts_expired' | 'details_expired',
): Promise<number> {
  const isPrompts = kind === 'prompts_expired';
  const what = isPrompts ? 'prompts' : 'record';
  const ofKind = isPrompts ? sql`ledger.kind = 'asked'` : sql`true`;
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ repository: string; before: string }>`
      select repository, max(sequence) + 1 as before from (
        select ledger.repository, ledger.sequence from ledger
        join ledger_details as detail using (installation, sequence)
        left join ledger_repositories as kept using (installation, repository)
        where ledger.installation = ${installation} and ledger.repository is not null
          and ledger.at < ${expiredBefore(now, shortestKept(what, installation))}
          and ledger.at < ${expiredBefore(now, daysKept(what))} and ${ofKind}
        order by ledger.at limit ${MOST}) as expired
      group by repository order by repository`.execute(tx);
    let count = 0;
    for (const { repository, before } of rows) {
      const { numAffectedRows } = await sql`
        delete from ledger_details as detail using ledger
        where ledger.installation = ${installation} and ledger.repository = ${repository} and ledger.sequence < ${before}
          and ${ofKind} and detail.installation = ledger.installation
          and detail.sequence = ledger.sequence`.execute(tx);
      count += Number(numAffectedRows ?? 0);
    }
    for (const { repository, before } of rows) {
      const place = { installation, repository, thread: null, run: null };
      await appendToLedger(tx, place, [told(kind, { before: Number(before) }, now)]);
    }
    return count;
  });
}

const told = (kind: 'prompts_expired' | 'details_expired', body: { before: number }, now: Date) =>
  ({ kind, at: now.toISOString(), actor: null, body, detail: null }) satisfies AuditEvent;

/** What runs were asked, and what they said on the way. */
function forgetPrompts(db: Kysely<Tables>, installation: number, now: Date): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: RunId }>`
      select runs.id from runs left join ledger_repositories as kept using (installation, repository)
      where installation = ${installation} and state = 'ended' and request is not null
        and ended_at < ${now.toISOString()}::timestamptz - ${daysKept('prompts')} * interval '1 day'
      limit ${MOST} for update of runs skip locked`.execute(tx);
    await forgetRuns(
      tx,
      rows.map(({ id }) => id),
    );
    return rows.length;
  });
}

/** That there were runs, whose they were and what they cost. */
function forgetRecords(db: Kysely<Tables>, installation: number, now: Date): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const days = sql`greatest(${daysKept('record')}, ${REPLAYED_DAYS}::integer)`;
    const { rows } = await sql<{ id: RunId }>`
      select runs.id from runs left join ledger_repositories as kept using (installation, repository)
      where installation = ${installation} and state in ('ended', 'ignored')
        and coalesce(ended_at, received_at) < ${now.toISOString()}::timestamptz - ${days} * interval '1 day'
        and not exists (select from sessions where last_run = runs.id and archived_at is null)
      limit ${MOST} for update of runs skip locked`.execute(tx);
    const ids = rows.map(({ id }) => id);
    await forgetRuns(tx, ids);
    for (const [table, column] of [
      ['spending', 'run'],
      ['sessions', 'last_run'],
      ['runs', 'id'],
    ] as const)
      await sql`delete from ${sql.table(table)} where ${sql.ref(column)} = any(${ids}::text[])`.execute(tx);
    return rows.length;
  });
}
