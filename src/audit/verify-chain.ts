import type { Anchor } from '../runs/run-events.ts';
import { digestOf, GENESIS, hashOf, isPlain, type LedgerDetail, type LedgerRow } from './chain.ts';
import { checkingPeople, type KnownPerson } from './check-people.ts';
import { lettingGo, readBody, type Why } from './let-go.ts';

/** What is wrong with a ledger, and at which row it shows first. */
export interface Flaw {
  readonly code:
    | 'changed'
    | 'missing'
    | 'out_of_order'
    | 'cut_off'
    | 'beyond_head'
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
  /** The list of people beside the chain; absent: it is not known, as of a file. */
  readonly people?: readonly KnownPerson[];
}

/** Checks the chain of one installation, row by row, in the order in which they are given. Holds no rows. */
export interface ChainCheck {
  next(row: LedgerRow, detail: LedgerDetail | null): void;
  /** All that is wrong: empty where nothing is. The first flaw is where whoever looks for the cause should begin. */
  end(): readonly Flaw[];
  /** How many details are gone for which reason that the chain tells. To be asked at the end. */
  letGo(): Readonly<Record<Why, number>>;
}

/** More flaws tell nothing new: one changed row unhinges none of the others, since each is checked against the one before. */
const MOST_FLAWS = 100;

/** Begins a check. Pure: the same rows give the same flaws. */
export function checkChain({ expired, head, anchors, people }: Ends): ChainCheck {
  let last: Anchor = expired.sequence === 0 ? { sequence: 0, hash: GENESIS } : expired;
  let toldExpired: Anchor = { sequence: 0, hash: GENESIS };
  const flaws: Flaw[] = [];
  const gone: Pick<LedgerRow, 'sequence' | 'actor' | 'repository' | 'kind'>[] = [];
  const letGo = lettingGo();
  const known = people && checkingPeople(people);

  const flaw = (code: Flaw['code'], sequence: number, message: string) => {
    if (flaws.length < MOST_FLAWS) flaws.push({ code, sequence, message });
  };

  function checkPlace(row: LedgerRow): boolean {
    const { sequence } = row;
    if (sequence <= last.sequence) {
      flaw('out_of_order', sequence, `Row ${sequence} stands behind row ${last.sequence}.`);
      return false;
    }
    if (sequence > last.sequence + 1) {
      const from = last.sequence + 1;
      const rows = from === sequence - 1 ? `Row ${from} is` : `Rows ${from} to ${sequence - 1} are`;
      flaw('missing', from, `${rows} missing.`);
      return false;
    }
    if (isPlain(row) && hashOf(last.hash, row) === row.hash) return true;
    flaw('changed', sequence, `Row ${sequence} is not what was written, or the row before it is not.`);
    return false;
  }

  function checkDetail(
    { sequence, actor, repository, kind, detailDigest }: LedgerRow,
    detail: LedgerDetail | null,
  ) {
    if (detail === null) {
      if (detailDigest !== null) gone.push({ sequence, actor, repository, kind });
    } else if (detailDigest === null)
      flaw('detail_added', sequence, `Row ${sequence} was written without a detail, and has one.`);
    else if (digestOf(detail) !== detailDigest)
      flaw('detail_changed', sequence, `The detail of row ${sequence} is not what was written.`);
  }

  function checkAnchors({ sequence, hash }: Anchor): void {
    if (anchors.some((anchor) => anchor.sequence === sequence && !hash.startsWith(anchor.hash)))
      flaw('another_anchor', sequence, `Row ${sequence} is not the one that was shown outside.`);
  }

  function checkEnd(): void {
    const shown = Math.max(head?.sequence ?? 0, ...anchors.map(({ sequence }) => sequence));
    const from = last.sequence + 1;
    if (shown > last.sequence)
      flaw('cut_off', from, `The chain reached to row ${shown}; rows from ${from} on are gone.`);
    else if (head && head.sequence < last.sequence)
      flaw('beyond_head', head.sequence + 1, `Row ${head.sequence + 1} stands behind the chain’s end.`);
    else if (head && head.hash !== last.hash)
      flaw('cut_off', head.sequence, `The chain’s end says another hash than row ${head.sequence}.`);
  }

  checkAnchors(last);
  return {
    next(row, detail) {
      const stands = checkPlace(row);
      checkDetail(row, detail);
      if (stands) letGo.told(row);
      if (stands && row.kind === 'rows_expired') toldExpired = expiredIn(row);
      known?.told(row, detail);
      last = { sequence: row.sequence, hash: row.hash };
      checkAnchors(last);
    },
    end() {
      checkEnd();
      for (const row of gone)
        if (letGo.why(row) === null)
          flaw(
            'detail_missing',
            row.sequence,
            `The detail of row ${row.sequence} is gone, and no row says why.`,
          );
      for (const sequence of known?.wrong(letGo.isErased) ?? [])
        flaw('person_changed', sequence, `The list of people does not say what row ${sequence} does.`);
      if (toldExpired.sequence !== expired.sequence || toldExpired.hash !== expired.hash)
        flaw('expiry_untold', expired.sequence + 1, untold(expired, toldExpired));
      return flaws.toSorted((a, b) => a.sequence - b.sequence);
    },
    letGo() {
      const counts = { person_erased: 0, prompts_expired: 0, details_expired: 0 };
      for (const row of gone) {
        const why = letGo.why(row);
        if (why !== null) counts[why] += 1;
      }
      return counts;
    },
  };
}

const untold = (expired: Anchor, told: Anchor) =>
  expired.sequence === told.sequence
    ? `The row that expired last has another hash than the chain says.`
    : `Rows up to ${expired.sequence} are gone, and the chain says that those up to ${told.sequence} expired.`;

function expiredIn({ body }: LedgerRow): Anchor {
  const { through, hash } = readBody(body);
  return { sequence: Number(through), hash: String(hash) };
}
