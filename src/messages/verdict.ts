import { reasonsOf } from '../policy/explain.ts';
import type { Judgement, Reason, Verdict } from '../policy/verdict.ts';
import { code, harmlessMarkdown } from './way-out.ts';

/** What a judgement means, in a sentence. */
export const MEANING: Readonly<Record<Judgement, string>> = {
  auto: 'Policy allows this change without a person’s approval.',
  review: 'Policy asks for a person’s approval before this change is merged.',
  block: 'Policy does not allow this change.',
};

const SIGN: Readonly<Record<Judgement, string>> = { auto: '✅', review: '👤', block: '⛔' };

/** The rules that decided, one a line: rule, file, what was found, how to get to yes. */
export function reasonsMarkdown(verdict: Verdict): string {
  const reasons = reasonsOf(verdict).filter((reason) => reason.verdict === verdict.verdict);
  return reasons
    .slice(0, 50)
    .map((reason) => `- ${SIGN[reason.verdict]} **${reason.rule}**${where(reason)}: ${findingOf(reason)}`)
    .join('\n');
}

const named = (reason: Reason) => reason.path !== null && reason.message.includes(`"${reason.path}"`);

/** Where it was found, unless the message says so itself. */
function where(reason: Reason): string {
  if (reason.path === null || (named(reason) && reason.line === null)) return '';
  return ` ${code(reason.line === null ? reason.path : `${reason.path}:${reason.line}`)}`;
}

function findingOf(reason: Reason): string {
  const text = harmlessMarkdown(`${reason.message} ${reason.fix}`);
  return reason.path === null ? text : text.replaceAll(`"${reason.path}"`, () => code(reason.path ?? ''));
}

/** The whole tree as a table: every rule, what it looked at and what it said. */
export function rulesTable(verdict: Verdict): string {
  const rows = verdict.rules.map(
    (rule) =>
      `| ${SIGN[rule.verdict]} ${rule.verdict} | ${rule.rule} | ${harmlessMarkdown(rule.title).replaceAll('|', '\\|')} |`,
  );
  return ['| verdict | rule | looks at |', '| --- | --- | --- |', ...rows].join('\n');
}
