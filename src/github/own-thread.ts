import type { CommandRequest } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';

/**
 * A request about a pull request of Conductor's own, with what its event does not tell of it. Null: it is none, or
 * closed, or its head is not the one that the request is about.
 */
export async function withOwnThread(
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
    if (!isOwn || pull.state !== 'open' || (head && head.sha !== pull.head.sha)) return null;
    const { title, body, locked, html_url: url } = pull;
    return { ...request, thread: { ...thread, title, body: body ?? '', author: self, url, locked } };
  } catch (error) {
    throw translate(error, `reading pull request #${thread.number}`);
  }
}
