import type { Anchor } from '../runs/run-events.ts';
import { digestOf, GENESIS, hashOf, type LedgerDetail, type LedgerRow } from './chain.ts';
import { readRanges } from './row-ranges.ts';

/** What is wrong with a ledger, and at which row it shows first. */
export interface Flaw {
  readonly code:
    | 'changed'
    | 'missing'
    | 'out_of_order'
    | 'cut_off'
    | 'another_anchor'
    | 'detail_changed'
    | 'detail_missing'
    | 'detail_added'
    | 'person_changed'
    | 'expiry_untold';
  readonly sequence: number;
  /** A sentence. */
  readonly message: string;
}

/** What a chain is checked against. */
export interface Ends {
  /** The last row that has expired, and its hash; `sequence` 0: none has. */
  readonly expired: Anchor;
  /** Where the database says that the chain ends; null: that is not known, as of a file. */
  readonly head: Anchor | null;
  /** Places that were shown outside, such as on check runs; of a hash, its beginning is enough. */
  readonly anchors: readonly Anchor[];
}

/** Checks the chain of one installation, row by row, in the order in which they are given. Holds no rows. */
export interface ChainCheck {
  next(row: LedgerRow, detail: LedgerDetail | null): void;
  /** All that is wrong: empty where nothing is. The first flaw is where whoever looks for the cause should begin. */
  end(): readonly Flaw[];
}

/** More flaws tell nothing new: one changed row unhinges none of the others, since each is checked against the one before. */
const MOST_FLAWS = 100;

/** Begins a check. Pure: the same rows give the same flaws. */
export function checkChain({ expired, head, anchors }: Ends): ChainCheck {
  let last: Anchor = expired.sequence === 0 ? { sequence: 0, hash: GENESIS } : expired;
  const flaws: Flaw[] = [];
  const shown = new Map(anchors.map((anchor) => [anchor.sequence, anchor.hash]));
  const gone: Gone[] = [];
  const letGo = lettingGo();
  let toldExpired: Anchor = { sequence: 0, hash: GENESIS };

  const flaw = (code: Flaw['code'], sequence: number, message: string) => {
    if (flaws.length < MOST_FLAWS) flaws.push({ code, sequence, message });
  };

  function checkDetail(row: LedgerRow, detail: LedgerDetail | null): void {
    const { sequence, detailDigest } = row;
    if (detail === null) {
      if (detailDigest !== null) gone.push(row);
    } else if (detailDigest === null) {
      flaw('detail_added', sequence, `Row ${sequence} was written without a detail, and has one.`);
    } else if (digestOf(detail) !== detailDigest) {
      flaw('detail_changed', sequence, `The detail of row ${sequence} is not what was written.`);
    }
  }

  function checkPlace(row: LedgerRow): boolean {
    const { sequence } = row;
    if (sequence <= last.sequence) {
      flaw('out_of_order', sequence, `Row ${sequence} stands behind row ${last.sequence}.`);
      return false;
    }
    if (sequence > last.sequence + 1) {
      const from = last.sequence + 1;
      flaw('missing', from, `Rows ${from} to ${sequence - 1} are missing.`);
      return false;
    }
    if (hashOf(last.hash, row) === row.hash) return true;
    flaw('changed', sequence, `Row ${sequence} is not what was written, or the row before it is not.`);
    return false;
  }

  return {
    next(row, detail) {
      const stands = checkPlace(row);
      checkDetail(row, detail);
      if (stands) letGo.told(row);
      if (stands && row.kind === 'rows_expired') toldExpired = expiredIn(row);
      const anchor = shown.get(row.sequence);
      if (anchor !== undefined && !row.hash.startsWith(anchor))
        flaw('another_anchor', row.sequence, `Row ${row.sequence} is not the one that was shown outside.`);
      last = { sequence: row.sequence, hash: row.hash };
    },
    end() {
      for (const row of gone)
        if (!letGo.covers(row))
          flaw(
            'detail_missing',
            row.sequence,
            `The detail of row ${row.sequence} is gone, and no row says why.`,
          );
      const end = Math.max(head?.sequence ?? 0, ...shown.keys());
      if (end > last.sequence)
        flaw(
          'cut_off',
          last.sequence + 1,
          `The chain ended at row ${end}; rows from ${last.sequence + 1} on are gone.`,
        );
      else if (head && (head.sequence !== last.sequence || head.hash !== last.hash))
        flaw(
          'cut_off',
          head.sequence,
          `The chain’s head says row ${head.sequence}, and it ends at ${last.sequence}.`,
        );
      if (toldExpired.sequence !== expired.sequence || toldExpired.hash !== expired.hash)
        flaw(
          'expiry_untold',
          expired.sequence,
          `Rows up to ${expired.sequence} are gone, and no row says that they expired.`,
        );
      return flaws.toSorted((a, b) => a.sequence - b.sequence);
    },
  };
}

function expiredIn({ body }: LedgerRow): Anchor {
  const { through, hash } = JSON.parse(body);
  return { sequence: through, hash };
}

type Gone = Pick<LedgerRow, 'sequence' | 'actor' | 'repository' | 'kind'>;

/** Which details rows say were let go on purpose. Those rows are on the chain: nobody can slip one in. */
function lettingGo() {
  const actors = new Set<string>();
  const named: ((sequence: number) => boolean)[] = [];
  const before = {
    prompts_expired: new Map<number | null, number>(),
    details_expired: new Map<number | null, number>(),
  };
  return {
    told({ kind, repository, sequence, body }: LedgerRow): void {
      if (kind === 'person_erased') {
        const erased = JSON.parse(body);
        for (const actor of erased.actors) actors.add(actor);
        named.push(readRanges(erased.rows));
      } else if (kind === 'prompts_expired' || kind === 'details_expired') {
        // No row can tell of what comes behind it.
        before[kind].set(repository, Math.min(JSON.parse(body).before, sequence));
      }
    },
    covers({ sequence, actor, repository, kind }: Gone): boolean {
      if (actor !== null && actors.has(actor)) return true;
      if (sequence < (before.details_expired.get(repository) ?? 0)) return true;
      if (kind === 'asked' && sequence < (before.prompts_expired.get(repository) ?? 0)) return true;
      return named.some((isNamed) => isNamed(sequence));
    },
  };
}
