import type { Person, RepositoryRef } from '../commands/request.ts';
import { circumstancesIn } from '../policy/circumstances.ts';
import type { ApprovalGround, Approvals, PolicyCheck, Pushed, SaidWord } from '../runs/approval-ports.ts';
import { type Move, movesOf } from './branch-moves.ts';
import type { Client } from './client.ts';
import { trailerOf } from './commit.ts';
import { statusOf, translate } from './errors.ts';
import { askGraphql, GraphqlMissing } from './graphql.ts';
import { livePermission } from './permission.ts';
import type { Identity } from './thread-comments.ts';

/** The account that GitHub itself commits as when somebody edits on its pages, or merges there. */
const WEB_FLOW = 19_864_447;
/** GitHub lists at most 250 commits of a pull request; who wrote more can't be told. */
const MOST_COMMITS = 250;

/**
 * What approvals stand on, read from GitHub over REST each time it is asked for: nothing of it is remembered, and what
 * was edited, deleted or dismissed shows. Needs `pull_requests`, `issues`, `checks` and `contents` to read, and `members`
 * where teams may approve.
 */
export function createApprovals(
  repository: RepositoryRef,
  { read: client, members }: { readonly read: Client; readonly members: () => Client },
  identity: Identity,
  /** The word that people mention. */
  trigger: string,
  /** False under the Action: any workflow may write as the same account there. */
  ownWordsCount: boolean,
): Approvals {
  const { id, owner, name: repo } = repository;

  async function of(number: number): Promise<ApprovalGround> {
    const at = { owner, repo, pull_number: number, per_page: 100 };
    const [{ data: pull }, comments, reviews, commits] = await Promise.all([
      client.pulls.get({ owner, repo, pull_number: number }),
      client.paginate(client.issues.listComments, { owner, repo, issue_number: number, per_page: 100 }),
      client.paginate(client.pulls.listReviews, at),
      client.paginate(client.pulls.listCommits, at),
    ]);
    const { sha: head, ref: headBranch } = pull.head;
    const [checks, sharing, moves] = await Promise.all([
      checksOf(head),
      client.repos.listPullRequestsAssociatedWithCommit({ owner, repo, commit_sha: head }),
      pull.head.repo?.id === id ? movesOf(client, repository, headBranch) : [],
    ]);
    const edits = await editsOf(comments.filter(({ body }) => MAY_SAY.test(body ?? '')));
    const said = comments.map((comment): SaidWord => {
      const own = ownWordsCount && comment.user?.login === identity.login;
      const edited = comment.updated_at !== comment.created_at || edits.has(comment.node_id);
      return {
        ...textOf(comment),
        at: comment.created_at,
        kind: 'comment',
        own,
        edited,
        commit: null,
        state: null,
      };
    });
    return {
      head,
      headBranch,
      baseBranch: pull.base.ref,
      open: pull.state === 'open',
      draft: pull.draft ?? false,
      autoMerge: Boolean(pull.auto_merge),
      nodeId: pull.node_id,
      trigger,
      body: pull.body ?? '',
      said: [...said, ...reviews.map(reviewWord)],
      checks,
      commits: commits.map(({ sha }) => sha),
      pushed: pushedBy(
        moves.find(({ after }) => after === head),
        commits.find(({ sha }) => sha === head),
      ),
      contributors: [
        ...new Set([...commits.flatMap((commit) => peopleOf(commit)), ...moves.flatMap(pusherOf)]),
      ],
      origins: commits.filter(isOwn).map(originOf),
      change: changeOf(commits.find(({ sha }) => sha === head)),
      readable: commits.length < MOST_COMMITS,
      sharedWith: sharing.data
        .filter((other) => other.number !== number && other.state === 'open' && other.head.sha === head)
        .map((other) => other.number),
    };
  }

  /**
   * Which of these comments were edited. REST tells whole seconds only: whoever may edit others' comments could make
   * an approval of one within the second in which it was written. A server without GraphQL leaves it at that.
   */
  async function editsOf(comments: readonly { readonly node_id: string }[]): Promise<ReadonlySet<string>> {
    const ids = comments.slice(-MOST_LOOKED_AT).map(({ node_id }) => node_id);
    if (ids.length === 0) return new Set();
    const parameters = ids.map((_, index) => `$id${index}: ID!`).join(', ');
    const fields = ids.map(
      (_, index) => `c${index}: node(id: $id${index}) { ... on IssueComment { lastEditedAt } }`,
    );
    const document = `query Edits(${parameters}) { ${fields.join(' ')} }`;
    const variables = Object.fromEntries(ids.map((each, index) => [`id${index}`, each]));
    try {
      const { data } = await askGraphql<Record<string, { readonly lastEditedAt: string | null }>>(
        client,
        document,
        variables,
      );
      // What GitHub does not tell of counts as edited; so do older ones than were asked about.
      const plain = new Set(ids.filter((_, index) => data[`c${index}`]?.lastEditedAt === null));
      return new Set(comments.map(({ node_id }) => node_id).filter((each) => !plain.has(each)));
    } catch (error) {
      if (error instanceof GraphqlMissing) return new Set();
      throw error;
    }
  }

  /** Our own checks on a commit, oldest first; one of the same name by somebody else is none. */
  async function checksOf(commit: string): Promise<PolicyCheck[]> {
    const runs = await client.paginate(client.checks.listForRef, {
      owner,
      repo,
      ref: commit,
      check_name: 'conductor/policy',
      filter: 'all',
      per_page: 100,
    });
    return (
      runs
        .filter(({ app }) => app !== null && `${app.slug}[bot]` === identity.login)
        // By number: two may stand within one second.
        .sort((a, b) => a.id - b.id)
        .map(({ completed_at, conclusion, output }) => ({
          at: completed_at ?? '',
          conclusion: conclusion ?? '',
          digest: /`(sha256:[0-9a-f]{64})`/.exec(output.summary ?? '')?.[1] ?? null,
          verdict: JUDGEMENTS.find((each) => output.title?.startsWith(`${each}:`)) ?? null,
          text: output.summary ?? '',
        }))
    );
  }

  const pusherOf = ({ actor }: Move) => (actor && actor.login !== identity.login ? [actor.id] : []);

  /** What GitHub saw; where it lists no such thing, what the commit says of itself. */
  function pushedBy(move: Move | undefined, commit: CommitNode | undefined): Pushed | null {
    if (move?.actor) {
      const { login } = move.actor;
      return login === identity.login ? null : { login, at: move.timestamp };
    }
    if (!commit || isOwn(commit)) return null;
    const login = commit.author && 'login' in commit.author ? commit.author.login : '';
    return { login, at: commit.commit.committer?.date ?? '' };
  }

  function peopleOf(commit: CommitNode): number[] {
    const { message } = commit.commit;
    const named = [...message.matchAll(/^(?:Requested-by|Co-authored-by): .*<(\d+)\+[^<>@]+@[^<>]+>$/gim)];
    const accounts = [commit.author, commit.committer].flatMap((account) =>
      account && 'id' in account && account.login !== identity.login ? [account.id] : [],
    );
    return [...accounts, ...named.map((match) => Number(match[1]))].filter((each) => each !== WEB_FLOW);
  }

  function originOf({ commit }: CommitNode): ApprovalGround['origins'][number] {
    const [, login, account] = REQUESTED.exec(commit.message) ?? [];
    const asker = login && account ? { id: Number(account), login, isBot: false } : null;
    return { asker, circumstances: circumstancesIn(commit.message, commit.committer?.date ?? '') };
  }

  const isOwn = ({ author }: CommitNode) =>
    author !== null && 'login' in author && author.login === identity.login;

  /** The run that made a commit of ours; anybody else's is known by itself. */
  function changeOf(commit: CommitNode | undefined): string {
    if (!commit) return '';
    return (isOwn(commit) && trailerOf(commit.commit.message, 'Conductor-Run')) || commit.sha;
  }

  return {
    async of(number) {
      try {
        return await of(number);
      } catch (error) {
        throw translate(error, `reading what #${number}’s approval stands on`);
      }
    },
    async checksOn(commit) {
      try {
        return await checksOf(commit);
      } catch (error) {
        throw translate(error, 'reading the policy checks');
      }
    },
    permissionOf: (person) => livePermission(client, repository, person),
    async isInTeam(team, person) {
      const [org = '', team_slug = ''] = team.split('/');
      try {
        const { data } = await members().teams.getMembershipForUserInOrg({
          org,
          team_slug,
          username: person.login,
        });
        return data.state === 'active';
      } catch (error) {
        // Not a member; or an App, or a job, that may not know: 422 is GitHub's answer to a token that can't be minted.
        if ([403, 404, 422].includes(statusOf(error) ?? 0)) return false;
        throw translate(error, `asking whether ${person.login} is in ${team}`);
      }
    },
  };
}

/** A comment that may say yes or no, by its words alone. */
const MAY_SAY = /@[\s\S]*\b(?:approve|deny)\b/i;
/** GraphQL nodes in one document: as many newest candidates are looked at. */
const MOST_LOOKED_AT = 50;

const JUDGEMENTS = ['auto', 'review', 'block'] as const;
const REQUESTED = /^Requested-by: ([\w-]+) <(\d+)\+[\w-]+@users\.noreply\.github\.com>$/m;

interface CommitNode {
  readonly sha: string;
  readonly commit: {
    readonly message: string;
    readonly committer: { readonly date?: string } | null;
  };
  readonly author: { readonly id: number; readonly login: string } | Record<string, never> | null;
  readonly committer: { readonly id: number; readonly login: string } | Record<string, never> | null;
}

interface TextNode {
  readonly body?: string | null;
  readonly html_url: string;
  readonly user: { readonly id: number; readonly login: string; readonly type?: string } | null;
  readonly performed_via_github_app?: unknown;
}

function textOf({ body, html_url, user, performed_via_github_app: via }: TextNode) {
  const isBot = user?.type !== 'User' || (via !== null && via !== undefined);
  const author: Person | null = user && { id: user.id, login: user.login, isBot };
  return { author, body: body ?? '', url: html_url };
}

function reviewWord(
  review: TextNode & {
    readonly state: string;
    readonly submitted_at?: string;
    readonly commit_id: string | null;
  },
): SaidWord {
  return {
    ...textOf(review),
    kind: 'review',
    at: review.submitted_at ?? '',
    own: false,
    // What a review says is its state: an edit of its text changes nothing.
    edited: false,
    commit: review.commit_id,
    state: review.state,
  };
}
