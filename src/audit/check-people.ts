import type { LedgerDetail, LedgerRow } from './chain.ts';
import { readBody } from './let-go.ts';

/** Whom the database takes somebody for, beside the chain; the row is the one that says who that is. */
export interface KnownPerson {
  readonly account: number;
  readonly pseudonym: string;
  readonly sequence: number;
}

/** Holds the list of people to the chain: each pseudonym must lead to the person that the chain knows by it. */
export function checkingPeople(people: readonly KnownPerson[]) {
  const onChain = new Map<string, { readonly sequence: number; readonly account: unknown }>();
  return {
    told({ kind, actor, sequence }: LedgerRow, detail: LedgerDetail | null): void {
      if (kind === 'person_known' && actor !== null)
        onChain.set(actor, { sequence, account: readBody(detail?.text ?? '').id });
    },
    /** The rows at which the list is wrong. */
    wrong(isErased: (pseudonym: string) => boolean): readonly number[] {
      const listed = new Set(people.map(({ pseudonym }) => pseudonym));
      const missing = [...onChain].filter(([pseudonym]) => !listed.has(pseudonym) && !isErased(pseudonym));
      const changed = people.filter(({ pseudonym, sequence, account }) => {
        const told = onChain.get(pseudonym);
        return told?.sequence !== sequence || told.account !== account;
      });
      return [
        ...missing.map(([, { sequence }]) => sequence),
        ...changed.map(({ pseudonym, sequence }) => onChain.get(pseudonym)?.sequence ?? sequence),
      ];
    },
  };
}
