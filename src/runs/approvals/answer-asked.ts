import { standingOf, type Word } from '../../policy/standing.ts';
import { missingInWords } from '../../policy/standing-in-words.ts';
import { type AskedInRun, askedIn } from '../asks-mark.ts';
import type { Facts } from '../gather-facts.ts';
import { ends, outcome, type StepResult, value } from '../outcome.ts';
import type { Run } from '../run.ts';
import { digestIn, withoutDigest } from './read-words.ts';

/**
 * A yes or a no to what an agent asked in the middle of its work, in the thread where it did. Goes on with the request
 * that it came from: the agent reads its own question and the answer in the thread. Null: it is about something else.
 */
export async function answerAsked(
  run: Run,
  facts: Facts,
  says: 'approve' | 'deny',
): Promise<StepResult<Facts> | null> {
  const { command, asker, asking } = run.request;
  const asked = facts.transcript
    .filter(({ own }) => own)
    .map(({ body }) => askedIn(body))
    .find((each) => each !== null && digestIn(command.text, `sha256:${each.name}`) === `sha256:${each.name}`);
  if (!asked) return null;
  const { approvals } = run.ports;
  const { from, expires_hours: expiresHours } = facts.config.policy.approvals;
  const requirement = { rule: 'approvals', required: 1, from, paths: [] };
  const digest = `sha256:${asked.name}`;
  const rights = await run.step('rights', async () => {
    const teams = from.filter((each) => each.startsWith('team:')).map((each) => each.slice('team:'.length));
    const isIn = await Promise.all(teams.map((team) => approvals.isInTeam(team, asker)));
    return {
      permission: await approvals.permissionOf(asker),
      teams: teams.filter((_, index) => isIn[index]),
    };
  });
  const at = run.view().startedAt;
  const word: Word = { says, person: asker, at, url: asking.url, digest, withdrawn: null, ...rights };
  const standing = standingOf([word], {
    verdict: { verdict: 'review', digest, approvals: [requirement] },
    contributors: [asked.by],
    ownersOf: () => [],
    now: at,
    expiresHours,
    sharedWith: [],
  });
  await run.record({ kind: 'approvals_weighed', standing, pressed: null });
  if (standing.counted.length > 0) return value({ ...facts, request: withAnswer(run, asked, says) });
  return ends(
    outcome(
      'refused',
      'approval_not_counted',
      `The agent asked for an approval, and ${asker.login} is not among those whose approval counts here, or asked for the work.`,
      `Missing: ${missingInWords(standing.missing)}.`,
    ),
  );
}

function withAnswer({ request }: Run, asked: AskedInRun, says: 'approve' | 'deny'): Facts['request'] {
  const { asker, command } = request;
  const words = withoutDigest(command.text);
  const said = says === 'approve' ? 'approves' : 'does not approve';
  const next =
    says === 'approve'
      ? 'Go on with the request that it came from.'
      : 'Do without it, or say what else could be done.';
  const text = `${asker.login} ${said} what you asked an approval for in run ${asked.run}.${words ? `\n\n${words}` : ''}\n\n${next}`;
  return { ...request, command: { ...command, text } };
}
