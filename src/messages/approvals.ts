import type { Standing, Word } from '../policy/standing.ts';
import { missingInWords, shortDigest } from '../policy/standing-in-words.ts';
import type { Verdict } from '../policy/verdict.ts';
import { count } from './figures.ts';
import { MEANING } from './verdict.ts';

/** How a change stands, in a sentence for a title. */
export function standingInWords({ verdict }: Verdict, standing: Standing): string {
  const people = (says: Word['says']) =>
    standing.counted
      .filter((word) => word.says === says)
      .map(({ person }) => person.login)
      .join(', ');
  switch (standing.state) {
    case 'approved':
      return `approved by ${people('approve')}.`;
    case 'denied':
      return `${people('deny')} said no.`;
    case 'shared':
      return `#${standing.sharedWith.join(', #')} has the same head commit, so nothing is let through.`;
    case 'waiting': {
      const given = standing.counted.length;
      return `${given === 0 ? '' : `${count(given, 'approval')} in, `}waits for ${missingInWords(standing.missing)}.`;
    }
    default:
      return MEANING[verdict];
  }
}

/** Who said what, what did not count, whose yes is missing, and how to give it. */
export function approvalsMarkdown(verdict: Verdict, standing: Standing): string {
  if (standing.state === 'not_needed' || standing.state === 'blocked') return '';
  const said = standing.counted.map(
    ({ says, person, at, url }) =>
      `- ${says === 'approve' ? '✅' : '⛔'} [${person.login}](${url}) ${says === 'approve' ? 'approved' : 'said no'} at ${at}`,
  );
  const not = standing.notCounted
    .slice(-20)
    .map(({ word, code: why }) => `- ➖ [${word.person.login}](${word.url}): ${NOT_COUNTED[why]}`);
  const missing = standing.missing.map((each) => `- ⏳ ${missingInWords([each])}`);
  const how =
    missing.length > 0
      ? `Approve with \`approve ${shortDigest(verdict.digest)}\` in a comment that mentions Conductor, or with an approving review. It counts for exactly this: any other commit, base or policy voids it.`
      : '';
  return [[...said, ...not, ...missing].join('\n'), how].filter((part) => part !== '').join('\n\n');
}

const NOT_COUNTED: Readonly<Record<Standing['notCounted'][number]['code'], string>> = {
  other_digest: 'about another state of this change',
  withdrawn: 'edited or dismissed since',
  expired: 'too old',
  bot: 'not a person',
  contributor: 'asked for this change, or wrote a part of it',
  not_allowed: 'not among those whose approval counts',
};
