import type { CommandRequest, Person } from '../commands/request.ts';
import type { FailingCheck, PullCommit } from '../runs/failing-checks.ts';
import type { Client } from './client.ts';
import { trailerOf } from './commit.ts';
import { translate } from './errors.ts';
import { endOfJobLog } from './job-log.ts';
import { withOwnThread } from './own-thread.ts';

const A_PAGE = 100;
const MOST_CHECKS = 30;
const MOST_ANNOTATIONS = 50;
const FAILED = ['failure', 'timed_out'];
/** Its check runs have the ids of their jobs. */
const ACTIONS = 'github-actions';

/**
 * A request to repair failing checks with what its event does not tell: the pull request as it stands, and who asked for
 * it, from the trailers of its commits. Null: not an open pull request of Conductor's own, or not its head any more.
 */
export async function repairRequest(
  client: Client,
  self: string,
  branchPrefix: string,
  request: CommandRequest,
): Promise<CommandRequest | null> {
  const found = await withOwnThread(client, self, branchPrefix, request);
  if (found === null) return null;
  try {
    const asker = requesterIn(await listCommits(client, request), self);
    if (asker === null) return null;
    return { ...found, asker, asking: { ...found.asking, url: `${found.thread.url}/checks` } };
  } catch (error) {
    throw translate(error, `reading the commits of pull request #${request.thread.number}`);
  }
}

/**
 * Who made the pull request's commits, oldest first: of all that GitHub lists, which is 250. `self`: who Conductor
 * writes as. Source: "List commits on a pull request", docs.github.com/rest/pulls/pulls.
 */
export async function commitsOf(
  client: Client,
  self: string,
  request: CommandRequest,
): Promise<readonly PullCommit[]> {
  return (await listCommits(client, request)).map((row) => {
    const { author, committer, commit } = row;
    if (isOwn(row, self)) return { by: 'conductor', cause: trailerOf(commit.message, 'Conductor-Cause') };
    // What a workflow commits has the name of whoever started it, and GitHub's own App for its committer.
    return { by: author?.type === 'User' && committer?.type !== 'Bot' ? 'person' : 'other' };
  });
}

async function listCommits(client: Client, { repository, thread }: CommandRequest) {
  const at = { owner: repository.owner, repo: repository.name, pull_number: thread.number };
  try {
    return await client.paginate(client.pulls.listCommits, { ...at, per_page: A_PAGE });
  } catch (error) {
    throw translate(error, `reading the commits of #${thread.number}`);
  }
}

type CommitRow = Awaited<ReturnType<typeof listCommits>>[number];

const isOwn = ({ author, commit }: CommitRow, self: string) =>
  author?.login === self && trailerOf(commit.message, 'Conductor-Run') !== null;

/** Who asked for the pull request: the first of Conductor's own commits says so. */
function requesterIn(commits: readonly CommitRow[], self: string): Person | null {
  for (const row of commits.filter((each) => isOwn(each, self))) {
    const asker = trailerOf(row.commit.message, 'Requested-by') ?? '';
    const [, login, id] = /^(\S+) <(\d+)\+\S+@users\.noreply\.github\.com>$/.exec(asker) ?? [];
    if (login && id) return { id: Number(id), login, isBot: false };
  }
  return null;
}

/**
 * The checks that fail at `head`, with what they say; which of them fail at `base` as well. Conductor's own are left
 * out. `logs` reads the logs of Actions jobs, which needs a permission of its own: a log that can't be read is left out.
 */
export async function failingChecks(
  client: Client,
  logs: () => Client,
  { repository }: CommandRequest,
  head: string,
  base: string,
): Promise<readonly FailingCheck[]> {
  const at = { owner: repository.owner, repo: repository.name };
  const failingAt = async (ref: string) => {
    const { data } = await client.checks.listForRef({ ...at, ref, per_page: A_PAGE });
    return data.check_runs.filter(
      ({ name, conclusion }) => FAILED.includes(conclusion ?? '') && !name.startsWith('conductor/'),
    );
  };
  try {
    const runs = (await failingAt(head)).slice(0, MOST_CHECKS);
    if (runs.length === 0) return [];
    const onBase = new Set((await failingAt(base)).map(({ name, app }) => `${app?.id}/${name}`));
    return await Promise.all(
      runs.map(async ({ id, name, app, conclusion, output }) => {
        const { data: annotations } =
          output.annotations_count > 0
            ? await client.checks.listAnnotations({ ...at, check_run_id: id, per_page: MOST_ANNOTATIONS })
            : { data: [] };
        return {
          name,
          conclusion: conclusion ?? '',
          title: output.title ?? '',
          summary: output.summary ?? '',
          annotations: annotations.map(({ path, start_line: line, annotation_level: level, message }) => ({
            path,
            line,
            level: level ?? '',
            message: message ?? '',
          })),
          log: app?.slug === ACTIONS ? await endOfJobLog(logs(), at, id) : null,
          failsOnBase: onBase.has(`${app?.id}/${name}`),
        };
      }),
    );
  } catch (error) {
    throw translate(error, `reading the checks of ${head.slice(0, 7)}`);
  }
}
