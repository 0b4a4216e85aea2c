import { isMarked, marker } from '../messages/markers.ts';
import type { KnownPull, OwnPulls, Span } from '../runs/own-pull-ports.ts';
import { undoBranch } from './branch-name.ts';
import type { Client } from './client.ts';
import { trailerOf } from './commit.ts';
import { statusOf, translate } from './errors.ts';
import type { RepositorySource } from './repository.ts';
import type { Identity } from './thread-comments.ts';

/** GitHub lists at most so many commits of a pull request; 250 in all. */
const A_PAGE = 100;

/** Conductor's own pull requests, for what git alone can propose about them. Only reads. */
export function createOwnPulls(
  { owner, name: repo, id }: { readonly owner: string; readonly name: string; readonly id: number },
  client: Client,
  source: RepositorySource,
  identity: Identity,
  branchPrefix: string,
): OwnPulls {
  const isOwn = (pull: {
    readonly user: { readonly login: string } | null;
    readonly body: string | null;
    readonly head: { readonly repo: { readonly id: number } | null };
  }) => pull.user?.login === identity.login && isMarked(pull.body ?? '') && pull.head.repo?.id === id;

  /** Newest first. */
  async function list(options: { readonly head?: string }) {
    const { data } = await client.pulls.list({
      owner,
      repo,
      state: 'all',
      sort: 'created',
      direction: 'desc',
      per_page: A_PAGE,
      ...options,
    });
    return data.filter(isOwn);
  }

  const commitsOf = (number: number) =>
    client.paginate(client.pulls.listCommits, { owner, repo, pull_number: number, per_page: A_PAGE });

  async function find(number: number): Promise<KnownPull | null> {
    try {
      const { data } = await client.pulls.get({ owner, repo, pull_number: number });
      return {
        number,
        title: data.title,
        url: data.html_url,
        head: data.head.sha,
        headBranch: data.head.ref,
        baseBranch: data.base.ref,
        own: isOwn(data),
        state: data.merged ? 'merged' : data.state === 'open' ? 'open' : 'closed',
        merges: data.mergeable === null ? null : data.mergeable && data.mergeable_state !== 'behind',
        conflicts: data.mergeable === false,
        mergeCommit: data.merge_commit_sha,
      };
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  }

  /**
   * A merge commit's first parent is what stood before; so is a squashed commit's. A rebase put a copy of each commit
   * on the base, with its message, and those are counted back; null where that does not come out even.
   */
  async function broughtBy({ number, mergeCommit }: KnownPull): Promise<Span | null> {
    const to = mergeCommit ?? '';
    const { data: landed } = await client.repos.listCommits({ owner, repo, sha: to, per_page: A_PAGE });
    const before = (index: number) => ({ from: landed[index]?.parents[0]?.sha ?? '', to });
    if (landed[0]?.parents.length !== 1) return before(0);
    const commits = (await commitsOf(number)).filter(({ parents }) => parents.length === 1).reverse();
    const isCopy = (index: number) => landed[index]?.commit.message === commits[index]?.commit.message;
    if (commits.length < 2 || !isCopy(0)) return before(0);
    return commits.every((_, index) => isCopy(index)) ? before(commits.length - 1) : null;
  }

  async function lastCommit({ number }: KnownPull) {
    const last = (await commitsOf(number))
      .reverse()
      .find(
        ({ author, commit, parents }) =>
          author?.login === identity.login &&
          parents.length === 1 &&
          trailerOf(commit.message, 'Conductor-Run') !== null,
      );
    const before = last?.parents[0]?.sha;
    if (!last || before === undefined) return null;
    return { from: before, to: last.sha, undoes: trailerOf(last.commit.message, 'Conductor-Undoes') };
  }

  const reading = async <T>(what: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw translate(error, `reading ${what}`);
    }
  };

  return {
    find: (number) => reading(`pull request #${number}`, find(number)),
    async newestOf(thread) {
      const pulls = await reading('the pull requests', list({}));
      return pulls.find(({ head }) => head.ref.startsWith(`${branchPrefix}${thread}-`))?.number ?? null;
    },
    async undoing(number, run) {
      const pulls = await reading(
        'the pull requests',
        list({ head: `${owner}:${undoBranch(branchPrefix, number)}` }),
      );
      const other = pulls.find(
        (pull) =>
          (pull.state === 'open' || pull.merged_at !== null) &&
          !pull.body?.startsWith(marker('pull-request', run)),
      );
      return other ? { number: other.number, isMerged: other.merged_at !== null } : null;
    },
    broughtBy: (pull) => reading(`what #${pull.number} brought`, broughtBy(pull)),
    lastCommit: (pull) => reading(`the commits of #${pull.number}`, lastCommit(pull)),
    async partedAt(base, head) {
      const basehead = `${base}...${head}`;
      // The second page has no files, and they are not asked for.
      const { data } = await reading(
        'where the branches part',
        client.repos.compareCommitsWithBasehead({ owner, repo, basehead, per_page: 1, page: 2 }),
      );
      return data.merge_base_commit.sha;
    },
    changesBetween: (from, to) => source.changesBetween(from, to),
  };
}
