import { type StepResult, value } from '../runs/outcome.ts';
import type { ApprovedChange, Published } from '../runs/ports.ts';
import type { RunView } from '../runs/run-view.ts';
import { translate } from './errors.ts';
import { askGraphql } from './graphql.ts';
import { type AtOnce, commitAtOnce, fitsOneDocument, publishAtOnce } from './publish-at-once.ts';
import { openPullRequest } from './pull-request.ts';
import { pushBranch } from './push-branch.ts';
import { pushOntoOwn } from './push-onto-own.ts';
import type { Writing } from './writing.ts';

/**
 * Puts a change on GitHub: as a pull request, or as one more commit on Conductor's own. In one request where GitHub can
 * do it so and nothing of this run stands yet; otherwise the careful way, which looks before each step and adopts what
 * this run has made already.
 */
export async function publishChange(
  writing: Writing,
  change: ApprovedChange,
  view: RunView,
): Promise<StepResult<Published>> {
  const { thread } = writing;
  const { told } = await thread.state();
  const { pull } = change.base;
  const quick = told !== null && fitsOneDocument(change.files) && change.undoes === null;
  /** What was read is no longer how it stands, and of a document whose answer was lost nothing is known. */
  const uncertain = (error?: unknown) => {
    thread.forget();
    if (error) throw translate(error, 'publishing the change');
  };

  if (pull?.own) {
    // A commit with two parents, onto a base that moved, can't be said in a document.
    const untouched = told?.pull?.tip?.commit === change.base.commit && pull.head === change.base.commit;
    const made = quick && untouched ? await commitAtOnce(writing, change, pull).catch(uncertain) : null;
    if (made) return value({ pullRequest: pull.number, writes: made });
    if (told) uncertain();
    const pushed = await pushOntoOwn(writing, change, pull);
    return pushed.ok ? value({ pullRequest: pull.number, writes: pushed.value }) : pushed;
  }
  const atOnce =
    quick && told.branch === null ? await publishAtOnce(writing, change, view, told).catch(uncertain) : null;
  if (atOnce?.writes && atOnce.pullRequest !== null)
    return value({ pullRequest: atOnce.pullRequest, writes: atOnce.writes });
  if (told) uncertain();
  const published = await carefully(writing, change, view, atOnce?.pullRequest ?? null);
  // What is left behind is a blemish; how the run ended is what has to be told.
  if (!published.ok && atOnce && told)
    await takeBack(writing, change, atOnce, told.repository, published.outcome.code).catch(() => undefined);
  return published;
}

/** `opened`: the pull request that this job has opened a moment ago, for a branch that may have been another job's. */
async function carefully(
  writing: Writing,
  change: ApprovedChange,
  view: RunView,
  opened: number | null,
): Promise<StepResult<Published>> {
  const pushed = await pushBranch(writing, change);
  if (!pushed.ok) return pushed;
  const pull = await openPullRequest(writing, change, view);
  if (!pull.ok) return pull;
  const { number, written } = pull.value;
  const how = number === opened ? 'created' : written.how;
  return value({ pullRequest: number, writes: [...pushed.value, { ...written, how }] });
}

const TAKE_BACK = `mutation TakeBack($refs: UpdateRefsInput!) { updateRefs(input: $refs) { clientMutationId } }`;
/** As a ref's new place: it is deleted. Source: `updateRefs` in GitHub's GraphQL reference. */
const NOWHERE = '0'.repeat(40);

/**
 * A document that was done in part, and could not be completed: the branch that it made and nobody used goes, and so
 * does a pull request that it opened for a branch of somebody else's. GitHub deletes the branch only if it still stands
 * where the document made it, so that nothing goes that a person has pushed there; REST can't be asked that, and a server
 * that knows no `updateRefs` keeps an empty branch.
 */
async function takeBack(
  { client, request, branch }: Writing,
  change: ApprovedChange,
  { madeBranch, pullRequest }: AtOnce,
  repositoryId: string,
  code: string,
): Promise<void> {
  const { owner, name: repo } = request.repository;
  if (code === 'branch_exists' && pullRequest !== null)
    await client.pulls.update({ owner, repo, pull_number: pullRequest, state: 'closed' });
  if (!madeBranch) return;
  const made = { name: `refs/heads/${branch}`, beforeOid: change.base.commit, afterOid: NOWHERE };
  await askGraphql(client, TAKE_BACK, { refs: { repositoryId, refUpdates: [made] } });
}
