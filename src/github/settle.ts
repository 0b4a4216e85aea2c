import { auditAgain } from '../messages/audit-check.ts';
import type { CheckContent } from '../messages/check-runs.ts';
import { policyCheck } from '../messages/check-runs.ts';
import type { Settled } from '../runs/approval-ports.ts';
import type { Effect } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { disableAutoMerge } from './auto-merge.ts';
import { putChecks } from './check-runs.ts';
import { statusOf, translate } from './errors.ts';
import { formerAudit } from './former-audit.ts';
import { askGraphql, GraphqlMissing } from './graphql.ts';
import type { Writing } from './writing.ts';

const READY = `mutation Ready($pull: MarkPullRequestReadyForReviewInput!) {
  ready: markPullRequestReadyForReview(input: $pull) { pullRequest { isDraft } }
}`;

/**
 * Says on a pull request's head how it stands, where its newest check says otherwise, with the record of what led to
 * that; and opens it for review once all approvals are in. The record comes first: once the policy check stands, all of
 * it is said.
 */
export async function settle(writing: Writing, run: RunId, settled: Settled): Promise<readonly Effect[]> {
  const { ground, verdict, standing } = settled;
  const check = withButtons(writing, policyCheck(verdict, standing));
  const newest = ground.checks.at(-1);
  const isSaid = newest?.conclusion === check.conclusion && newest.text === check.summary;
  try {
    const effects = isSaid ? [] : await sayStanding(writing, run, settled, check);
    // What nobody has let through does not merge by itself.
    if (check.conclusion !== 'success' && ground.autoMerge)
      await disableAutoMerge(writing.client, ground.nodeId);
    return standing.state === 'approved' && ground.draft
      ? [...effects, ...(await markReady(writing, ground))]
      : effects;
  } catch (error) {
    throw translate(error, `saying how #${writing.request.thread.number} stands`);
  }
}

/**
 * Posts the policy check, and the record in front of it. A record that GitHub does not take is told, and keeps nobody
 * from what policy says.
 */
async function sayStanding(
  writing: Writing,
  run: RunId,
  settled: Settled,
  check: CheckContent,
): Promise<readonly Effect[]> {
  const { read, client, request } = writing;
  const post = async (contents: readonly CheckContent[]): Promise<Effect[]> => {
    const checks = await putChecks(read, client, request.repository, settled.ground.head, run, contents);
    return checks.map((written) => ({ kind: 'written', written }));
  };
  try {
    return await post([await auditOf(writing, run, settled), check]);
  } catch (error) {
    const status = statusOf(error) ?? 500;
    if (status >= 500) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const failed: Effect = { kind: 'effect_failed', thing: 'check_run', code: 'check_not_posted', message };
    return [...(await post([check])), failed];
  }
}

/** What the newest record on the pull request's commits says, and what has come about since. */
async function auditOf(
  { read, request, identity }: Writing,
  run: RunId,
  { ground, verdict, standing, at, anchor }: Settled,
): Promise<CheckContent> {
  const { head, commits } = ground;
  // The event says what the head was before: that may be in the pull request no more.
  const before = request.head ? [request.head.sha] : [];
  const newestFirst = [...new Set([head, ...before, ...commits.toReversed()])];
  const former = await formerAudit(read, request.repository, newestFirst, identity.login);
  const pushed = former?.commit === head ? null : ground.pushed;
  return auditAgain(former, { at, head, pushed, verdict, standing, run, anchor });
}

/** Only an App hears of its buttons. */
export const withButtons = ({ rivals }: Writing, check: CheckContent): CheckContent =>
  rivals ? { ...check, actions: [] } : check;

/** REST has no call for it. */
async function markReady(
  { client, request }: Writing,
  { nodeId }: Settled['ground'],
): Promise<readonly Effect[]> {
  const failed = (message: string): Effect[] => [
    { kind: 'effect_failed', thing: 'pull_request', code: 'not_marked_ready', message },
  ];
  try {
    const { data, problems } = await askGraphql<{ ready: { pullRequest: { isDraft: boolean } } }>(
      client,
      READY,
      {
        pull: { pullRequestId: nodeId },
      },
    );
    if (data.ready?.pullRequest.isDraft !== false)
      return failed(problems[0]?.message ?? 'It is still a draft.');
    const name = `#${request.thread.number}`;
    return [
      { kind: 'written', written: { thing: 'pull_request', how: 'updated', name, url: request.thread.url } },
    ];
  } catch (error) {
    if (!(error instanceof GraphqlMissing)) throw error;
    return failed('This server has no GraphQL, without which a draft can’t be marked ready: do it by hand.');
  }
}
