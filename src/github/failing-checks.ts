import type { CommandRequest, Person } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import type { FailingCheck } from '../runs/failing-checks.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';
import { endOfJobLog } from './job-log.ts';

/** GitHub's page, and more commits than a pull request of Conductor's own ever has. */
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
  const { repository, thread, head } = request;
  const at = { owner: repository.owner, repo: repository.name, pull_number: thread.number };
  try {
    const { data: pull } = await client.pulls.get(at);
    const isOwn =
      pull.user?.login === self &&
      isMarked(pull.body ?? '') &&
      pull.head.repo?.id === repository.id &&
      pull.head.ref.startsWith(branchPrefix);
    if (!isOwn || pull.state !== 'open' || pull.head.sha !== head?.sha) return null;
    const asker = requesterIn(await commitMessages(client, request));
    if (asker === null) return null;
    const { title, body, locked, html_url: url } = pull;
    return {
      ...request,
      asker,
      asking: { ...request.asking, url: `${url}/checks` },
      thread: { ...thread, title, body: body ?? '', author: self, url, locked },
    };
  } catch (error) {
    throw translate(error, `reading pull request #${thread.number}`);
  }
}

/** The messages of the pull request's first hundred commits, oldest first. */
export async function commitMessages(
  client: Client,
  { repository, thread }: CommandRequest,
): Promise<readonly string[]> {
  const at = { owner: repository.owner, repo: repository.name, pull_number: thread.number };
  try {
    const { data } = await client.pulls.listCommits({ ...at, per_page: A_PAGE });
    return data.map(({ commit }) => commit.message);
  } catch (error) {
    throw translate(error, `reading the commits of #${thread.number}`);
  }
}

function requesterIn(messages: readonly string[]): Person | null {
  for (const message of messages) {
    const [, login, id] =
      /^Requested-by: (\S+) <(\d+)\+\S+@users\.noreply\.github\.com>$/m.exec(message) ?? [];
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
