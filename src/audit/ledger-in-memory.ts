import { randomUUID } from 'node:crypto';
import type { Anchor } from '../runs/run-events.ts';
import type { Actor, AuditEvent } from './audit-event.ts';
import { digestOf, GENESIS, hashOf, type LedgerDetail, type LedgerRow } from './chain.ts';

/** A row with what stands beside it: one line of a ledger's file. */
export interface FiledRow {
  readonly row: LedgerRow;
  readonly detail: LedgerDetail | null;
}

/** What rows are about. */
export interface FiledUnder {
  readonly repository: number;
  readonly thread: number | null;
  readonly run: string | null;
}

/** One chain, for as long as a process lives. */
export interface LedgerInMemory {
  /** Appends events in order, and gives the rows that they became. */
  append(about: FiledUnder, events: readonly AuditEvent[]): readonly FiledRow[];
  /** The last row; null: there is none. */
  head(): Anchor | null;
  rows(): readonly FiledRow[];
}

/** The chain of whoever is no installation of an App: a job of the Action. */
const NO_INSTALLATION = 0;

/**
 * The ledger where there is no database. The rows are those that the database would write (storage/ledger-schema.ts):
 * bodies on the chain, details beside it under a salt of their own, and a pseudonym for each person, made by chance.
 * `masked` takes secrets out before anything is hashed, so that the file of a ledger can be handed to others whole.
 */
export function ledgerInMemory(masked: <T>(data: T) => T): LedgerInMemory {
  const rows: FiledRow[] = [];
  const people = new Map<number, { readonly pseudonym: string; readonly known: string }>();

  function write(
    row: Omit<LedgerRow, 'installation' | 'sequence' | 'detailDigest' | 'hash'>,
    text: string | null,
  ) {
    const last = rows.at(-1)?.row;
    const detail = text === null ? null : { salt: byChance(), text };
    const next = {
      ...row,
      installation: NO_INSTALLATION,
      sequence: (last?.sequence ?? 0) + 1,
      detailDigest: detail && digestOf(detail),
    };
    rows.push({ row: { ...next, hash: hashOf(last?.hash ?? GENESIS, next) }, detail });
  }

  /** Whoever is new here, or is called otherwise than before, is named beside a row of their own first. */
  function pseudonymOf({ id, login }: Actor, at: string): string {
    const known = jsonOf({ id, login });
    const person = people.get(id);
    if (person?.known === known) return person.pseudonym;
    const actor = person?.pseudonym ?? byChance();
    people.set(id, { pseudonym: actor, known });
    write({ at, repository: null, thread: null, run: null, actor, kind: 'person_known', body: '{}' }, known);
    return actor;
  }

  const jsonOf = (data: object) => JSON.stringify(masked(data));

  return {
    append(about, events) {
      const before = rows.length;
      for (const { kind, at, actor, body, detail } of events) {
        const pseudonym = actor && pseudonymOf(actor, at);
        write({ at, ...about, actor: pseudonym, kind, body: jsonOf(body) }, detail && jsonOf(detail));
      }
      return rows.slice(before);
    },
    head() {
      const last = rows.at(-1)?.row;
      return last ? { sequence: last.sequence, hash: last.hash } : null;
    },
    rows: () => rows,
  };
}

/** 122 bits that nobody can guess, in hex. */
const byChance = () => randomUUID().replaceAll('-', '');
