import type { AuditKind } from './audit-event.ts';
import type { LedgerRow } from './chain.ts';
import { readRanges } from './row-ranges.ts';

/** Kinds of rows that say that something was let go on purpose. They are on the chain: nobody can slip one in. */
export const LETTING_GO = [
  'person_erased',
  'prompts_expired',
  'details_expired',
  'rows_expired',
] as const satisfies readonly AuditKind[];

/** Why a detail is not there any more. */
export type Why = Exclude<(typeof LETTING_GO)[number], 'rows_expired'>;

type Gone = Pick<LedgerRow, 'sequence' | 'actor' | 'repository' | 'kind'>;

/** Gathers, row by row, which details were let go on purpose. */
export interface LettingGo {
  /** Takes in a row that stands on the chain. */
  told(row: LedgerRow): void;
  isErased(pseudonym: string): boolean;
  /** Null: no row says why. To be asked when all rows were told: the reason stands behind what it explains. */
  why(gone: Gone): Why | null;
}

export function lettingGo(): LettingGo {
  const actors = new Set<unknown>();
  const named: ((sequence: number) => boolean)[] = [];
  const before = {
    prompts_expired: new Map<number | null, number>(),
    details_expired: new Map<number | null, number>(),
  };
  const isBefore = (why: keyof typeof before, { sequence, repository }: Gone) =>
    sequence < (before[why].get(repository) ?? 0);
  return {
    told({ kind, repository, sequence, body }) {
      if (kind === 'person_erased') {
        const { actors: pseudonyms, rows } = readBody(body);
        if (Array.isArray(pseudonyms)) for (const pseudonym of pseudonyms) actors.add(pseudonym);
        if (typeof rows === 'string') named.push(readRanges(rows));
      } else if (kind === 'prompts_expired' || kind === 'details_expired') {
        // No row can tell of what comes behind it.
        const told = Math.min(Number(readBody(body).before), sequence);
        if (told > (before[kind].get(repository) ?? 0)) before[kind].set(repository, told);
      }
    },
    isErased: (pseudonym) => actors.has(pseudonym),
    why(gone) {
      const { actor, kind, sequence } = gone;
      if (actor !== null && actors.has(actor)) return 'person_erased';
      if (isBefore('details_expired', gone)) return 'details_expired';
      if (kind === 'asked' && isBefore('prompts_expired', gone)) return 'prompts_expired';
      return named.some((isNamed) => isNamed(sequence)) ? 'person_erased' : null;
    },
  };
}

/** A row's body. Total: whoever writes a chain anew can write anything into it. */
export function readBody(body: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
