import type { ShownFile, Suggestion } from '../changes/suggestions.ts';
import type { CommandRequest } from '../commands/request.ts';
import { marker } from '../messages/markers.ts';
import { suggestionBlock, suggestionsReview } from '../messages/suggestions.ts';
import type { Written } from '../runs/run-events.ts';
import type { RunView } from '../runs/run-view.ts';
import type { Client } from './client.ts';
import { statusOf, translate } from './errors.ts';
import type { Writing } from './writing.ts';

const A_PAGE = 100;
/** Files beyond these are taken as not shown: GitHub lists 3,000, and a small change is seldom in the last of them. */
const MOST_PAGES = 3;

/** What the pull request's own diff shows of these files. Lines outside of it take no comment. */
export async function shownFiles(
  client: Client,
  { repository, thread }: CommandRequest,
  paths: readonly string[],
): Promise<readonly ShownFile[]> {
  const pull = { owner: repository.owner, repo: repository.name, pull_number: thread.number };
  const shown: ShownFile[] = [];
  try {
    for (let page = 1; page <= MOST_PAGES && shown.length < paths.length; page += 1) {
      const { data } = await client.pulls.listFiles({ ...pull, per_page: A_PAGE, page });
      for (const { filename, patch } of data)
        if (paths.includes(filename)) shown.push({ path: filename, patch: patch ?? null });
      if (data.length < A_PAGE) break;
    }
  } catch (error) {
    throw translate(error, `reading the diff of #${thread.number}`);
  }
  return shown;
}

/**
 * One review that offers a change line by line, and judges nothing. One that this run has made already is kept.
 * Null: GitHub does not take it, since the lines are no longer there.
 */
export async function offerSuggestions(
  { read, client, request, identity }: Writing,
  commit: string,
  suggestions: readonly Suggestion[],
  view: RunView,
): Promise<Written | null> {
  const pull = {
    owner: request.repository.owner,
    repo: request.repository.name,
    pull_number: request.thread.number,
  };
  try {
    const reviews = await read.paginate(read.pulls.listReviews, { ...pull, per_page: A_PAGE });
    const own = reviews.find(
      ({ user, body }) => user?.login === identity.login && body.startsWith(marker('suggestions', view.run)),
    );
    if (own) return { thing: 'review', how: 'adopted', name: 'suggestions', url: own.html_url };
    const { data } = await client.pulls.createReview({
      ...pull,
      commit_id: commit,
      event: 'COMMENT',
      body: suggestionsReview(view, suggestions),
      comments: suggestions.map((suggestion) => ({
        path: suggestion.path,
        body: suggestionBlock(suggestion),
        side: 'RIGHT',
        line: suggestion.endLine,
        ...(suggestion.startLine < suggestion.endLine && {
          start_line: suggestion.startLine,
          start_side: 'RIGHT',
        }),
      })),
    });
    return { thing: 'review', how: 'created', name: 'suggestions', url: data.html_url };
  } catch (error) {
    if (statusOf(error) === 422) return null;
    throw translate(error, `suggesting the change on #${request.thread.number}`);
  }
}
