import type { Green, PullState } from './aftermath.ts';
import { PEOPLE } from './ground.ts';
import type { Ledger, Opinion } from './ledger.ts';

/** Who owns every file, as the repositories' CODEOWNERS says. */
const OWNERS = ['grace', 'linus'];
const mayWrite = (by: string) => by in PEOPLE && PEOPLE[by as keyof typeof PEOPLE] !== 'read';

/** What stands somewhere: what an approval would be about, and where else it would count. */
type Standing = Pick<PullState, 'about' | 'sharedWith'> & { readonly number: number | null };

/**
 * Why what stands is not approved; null: it is. One who may said yes to exactly this once it stood there, and has not
 * taken it back; nobody who may write said no to it since; and no other pull request would pass by it.
 */
export function whyNotApproved({ about, sharedWith, number }: Standing, ledger: Ledger): string | null {
  const last = lastWords(ledger.opinions.filter(({ state, withdrawn }) => state === about && !withdrawn));
  const makers = (number !== null && ledger.makers.get(number)) || new Set(['ada']);
  const no = last.find(({ by, says }) => says === 'no' && mayWrite(by));
  if (no) return `${no.by} said no`;
  if (sharedWith.length > 0) return `#${sharedWith.join(', #')} has the same head`;
  const yes = last.find(({ by, says }) => says === 'yes' && OWNERS.includes(by) && !makers.has(by));
  return yes ? null : 'nobody who may said yes to it';
}

export const standsApproved = (pull: PullState, ledger: Ledger) => whyNotApproved(pull, ledger) === null;

/** Each person's last. */
const lastWords = (opinions: readonly Opinion[]) => [
  ...new Map(opinions.map((opinion) => [opinion.by, opinion])).values(),
];

/** The same of a commit, whichever pull requests it is the head of. */
export function whyNotGreen({ about }: Green, pulls: readonly PullState[], ledger: Ledger): string | null {
  const [pull] = pulls.filter((each) => each.about === about && each.state === 'open');
  return whyNotApproved(pull ?? { about, sharedWith: [], number: null }, ledger);
}

/** Yeses of this act that count by every rule above, and have not made the check pass. */
export function unheard(pulls: readonly PullState[], ledger: Ledger): string[] {
  const fresh = ledger.opinions.slice(ledger.heard).filter(({ says }) => says === 'yes');
  return pulls
    .filter((pull) => pull.state === 'open' && pull.check !== 'success')
    .filter(({ about }) => fresh.some(({ state }) => state === about))
    .filter((pull) => standsApproved(pull, ledger))
    .map(({ number, check }) => `#${number} is approved, and its check says ${check}`);
}
