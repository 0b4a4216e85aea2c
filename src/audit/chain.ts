import { createHash } from 'node:crypto';
import type { AuditKind } from './audit-event.ts';

/** A row of the ledger. Its hash covers all of it, and the hash of the row before. */
export interface LedgerRow {
  readonly installation: number;
  /** Counts from 1 without gaps, for each installation. */
  readonly sequence: number;
  /** ISO 8601 in UTC, by the clock of whoever saw it happen. */
  readonly at: string;
  readonly repository: number | null;
  readonly thread: number | null;
  readonly run: string | null;
  /** A pseudonym: who that is stands in the detail of its `person_known` row, while that is kept. */
  readonly actor: string | null;
  readonly kind: AuditKind;
  /** Digest of the detail that was written with the row; null: there was none. */
  readonly detailDigest: string | null;
  /** JSON, byte for byte as it was hashed. */
  readonly body: string;
  readonly hash: string;
}

/** What stands beside a row, and can be forgotten. The salt keeps the digest, which stays, from telling what it was. */
export interface LedgerDetail {
  readonly salt: string;
  /** JSON. */
  readonly text: string;
}

/** A row with what is kept beside it. */
export interface LedgerEntry {
  readonly row: LedgerRow;
  /** Null: there was none, or it was forgotten. */
  readonly detail: LedgerDetail | null;
  /** The actor's login, the newest that is known; null: nobody's doing, or forgotten. */
  readonly login: string | null;
}

/** The hash that the first row of every chain goes on from. */
export const GENESIS = '0'.repeat(64);

/**
 * The hash of a row that follows one with the hash `before`, in hex. What is hashed is a text of eleven lines, so that
 * anybody can check it with a few lines of any language; `-` stands for null. No field can hold a line break: they are
 * numbers, names of our own and JSON. The database computes the same, in storage/ledger-schema.ts.
 */
export function hashOf(before: string, row: Omit<LedgerRow, 'hash'>): string {
  const { installation, sequence, at, repository, thread, run, actor, kind, detailDigest, body } = row;
  const fields = [
    before,
    installation,
    sequence,
    at,
    repository,
    thread,
    run,
    actor,
    kind,
    detailDigest,
    body,
  ];
  return sha256(fields.map((field) => field ?? '-').join('\n'));
}

/** Whether no other row could have the same hash: `-` stands for null, and half a character for another. */
export const isPlain = ({ at, run, actor, kind, detailDigest, body }: LedgerRow) =>
  [at, run, actor, kind, detailDigest, body].every(
    (field) => field === null || (field !== '-' && field.isWellFormed()),
  );

/** What of a detail stands on the chain. */
export const digestOf = ({ salt, text }: LedgerDetail) => sha256(`${salt}\n${text}`);

const sha256 = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
