import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { AuditEvent } from '../audit/audit-event.ts';
import type { Anchor } from '../runs/run-events.ts';
import type { Tables } from './tables.ts';

/** Where in the ledger an event belongs: the chain of an installation, and what it is about. */
export interface LedgerPlace {
  readonly installation: number;
  readonly repository: string | null;
  readonly thread: number | null;
  readonly run: string | null;
}

/**
 * The expression that appends events, for the statement or transaction that makes true what they tell. It takes the
 * chain's lock: it is the last thing that a transaction does.
 */
export function appended(place: LedgerPlace, events: readonly AuditEvent[]): RawBuilder<string> {
  const { installation, repository, thread, run } = place;
  const list = <T>(of: (event: AuditEvent) => T) => events.map(of);
  return sql<string>`ledger_append(${installation}::integer, ${repository}::bigint, ${thread}::integer, ${run}::text,
    ${list(({ kind }) => kind)}::text[], ${list(({ at }) => at)}::text[],
    ${list(({ actor }) => actor?.id ?? null)}::bigint[], ${list(({ actor }) => actor && personText(actor))}::text[],
    ${list(({ body }) => JSON.stringify(body))}::text[],
    ${list(({ detail }) => detail && JSON.stringify(detail))}::text[])`;
}

/** Appends events in a transaction, or for themselves. */
export async function appendToLedger(
  db: Kysely<Tables>,
  place: LedgerPlace,
  events: readonly AuditEvent[],
): Promise<void> {
  if (events.length > 0) await sql`select ${appended(place, events)}`.execute(db);
}

/** The last row of an installation's chain; null: it has none. */
export async function ledgerHead(db: Kysely<Tables>, installation: number): Promise<Anchor | null> {
  const head = await db
    .selectFrom('ledger_heads')
    .select(['sequence', 'hash'])
    .where('installation', '=', installation)
    .executeTakeFirst();
  return head ? { sequence: Number(head.sequence), hash: head.hash } : null;
}

const personText = ({ id, login }: { readonly id: number; readonly login: string }) =>
  JSON.stringify({ id, login });
