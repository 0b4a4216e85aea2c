/** The parts of the documents that read a thread, and the types of what comes back. */

const PERSON = 'login __typename';
export const MESSAGES = `nodes { id fullDatabaseId body url createdAt lastEditedAt viewerDidAuthor author { ${PERSON} } }`;
const TIP = `oid ... on Commit {
  message
  checkSuites(first: 30) { nodes { checkRuns(first: 30) { nodes { name externalId url } } } }
}`;

/** The oldest and the newest hundred of a thread's comments say what it is about, and where it stands. */
const COMMENTS = `oldest: comments(first: 100) { ${MESSAGES} } newest: comments(last: 100) { ${MESSAGES} }`;

/** Everything that a run asks of its thread. Needs `$number`, `$login` (who asks) and `$branch` (the run's own). */
export const THREAD = `fragment Thread on Repository {
  id
  visibility
  collaborators(login: $login, first: 1) { edges { permission node { databaseId } } }
  ref(qualifiedName: $branch) { target { ${TIP} } }
  issueOrPullRequest(number: $number) {
    ... on Issue { id ${COMMENTS} }
    ... on PullRequest {
      id ${COMMENTS}
      number body viewerDidAuthor headRefName headRefOid baseRefName isCrossRepository mergeable
      headRef { target { ${TIP} } }
      reviewThreads(last: 60) { nodes {
        id isResolved path line startLine
        lines: comments(first: 1) { nodes { diffHunk } }
        oldest: comments(first: 20) { ${MESSAGES} } newest: comments(last: 40) { ${MESSAGES} }
      } }
    }
  }
}`;

export const THREAD_VARIABLES = '$number: Int!, $login: String!, $branch: String!';

export interface MessageNode {
  readonly id: string;
  readonly fullDatabaseId: string;
  readonly body: string;
  readonly url: string;
  readonly createdAt: string;
  /** Null: never. */
  readonly lastEditedAt: string | null;
  readonly viewerDidAuthor: boolean;
  readonly author: { readonly login: string; readonly __typename: string } | null;
}

export interface TipNode {
  readonly oid: string;
  readonly message?: string;
  readonly checkSuites?: Nodes<{
    readonly checkRuns: Nodes<{
      readonly name: string;
      readonly externalId: string | null;
      readonly url: string;
    }>;
  }>;
}

export type Nodes<Node> = { readonly nodes: readonly (Node | null)[] | null } | null;

export interface CommentsNode {
  readonly id: string;
  readonly oldest: Nodes<MessageNode>;
  readonly newest: Nodes<MessageNode>;
}

export interface ReviewThreadNode {
  readonly id: string;
  readonly isResolved: boolean;
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly lines: Nodes<{ readonly diffHunk: string }>;
  readonly oldest: Nodes<MessageNode>;
  readonly newest: Nodes<MessageNode>;
}

export interface PullNode extends CommentsNode {
  readonly number: number;
  readonly body: string;
  readonly viewerDidAuthor: boolean;
  readonly headRefName: string;
  readonly headRefOid: string;
  readonly baseRefName: string;
  readonly isCrossRepository: boolean;
  readonly mergeable: 'CONFLICTING' | 'MERGEABLE' | 'UNKNOWN';
  readonly headRef: { readonly target: TipNode | null } | null;
  readonly reviewThreads: Nodes<ReviewThreadNode>;
}

/** What GitHub answers to `THREAD`. */
export interface ThreadNode {
  readonly id: string;
  readonly visibility: 'INTERNAL' | 'PRIVATE' | 'PUBLIC';
  /** Null: this token may not see them. */
  readonly collaborators: {
    readonly edges:
      | readonly ({ readonly permission: string; readonly node: { readonly databaseId: number } } | null)[]
      | null;
  } | null;
  readonly ref: { readonly target: TipNode | null } | null;
  readonly issueOrPullRequest: CommentsNode | PullNode | null;
}
