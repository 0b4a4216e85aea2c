import { Buffer } from 'node:buffer';
import type { FileChange } from '../changes/file-change.ts';
import { commitMessage } from '../messages/commit-message.ts';
import { pullRequestBody, pullRequestTitle } from '../messages/pull-request.ts';
import type { PullRequest } from '../runs/own-pull-ports.ts';
import type { ApprovedChange } from '../runs/ports.ts';
import type { Written } from '../runs/run-events.ts';
import type { RunView } from '../runs/run-view.ts';
import { askGraphql, type GraphqlAnswer } from './graphql.ts';
import { branchWritten } from './push-branch.ts';
import type { Told } from './thread.ts';
import type { Writing } from './writing.ts';

/** Bytes of text that one document carries; GitHub documents no limit of its own, and refuses tens of megabytes. */
const MOST_BYTES = 4_000_000;

/** What GraphQL's commit can't say: modes, and the moves of anything but a plain file. */
export function fitsOneDocument(files: readonly FileChange[]): boolean {
  const plain = ({ op, mode, modeBefore }: FileChange) =>
    op === 'modify' ? mode === modeBefore : op === 'delete' || mode === '100644';
  const bytes = files.reduce((sum, { after }) => sum + Buffer.byteLength(after ?? ''), 0);
  return files.every(plain) && bytes <= MOST_BYTES;
}

const COMMIT = `createCommitOnBranch(input: $commit) { commit { oid } }`;

const PUBLISH = `mutation Publish($ref: CreateRefInput!, $commit: CreateCommitOnBranchInput!, $pull: CreatePullRequestInput!) {
  ref: createRef(input: $ref) { ref { name } }
  commit: ${COMMIT}
  pull: createPullRequest(input: $pull) { pullRequest { number url } }
}`;

interface CommitMade {
  readonly commit: { readonly commit: { readonly oid: string } | null };
}
interface PublishedAtOnce extends CommitMade {
  readonly ref: { readonly ref: { readonly name: string } | null };
  readonly pull: { readonly pullRequest: { readonly number: number; readonly url: string } | null };
}

/** What one document came to. */
export interface AtOnce {
  /** All of it was done. */
  readonly writes: readonly Written[] | null;
  /** Made by this very document: the branch, empty or not; a pull request, whatever its branch holds. */
  readonly madeBranch: boolean;
  readonly pullRequest: number | null;
}

/**
 * Branch, commit and pull request in one request. GitHub does the three in order, and goes on where one of them fails:
 * whatever is missing afterwards is for the careful way, which looks first. Commits made like this are signed by GitHub.
 */
export async function publishAtOnce(
  writing: Writing,
  change: ApprovedChange,
  view: RunView,
  told: Told,
): Promise<AtOnce> {
  const { request, client, branch } = writing;
  const { data } = await askGraphql<PublishedAtOnce>(client, PUBLISH, {
    ref: { repositoryId: told.repository, name: `refs/heads/${branch}`, oid: change.base.commit },
    commit: commitInput(writing, change, branch),
    pull: {
      repositoryId: told.repository,
      baseRefName: change.base.branch,
      headRefName: branch,
      title: pullRequestTitle(request, change.undoes),
      body: pullRequestBody(view, request, change.undoes),
      draft: change.judgement !== 'auto',
      maintainerCanModify: true,
    },
  });
  const oid = data.commit?.commit?.oid;
  const pull = data.pull?.pullRequest ?? null;
  const madeBranch = Boolean(data.ref?.ref);
  if (!madeBranch || !oid || !pull) return { writes: null, madeBranch, pullRequest: pull?.number ?? null };
  const opened = { thing: 'pull_request', how: 'created', name: `#${pull.number}`, url: pull.url } as const;
  return {
    writes: [...branchWritten(writing, branch, oid, 'created'), opened],
    madeBranch,
    pullRequest: pull.number,
  };
}

/** One commit on top of a pull request's own branch; null: GitHub did not make it, the careful way finds out why. */
export async function commitAtOnce(
  writing: Writing,
  change: ApprovedChange,
  { headBranch }: PullRequest,
): Promise<readonly Written[] | null> {
  const document = `mutation Commit($commit: CreateCommitOnBranchInput!) { commit: ${COMMIT} }`;
  const commit = commitInput(writing, change, headBranch);
  const { data }: GraphqlAnswer<CommitMade> = await askGraphql(writing.client, document, { commit });
  const oid = data.commit?.commit?.oid;
  return oid ? branchWritten(writing, headBranch, oid, 'created') : null;
}

/** `expectedHeadOid` makes it a compare-and-swap: on any other head, GitHub makes no commit. */
function commitInput({ request }: Writing, change: ApprovedChange, branch: string) {
  const { owner, name } = request.repository;
  const [headline = '', ...rest] = commitMessage(request, change).split('\n');
  const gone = change.files.flatMap(({ op, from, path }) => (op === 'delete' ? [path] : from ? [from] : []));
  return {
    branch: { repositoryNameWithOwner: `${owner}/${name}`, branchName: branch },
    expectedHeadOid: change.base.commit,
    message: { headline, body: rest.join('\n').trimStart() },
    fileChanges: {
      additions: change.files.flatMap(({ path, after }) =>
        after === null ? [] : [{ path, contents: Buffer.from(after).toString('base64') }],
      ),
      deletions: gone.map((path) => ({ path })),
    },
  };
}
