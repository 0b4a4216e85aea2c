import type { Anchor } from '../runs/run-events.ts';
import { GENESIS, hashOf, type LedgerRow } from './chain.ts';

/**
 * The same rows as the next ones of another chain, which ends at `head` (null: it has no rows). Without what stood
 * beside them: their details are not there, and no digest asks for one. What the rows were in their own chain stands in
 * the `anchored` rows among them.
 */
export function rechained(rows: readonly LedgerRow[], head: Anchor | null): LedgerRow[] {
  let last: Anchor = head ?? { sequence: 0, hash: GENESIS };
  return rows.map((row) => {
    const next = { ...row, sequence: last.sequence + 1, detailDigest: null };
    const hash = hashOf(last.hash, next);
    last = { sequence: next.sequence, hash };
    return { ...next, hash };
  });
}
