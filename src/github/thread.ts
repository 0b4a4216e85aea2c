import type { CommandRequest, Person } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import type { Permission } from '../runs/ports.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';
import { askGraphql, GraphqlMissing, problemError } from './graphql.ts';
import { type Identity, listComments, type ThreadComment } from './thread-comments.ts';
import {
  type CommentsNode,
  type MessageNode,
  type Nodes,
  type PullNode,
  THREAD,
  THREAD_VARIABLES,
  type ThreadNode,
  type TipNode,
} from './thread-document.ts';

/** The end of a branch: its commit, and the check runs that stand on it. */
export interface Tip {
  readonly commit: string;
  readonly message: string;
  readonly checks: readonly {
    readonly name: string;
    readonly externalId: string | null;
    readonly url: string;
  }[];
}

/** A thread of comments on lines of a pull request. */
export interface ReviewThread {
  /** GraphQL's id. */
  readonly id: string;
  readonly resolved: boolean;
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly diffHunk: string;
  readonly comments: readonly ThreadComment[];
}

/** What GraphQL alone tells, all of it in one request. */
export interface Told {
  /** GraphQL's ids of the repository and of the issue or pull request. */
  readonly repository: string;
  readonly subject: string;
  /** Null: not for this token to see. */
  readonly permission: Permission | null;
  /** The end of the branch that this run would make; null: there is no such branch. */
  readonly branch: Tip | null;
  readonly pull: {
    readonly own: boolean;
    readonly fork: boolean;
    readonly headBranch: string;
    readonly baseBranch: string;
    readonly conflicts: boolean;
    readonly tip: Tip | null;
    readonly reviewThreads: readonly ReviewThread[];
  } | null;
}

/** A thread as GitHub had it; `told` null: this server speaks REST only. */
export interface ThreadState {
  readonly comments: readonly ThreadComment[];
  readonly told: Told | null;
}

/** One thread, read once an execution: later writes look here for what stands already. */
export interface Thread {
  state(): Promise<ThreadState>;
  /** The next `state` reads again: a write failed, and may have been done all the same. */
  forget(): void;
}

/** Opens a thread. `branch`: the name of the branch that this run would make. `known`: what was read a moment ago. */
export function openThread(
  request: CommandRequest,
  client: Client,
  identity: Identity,
  branch: string,
  known: ThreadState | null,
): Thread {
  let reading: Promise<ThreadState> | null = known && Promise.resolve(known);
  return {
    state() {
      reading ??= readThread(request, client, identity, branch).catch((error: unknown) => {
        reading = null;
        throw translate(error, `reading #${request.thread.number}`);
      });
      return reading;
    },
    forget() {
      reading = null;
    },
  };
}

const READ = `query ReadThread($owner: String!, $name: String!, ${THREAD_VARIABLES}) {
  repository(owner: $owner, name: $name) { ...Thread }
}
${THREAD}`;

async function readThread(
  request: CommandRequest,
  client: Client,
  identity: Identity,
  branch: string,
): Promise<ThreadState> {
  const { owner, name } = request.repository;
  try {
    const variables = { owner, name, ...threadVariables(request, branch) };
    const { data, problems } = await askGraphql<{ repository: ThreadNode }>(client, READ, variables);
    if (data.repository) return stateOf(data.repository, request.asker);
    const [problem = { message: 'There is no such repository.', type: 'NOT_FOUND' }] = problems;
    throw problemError(problem, `reading #${request.thread.number}`);
  } catch (error) {
    if (!(error instanceof GraphqlMissing)) throw error;
    return { comments: await listComments(request, client, identity), told: null };
  }
}

/** What `THREAD_VARIABLES` stand for. */
export function threadVariables({ thread, asker }: CommandRequest, branch: string) {
  return { number: thread.number, login: asker.login, branch: `refs/heads/${branch}` };
}

/** Reads GraphQL's answer. A thread that is gone tells nothing. */
export function stateOf(node: ThreadNode, asker: Person): ThreadState {
  const subject = node.issueOrPullRequest;
  if (subject === null) return { comments: [], told: null };
  return {
    comments: commentsOf(subject),
    told: {
      repository: node.id,
      subject: subject.id,
      permission: permissionIn(node, asker),
      branch: node.ref?.target ? tipOf(node.ref.target) : null,
      pull: 'headRefName' in subject ? pullOf(subject) : null,
    },
  };
}

const PERMISSIONS: Readonly<Record<string, Permission>> = {
  READ: 'read',
  TRIAGE: 'triage',
  WRITE: 'write',
  MAINTAIN: 'maintain',
  ADMIN: 'admin',
};

/** A login can change hands, the account's number can't. Whoever may see a repository, and has no role in it, may read. */
function permissionIn({ collaborators, visibility }: ThreadNode, asker: Person): Permission | null {
  if (!collaborators?.edges || visibility === 'INTERNAL' || asker.isBot) return null;
  const [edge] = collaborators.edges;
  if (!edge) return visibility === 'PUBLIC' ? 'read' : 'none';
  return edge.node.databaseId === asker.id ? (PERMISSIONS[edge.permission] ?? 'none') : 'none';
}

function pullOf(pull: PullNode): Told['pull'] {
  return {
    own: pull.viewerDidAuthor && !pull.isCrossRepository && isMarked(pull.body),
    fork: pull.isCrossRepository,
    headBranch: pull.headRefName,
    baseBranch: pull.baseRefName,
    conflicts: pull.mergeable === 'CONFLICTING',
    tip: pull.headRef?.target ? tipOf(pull.headRef.target) : null,
    reviewThreads: nodesOf(pull.reviewThreads).map((thread) => ({
      id: thread.id,
      resolved: thread.isResolved,
      path: thread.path,
      line: thread.line,
      startLine: thread.startLine,
      diffHunk: nodesOf(thread.lines)[0]?.diffHunk ?? '',
      comments: commentsOf(thread),
    })),
  };
}

/** The first and the last of them, each once: a short thread is in both. */
function commentsOf({ oldest, newest }: Pick<CommentsNode, 'oldest' | 'newest'>): readonly ThreadComment[] {
  const messages = new Map([...nodesOf(oldest), ...nodesOf(newest)].map((message) => [message.id, message]));
  return [...messages.values()].map(commentOf);
}

function tipOf({ oid, message, checkSuites }: TipNode): Tip {
  const checks = nodesOf(checkSuites).flatMap(({ checkRuns }) => nodesOf(checkRuns));
  return { commit: oid, message: message ?? '', checks };
}

export function commentOf(message: MessageNode): ThreadComment {
  const { author } = message;
  const isBot = author?.__typename === 'Bot';
  return {
    id: Number(message.fullDatabaseId),
    nodeId: message.id,
    // REST and people know an App's account by a longer name.
    author: author === null ? 'ghost' : isBot ? `${author.login}[bot]` : author.login,
    body: message.body,
    url: message.url,
    createdAt: message.createdAt,
    // GraphQL's `updatedAt` changes with more than the text.
    updatedAt: message.lastEditedAt ?? message.createdAt,
    own: message.viewerDidAuthor && (isBot || isMarked(message.body)),
  };
}

export function nodesOf<Node>(connection: Nodes<Node> | undefined): readonly Node[] {
  return (connection?.nodes ?? []).filter((node) => node !== null);
}
