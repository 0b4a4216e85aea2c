import type { CommandRequest } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import type { Client } from './client.ts';

/**
 * Who a token writes as. The host says what it expects; GitHub's answer to the first write corrects it, since a workflow
 * may hand the Action any token, and only what this account wrote is ever adopted or edited.
 */
export interface Identity {
  login: string;
}

export interface ThreadComment {
  readonly id: number;
  /** GraphQL's id. */
  readonly nodeId: string;
  readonly author: string;
  readonly body: string;
  readonly url: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** True when Conductor's own account wrote it. */
  readonly own: boolean;
}

/** A comment that we wrote, and where it is. */
export interface OwnComment {
  readonly id: number;
  readonly nodeId: string;
  readonly url: string;
  readonly body: string;
}

/** A comment as REST gives it, on a thread or on a line. */
interface Row {
  readonly id: number;
  readonly node_id: string;
  readonly body?: string;
  readonly html_url: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly user: { readonly login: string; readonly type: string } | null;
}

/** The comments of a thread, over REST: a page for each hundred, the middle of a long thread left out. */
export async function listComments(
  { repository, thread }: CommandRequest,
  client: Client,
  identity: Identity,
): Promise<readonly ThreadComment[]> {
  const issue = { owner: repository.owner, repo: repository.name, issue_number: thread.number };
  const page = (number: number) => client.issues.listComments({ ...issue, per_page: 100, page: number });
  const first = await page(1);
  const rest = await Promise.all(pagesToRead(lastPage(first.headers.link)).map(page));
  return [first, ...rest].flatMap(({ data }) => data as Row[]).map((row) => commentOf(row, identity));
}

/** The comments that stand in one thread on a line of a pull request, over REST: the newest hundred of them all. */
export async function listReplies(
  { repository, thread, asking }: CommandRequest,
  client: Client,
  identity: Identity,
): Promise<readonly ThreadComment[]> {
  const { data } = await client.pulls.listReviewComments({
    owner: repository.owner,
    repo: repository.name,
    pull_number: thread.number,
    sort: 'created',
    direction: 'desc',
    per_page: 100,
  });
  const root = data.find(({ id }) => id === asking.id)?.in_reply_to_id ?? asking.id;
  const own = data.filter((row) => row.id === root || row.in_reply_to_id === root).reverse();
  return own.map((row) => commentOf(row, identity));
}

function commentOf(row: Row, identity: Identity): ThreadComment {
  const body = row.body ?? '';
  return {
    id: row.id,
    nodeId: row.node_id,
    author: row.user?.login ?? 'ghost',
    body,
    url: row.html_url,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    // A person's token writes beside that person's own words: those are not ours.
    own: row.user?.login === identity.login && (row.user.type === 'Bot' || isMarked(body)),
  };
}

/** A thread's first hundred comments say what it is about, and its last ones where it stands: enough for any prompt. */
const NEWEST_PAGES = 2;

function pagesToRead(last: number): number[] {
  const from = Math.max(2, last - NEWEST_PAGES + 1);
  return Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index);
}

/** The number of the last page, from GitHub's Link header; 1 where there is none. */
function lastPage(link: string | undefined): number {
  return Number(/[?&]page=(\d+)[^>]*>; rel="last"/.exec(link ?? '')?.[1] ?? 1);
}
