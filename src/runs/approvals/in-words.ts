import type { CommandRequest } from '../../commands/request.ts';
import { partsIn } from '../../policy/digest.ts';
import { changedParts, type NotCounted, type Standing, type Word } from '../../policy/standing.ts';
import { missingInWords, shortDigest } from '../../policy/standing-in-words.ts';
import type { Verdict } from '../../policy/verdict.ts';
import type { PolicyCheck } from '../approval-ports.ts';
import { type Outcome, outcome } from '../outcome.ts';

/** How runs end that are about somebody's yes or no, and change nothing. */
export const SETTLED: readonly string[] = [
  'approved',
  'approval_counted',
  'approval_gone',
  'approval_not_counted',
  'approval_void',
  'denied',
  'digest_missing',
  'digest_stale',
  'judged_again',
  'nothing_to_approve',
];

/** What is known when an outcome is put into words. `texts`: where the parts of older digests may stand. */
interface Known {
  readonly verdict: Verdict;
  readonly standing: Standing;
  readonly texts: readonly string[];
}

/** What came of somebody's yes or no. */
export function wordOutcome(
  { asker }: CommandRequest,
  known: Known,
  isAbout: (word: Word) => boolean,
): Outcome {
  const { standing, verdict } = known;
  const not = standing.notCounted.find(({ word }) => isAbout(word));
  if (not) return notCounted(not, known);
  const counted = standing.counted.find(isAbout);
  if (!counted)
    return outcome(
      'refused',
      'approval_gone',
      'What was said here is gone or was said anew, so it does not count.',
      'Say it again.',
    );
  const what = `\`${shortDigest(verdict.digest)}\``;
  if (counted.says === 'deny')
    return outcome(
      'done',
      'denied',
      `${asker.login} does not approve ${what}. It waits until that changes.`,
      'Say why, and an agent works on it: `deny` and the reason.',
    );
  switch (standing.state) {
    case 'approved':
    case 'not_needed':
      return outcome(
        'done',
        'approved',
        `${asker.login} approved ${what}. All approvals are in.`,
        'Merge it.',
      );
    case 'blocked':
      return outcome(
        'refused',
        'policy_block',
        'Policy blocks what stands in this pull request, so no approval helps.',
        'See the verdict for what each rule found.',
      );
    case 'shared':
      return outcome(
        'done',
        'approval_counted',
        `${asker.login} approved ${what}. ${sharedInWords(standing)}`,
        'Close it, or give it a commit of its own.',
      );
    case 'denied':
      return outcome(
        'done',
        'approval_counted',
        `${asker.login} approved ${what}, and ${saysNo(standing)} not.`,
        'Whoever said no may say yes instead.',
      );
    default:
      return outcome(
        'done',
        'approval_counted',
        `${asker.login} approved ${what}. Still missing: ${missingInWords(standing.missing)}.`,
        null,
      );
  }
}

/** What came of something that may have voided an approval. Silent, unless one was in and no longer is. */
export function recheckOutcome({ asker }: CommandRequest, known: Known, before: PolicyCheck | null): Outcome {
  const { standing, verdict } = known;
  const isIn = standing.state === 'approved' || standing.state === 'not_needed';
  if (before?.conclusion !== 'success' || isIn)
    return { ...outcome('done', 'judged_again', 'What stands was judged again.', null), silent: true };
  const why =
    before.digest === verdict.digest ? withdrawnInWords(standing) : changedInWords(before.digest, known);
  return outcome(
    'waiting',
    'approval_void',
    `The approval of this pull request is void: ${why}.${asker.login === '' ? '' : ` (${asker.login})`}`,
    nextStep(known),
  );
}

function nextStep({ standing, verdict }: Known): string {
  if (standing.state === 'blocked') return 'Policy blocks what stands there now; the check says why.';
  if (standing.state === 'denied') return `${saysNo(standing)} said no: settle it with them.`;
  if (standing.state === 'shared')
    return `${sharedInWords(standing)} Close it, or give it a commit of its own.`;
  return `Look at it again, and approve with \`approve ${shortDigest(verdict.digest)}\` or a review.`;
}

const WHY: Readonly<Record<Exclude<NotCounted['code'], 'other_digest'>, (login: string) => string>> = {
  withdrawn: () => 'it was edited or dismissed after it was given',
  expired: () => 'it is too old',
  bot: (login) => `${login} is not a person’s account`,
  contributor: (login) =>
    `${login} asked for this change or wrote a part of it, and nobody approves their own`,
  not_allowed: (login) => `${login} is not among those whose approval counts here`,
};

function notCounted({ word, code }: NotCounted, known: Known): Outcome {
  const { verdict, standing } = known;
  const now = shortDigest(verdict.digest);
  if (code === 'other_digest')
    return word.digest === null
      ? outcome(
          'refused',
          'digest_missing',
          'An approval names what it approves.',
          `What stands now is \`${now}\`: look at it, and say \`approve ${now}\`.`,
        )
      : outcome(
          'refused',
          'digest_stale',
          `\`${shortDigest(word.digest)}\` is not what stands here: ${changedInWords(word.digest, known)}.`,
          `What stands now is \`${now}\`: look at it, and say \`approve ${now}\`.`,
        );
  const missing = standing.missing.length > 0 ? `Missing: ${missingInWords(standing.missing)}.` : null;
  return outcome(
    'refused',
    'approval_not_counted',
    `This approval does not count: ${WHY[code](word.person.login)}.`,
    missing,
  );
}

/** Which parts of the change are others than those that a digest stood for. */
function changedInWords(digest: string | null, { verdict, texts }: Known): string {
  const then = digest && texts.map((text) => partsIn(text, digest)).find((parts) => parts !== null);
  const parts = then ? changedParts(then, verdict.parts) : [];
  if (parts.length === 0) return 'it is no digest of this change, or of one that is gone';
  const list = parts.length === 1 ? parts[0] : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
  return `${list} changed`;
}

function withdrawnInWords({ notCounted: not, state, sharedWith }: Standing): string {
  if (state === 'denied') return 'somebody said no';
  if (state === 'shared') return `#${sharedWith[0]} has the same commit`;
  const last = not.findLast(({ code }) => code !== 'other_digest');
  return last ? WHY[last.code as keyof typeof WHY](last.word.person.login) : 'it was deleted';
}

const saysNo = ({ counted }: Standing) =>
  counted
    .filter(({ says }) => says === 'deny')
    .map(({ person }) => person.login)
    .join(', ');

const sharedInWords = ({ sharedWith }: Standing) =>
  `Pull request ${sharedWith.map((number) => `#${number}`).join(', ')} has the same commit, and what is approved here would be approved there.`;
