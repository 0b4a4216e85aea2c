import { parseCommand } from '../../commands/parse-command.ts';
import type { Word } from '../../policy/standing.ts';
import type { ApprovalGround, SaidWord } from '../approval-ports.ts';
import { pressedIn } from '../pressed-mark.ts';

/** A word before it is known what its person may do here. */
export type RawWord = Omit<Word, 'permission' | 'teams'>;

/** As many hex digits of a digest name it: what people copy, and nobody can make two changes of. */
const NAMED = /^(?:sha256:)?([0-9a-f]{12,64})(?![0-9a-fA-F])/;

/**
 * Every yes and no that stands in a pull request, oldest first: `approve DIGEST` and `deny` in comments, reviews that
 * approve or ask for changes, and buttons that were pressed, which Conductor wrote down. A review, and a no that names no
 * digest, are about what Conductor had asked for on that commit when they were said.
 */
export function readWords(ground: ApprovalGround, digest: string): RawWord[] {
  return ground.said
    .flatMap((said) =>
      said.own
        ? pressed(said)
        : said.kind === 'review'
          ? review(said, ground)
          : comment(said, ground, digest),
    )
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function comment(said: SaidWord, ground: ApprovalGround, digest: string): RawWord[] {
  const parsed = said.author ? parseCommand(said.body, ground) : null;
  const verb = parsed?.command?.verb;
  if (!said.author || !parsed?.command || (verb !== 'approve' && verb !== 'deny')) return [];
  const named = digestIn(parsed.command.text, digest);
  const meant = named ?? (verb === 'deny' ? askedUntil(ground, said.at) : null);
  const { at, url, author: person, edited } = said;
  return [{ says: verb, person, at, url, digest: meant, withdrawn: edited ? 'edited' : null }];
}

/** The digest that a text starts with, in full where it is the one that stands; null: it starts with none. */
export function digestIn(text: string, current: string): string | null {
  const hex = NAMED.exec(text.trim())?.[1];
  if (hex === undefined) return null;
  return current.startsWith(`sha256:${hex}`) ? current : `sha256:${hex}`;
}

/** What follows the digest, if there is one: why somebody says no. */
export const withoutDigest = (text: string) => text.trim().replace(NAMED, '').trim();

const STATES: Readonly<Record<string, Pick<Word, 'says' | 'withdrawn'>>> = {
  APPROVED: { says: 'approve', withdrawn: null },
  CHANGES_REQUESTED: { says: 'deny', withdrawn: null },
  DISMISSED: { says: 'approve', withdrawn: 'dismissed' },
};

function review(said: SaidWord, ground: ApprovalGround): RawWord[] {
  const state = STATES[said.state ?? ''];
  if (!state || !said.author) return [];
  const { at, url, author: person } = said;
  const digest = said.commit === ground.head ? askedUntil(ground, at) : null;
  return [{ ...state, person, at, url, digest }];
}

/** What Conductor had last asked for on the head commit at that time. */
function askedUntil({ checks }: ApprovalGround, at: string): string | null {
  return checks.findLast((check) => check.digest !== null && check.at <= at)?.digest ?? null;
}

function pressed({ body, url }: SaidWord): RawWord[] {
  const press = pressedIn(body);
  if (!press) return [];
  const { says, digest, at, by } = press;
  return [{ says, person: { ...by, isBot: false }, at, url, digest, withdrawn: null }];
}
