import type { Word } from '../../policy/standing.ts';
import type { PolicyCheck } from '../approval-ports.ts';
import type { Facts } from '../gather-facts.ts';
import { ends, type Outcome, outcome, type StepResult, value } from '../outcome.ts';
import type { Run } from '../run.ts';
import type { Effect } from '../run-events.ts';
import { partedAt } from '../whole-change.ts';
import { answerAsked } from './answer-asked.ts';
import { assess } from './assess.ts';
import { recheckOutcome, wordOutcome } from './in-words.ts';
import { digestIn, type RawWord, withoutDigest } from './read-words.ts';

/**
 * A yes, a no, or something that may void either, about a pull request of Conductor's own: what stands is judged anew,
 * everybody's words are weighed, and its policy check says how it stands. Right before that write, head, texts and
 * permissions are read again. Goes on where a no says why, which is work for an agent, and where the run is about
 * something else.
 */
export async function decideApproval(run: Run, facts: Facts): Promise<StepResult<Facts>> {
  const { command, cause = 'mention', thread } = run.request;
  const says = command.verb === 'approve' || command.verb === 'deny' ? command.verb : null;
  if (says === null && cause !== 'recheck') return value(facts);
  const answered = says && (await answerAsked(run, facts, says));
  if (answered) return answered;
  if (!facts.base.pull?.own) return nothingToApprove(run);
  const { publisher, approvals, recheckAt, journal } = run.ports;
  const pressed = cause === 'button' && says ? pressedWord(run, says) : null;
  const before = await run.step('checks-before', () =>
    approvals.checksOn(run.request.head?.sha ?? facts.base.commit),
  );
  const parted = await partedAt(run, facts);
  const settled = await run.step('settle', async () => {
    const found = await assess(run, facts, { parted, number: thread.number, pressed, before });
    if (!found.ok) return found;
    const { verdict, standing, ground } = found.value;
    // Before the check: none turns green on an approval whose end nobody looks for.
    await recheckAt(standing.until);
    const anchor = await journal.anchor();
    const effects = await publisher.settle({ ...found.value, at: run.view().startedAt, anchor });
    const texts = [
      ground.body,
      ...ground.said.filter(({ own }) => own).map(({ body }) => body),
      ...ground.checks.map(({ text }) => text),
    ];
    return value({
      verdict,
      standing,
      effects,
      anchor,
      texts: texts.filter((text) => text.includes('sha256:')),
    });
  });
  if (!settled.ok)
    return cause === 'recheck' && settled.outcome.code === 'head_moved' ? quiet(settled.outcome) : settled;

  const { verdict, standing, effects, anchor, texts } = settled.value;
  await run.record({ kind: 'verdict_reached', verdict });
  const press = pressed?.digest ? { ...pressed, digest: pressed.digest, by: pressed.person } : null;
  await run.record({
    kind: 'approvals_weighed',
    standing,
    pressed: press && { says: press.says, digest: press.digest, by: press.by, at: press.at },
  });
  for (const effect of effects) await run.record(effect);
  if (anchor && effects.some(isAudit)) await run.record({ kind: 'anchored', ...anchor });

  const known = { verdict, standing, texts: [...before.map(({ text }) => text), ...texts] };
  if (says === null) return ends(recheckOutcome(run.request, known, lastOf(before)));
  const reason = withoutDigest(command.text);
  if (says === 'deny' && reason !== '' && standing.counted.some((word) => isAbout(run, word)))
    return value({ ...facts, request: withReason(run, reason) });
  return ends(wordOutcome(run.request, known, (word) => isAbout(run, word)));
}

/** It shows where the ledger stood. */
const isAudit = (effect: Effect) =>
  effect.kind === 'written' && effect.written.name === 'conductor/audit' && effect.written.how === 'created';

/** The push that moved the head has a recheck of its own. */
const quiet = (of: Outcome) => ends({ ...of, silent: true });

const lastOf = (checks: readonly PolicyCheck[]) => checks.at(-1) ?? null;

/** Whether a word is the one that this run is about: the same text, or the same press. */
function isAbout(run: Run, word: Word): boolean {
  const { cause, asking, asker } = run.request;
  return cause === 'button'
    ? word.person.id === asker.id && word.at === run.view().startedAt
    : word.url === asking.url;
}

/** GitHub does not say when a button was pressed: the run's own beginning is as near as can be told. */
function pressedWord(run: Run, says: 'approve' | 'deny'): RawWord {
  const { asker: person, asking, command } = run.request;
  const digest = digestIn(command.text, '');
  return { says, person, at: run.view().startedAt, url: asking.url, digest, withdrawn: null };
}

/** A no with its reason is a request: the agent is told, and what it makes of it is another change to approve. */
function withReason({ request }: Run, reason: string): Facts['request'] {
  const text = `${request.asker.login} does not approve this pull request's change, and says why:\n\n${reason}`;
  return { ...request, command: { ...request.command, text } };
}

function nothingToApprove({ request }: Run) {
  const { thread, cause = 'mention' } = request;
  const where =
    thread.kind === 'issue'
      ? 'An approval is given in the pull request that it is for, and this is an issue.'
      : 'This is not a pull request of Conductor’s own, so it needs no approval here.';
  const next =
    thread.kind === 'issue' ? 'Say it in that pull request.' : 'Use a review, as in any pull request.';
  return ends({ ...outcome('refused', 'nothing_to_approve', where, next), silent: cause !== 'mention' });
}
