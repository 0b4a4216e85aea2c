import { type Kysely, sql } from 'kysely';
import type { Actor, AuditEvent } from '../audit/audit-event.ts';
import type { RunFact } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import type { LedgerPlace } from './ledger.ts';
import { keepSession } from './sessions.ts';
import type { Tables } from './tables.ts';

/** The attempt at a run that a journal is kept for. */
export interface KeptRun {
  readonly run: RunId;
  readonly attempt: number;
  readonly place: LedgerPlace & { readonly repository: string; readonly thread: number };
  readonly asker: Actor;
}

/** Makes true what follows from a run event, in its transaction. Gives what the ledger is to say, `told` and more. */
type Follows = (
  tx: Kysely<Tables>,
  kept: KeptRun,
  at: string,
  told: readonly AuditEvent[],
) => Promise<readonly AuditEvent[]>;

/** Null: nothing follows. */
export function followsFrom(fact: RunFact): Follows | null {
  switch (fact.kind) {
    case 'command_accepted':
      return async (tx, kept, at, told) => [...told, ...(await workBegins(tx, kept, at, fact))];
    case 'facts_gathered':
      return async (tx, kept, at, told) => [...told, ...(await configKnown(tx, kept, at, fact))];
    case 'approvals_weighed':
      return (tx, { place }, _at, told) => notToldYet(tx, place, told);
    default:
      return null;
  }
}

/** Minutes that a run may take beside its agents' thinking: reading, judging, publishing. */
const BESIDE_THINKING_MINUTES = 15;

/** An accepted command says how long the run may take, and which agent takes part in the thread's session. */
async function workBegins(
  tx: Kysely<Tables>,
  { run, attempt, place }: KeptRun,
  at: string,
  { agent, timeoutMinutes }: Extract<RunFact, { kind: 'command_accepted' }>,
): Promise<readonly AuditEvent[]> {
  const minutes = timeoutMinutes + BESIDE_THINKING_MINUTES;
  await tx
    .updateTable('runs')
    .set({ deadline_at: sql<Date>`now() + ${minutes} * interval '1 minute'` })
    .where('id', '=', run)
    .where('attempt', '=', attempt)
    .execute();
  return keepSession(tx, place, { run, agent, timeoutMinutes, at });
}

/** Which config judges a repository, and for how long its record is kept. */
async function configKnown(
  tx: Kysely<Tables>,
  { place }: KeptRun,
  at: string,
  { configDigest: to, kept }: Extract<RunFact, { kind: 'facts_gathered' }>,
): Promise<readonly AuditEvent[]> {
  const { installation, repository } = place;
  const before = await tx
    .selectFrom('ledger_repositories')
    .select('config')
    .where('installation', '=', installation)
    .where('repository', '=', repository)
    .forUpdate()
    .executeTakeFirst();
  const now = { config: to, retention_days: kept.recordDays, prompt_days: kept.promptDays };
  await tx
    .insertInto('ledger_repositories')
    .values({ installation, repository, ...now })
    .onConflict((conflict) => conflict.columns(['installation', 'repository']).doUpdateSet(now))
    .execute();
  if (before === undefined || before.config === to) return [];
  return [{ kind: 'config_changed', at, actor: null, body: { from: before.config, to }, detail: null }];
}

/** Each weighing looks at all that people said; the ledger tells of a word when it is new, or counts otherwise than before. */
async function notToldYet(
  tx: Kysely<Tables>,
  { repository, thread }: KeptRun['place'],
  told: readonly AuditEvent[],
): Promise<readonly AuditEvent[]> {
  const rows = await tx
    .selectFrom('ledger')
    .select(['kind', 'body'])
    .where('repository', '=', repository)
    .where('thread', '=', thread)
    .where('kind', 'in', ['approval_given', 'approval_denied', 'approval_voided'])
    .orderBy('sequence')
    .execute();
  const last = new Map(rows.map(({ kind, body }) => asSaid(kind, JSON.parse(body))));
  return told.filter(({ kind, body }) => {
    if (!('word' in body)) return true;
    const [word, how] = asSaid(kind, body as Said);
    return last.get(word) !== how;
  });
}

interface Said {
  readonly word: string;
  readonly digest: string | null;
  readonly code?: string;
}

/** A word, and how it was taken. */
const asSaid = (kind: string, { word, digest, code }: Said) =>
  [word, `${kind} ${digest} ${code ?? ''}`] as const;
