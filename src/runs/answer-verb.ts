import { nearestName } from '../commands/nearest-name.ts';
import { VERBS, type Verb } from '../commands/verbs.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { Run } from './run.ts';

/** The verbs that work today. The grammar knows the others already, so that they are named and not taken for free text. */
export const WORKING_VERBS: readonly Verb[] = [
  'help',
  'fix',
  'ask',
  'review',
  'preview',
  'status',
  'stop',
  'retry',
  'undo',
  'approve',
  'deny',
  'budget',
  'doctor',
  'context',
  'why',
];

/** Answers what needs no agent: help, an unknown `/verb`, a verb that is not available yet. Null: go on. */
export function answerVerb(run: Run): Outcome | null {
  const { verb } = run.request.command;
  const { unknownVerb } = run.request;
  const list = WORKING_VERBS.map((name) => `\`${name}\``).join(', ');

  if (unknownVerb !== null) {
    const nearest = nearestName(unknownVerb, VERBS);
    const meant = nearest ? ` Did you mean \`${nearest}\`?` : '';
    return outcome(
      'refused',
      'unknown_verb',
      `There is no verb \`/${unknownVerb.slice(0, 40)}\`.${meant}`,
      `Use one of ${list}, or plain words.`,
    );
  }
  if (verb === 'help') return outcome('done', 'help', 'What you can ask for:', null);
  if (verb !== null && !WORKING_VERBS.includes(verb)) {
    return outcome(
      'refused',
      'verb_unavailable',
      `\`${verb}\` is not available in this version.`,
      `Use one of ${list}, or plain words.`,
    );
  }
  return null;
}
