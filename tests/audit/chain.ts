import type { AuditKind } from '../../src/audit/audit-event.ts';
import { digestOf, GENESIS, hashOf, type LedgerDetail, type LedgerRow } from '../../src/audit/chain.ts';
import type { KnownPerson } from '../../src/audit/check-people.ts';
import { checkChain, type Flaw } from '../../src/audit/verify-chain.ts';
import type { Anchor } from '../../src/runs/run-events.ts';

/** A ledger as it stands in a database, for tests that break it. */
export interface Kept {
  rows: LedgerRow[];
  details: Map<number, LedgerDetail>;
  people: KnownPerson[];
  head: Anchor;
  expired: Anchor;
}

type Written = Pick<LedgerRow, 'kind' | 'actor' | 'repository'> & {
  readonly body: unknown;
  readonly detail: unknown;
};

/** A ledger of so many rows by three people in two repositories, with what runs write. */
export function ledgerOf(count: number): Kept {
  const kept: Kept = {
    rows: [],
    details: new Map(),
    people: [],
    head: { sequence: 0, hash: GENESIS },
    expired: { sequence: 0, hash: GENESIS },
  };
  for (let number = 1; kept.rows.length < count; number++) {
    const account = 1 + (number % 3);
    const actor = `person${account}`;
    if (!kept.people.some((person) => person.account === account)) {
      const sequence = append(kept, {
        kind: 'person_known',
        actor,
        repository: null,
        body: {},
        detail: { id: account, login: `login${account}` },
      });
      kept.people.push({ account, pseudonym: actor, sequence });
    }
    const kind = KINDS[number % KINDS.length] ?? 'asked';
    const detail = kind === 'money_counted' ? null : { text: `words ${number}` };
    const isTheirs = number % 2 === 0;
    append(kept, {
      kind,
      actor: isTheirs ? actor : null,
      repository: 1 + (number % 2),
      body: { attempt: 1, event: number },
      detail,
    });
  }
  return kept;
}

const KINDS: readonly AuditKind[] = ['asked', 'tool_used', 'money_counted', 'run_ended'];

/** Appends as the database does, and gives the row's number. */
export function append(kept: Kept, { kind, actor, repository, body, detail }: Written): number {
  const sequence = kept.head.sequence + 1;
  const beside = detail === null ? null : { salt: `salt${sequence}`, text: JSON.stringify(detail) };
  const row = {
    installation: 5,
    sequence,
    at: new Date(Date.UTC(2026, 0, 1) + sequence * 1_000).toISOString(),
    repository,
    thread: repository === null ? null : 7,
    run: repository === null ? null : `r${sequence % 10}`,
    actor,
    kind,
    detailDigest: beside && digestOf(beside),
    body: JSON.stringify(body),
  };
  const hash = hashOf(kept.head.hash, row);
  kept.rows.push({ ...row, hash });
  if (beside) kept.details.set(sequence, beside);
  kept.head = { sequence, hash };
  return sequence;
}

/** All that is wrong with it. */
export function flawsOf(
  { rows, details, people, head, expired }: Kept,
  anchors: readonly Anchor[] = [],
): readonly Flaw[] {
  const check = checkChain({ expired, head, anchors, people });
  for (const row of rows) check.next(row, details.get(row.sequence) ?? null);
  return check.end();
}
