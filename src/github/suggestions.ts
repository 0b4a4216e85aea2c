import type { ShownFile, Suggestion } from '../changes/suggestions.ts';
import type { CommandRequest } from '../commands/request.ts';
import { marker } from '../messages/markers.ts';
import { suggestionBlock, suggestionsReview } from '../messages/suggestions.ts';
import type { Written } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
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
  request: CommandRequest,
  paths: readonly string[],
): Promise<readonly ShownFile[]> {
  const pull = pullOf(request);
  const shown: ShownFile[] = [];
  try {
    for (let page = 1; page <= MOST_PAGES && shown.length < paths.length; page += 1) {
      const { data } = await client.pulls.listFiles({ ...pull, per_page: A_PAGE, page });
      for (const { filename, patch } of data)
        if (paths.includes(filename)) shown.push({ path: filename, patch: patch ?? null });
      if (data.length < A_PAGE) break;
    }
  } catch (error) {
    throw translate(error, `reading the diff of #${request.thread.number}`);
  }
  return shown;
}

/**
 * One review that offers a change line by line, and judges nothing. One that this run has made already is kept.
 * Null: GitHub does not take it, since the lines are no longer there.
 */
export async function offerSuggestions(
  writing: Writing,
  commit: string,
  suggestions: readonly Suggestion[],
  view: RunView,
): Promise<Written | null> {
  const { client, request, rivals } = writing;
  const review = {
    ...pullOf(request),
    commit_id: commit,
    body: suggestionsReview(view, suggestions),
    comments: suggestions.map(onLines),
  };
  try {
    const stands = standing(await ownReviews(writing, view.run));
    if (stands) return told('adopted', stands);
    if (rivals) return await offerInTurn(writing, review, view.run);
    const { data } = await client.pulls.createReview({ ...review, event: 'COMMENT' });
    return told('created', data);
  } catch (error) {
    if (statusOf(error) === 422) return null;
    throw translate(error, `suggesting the change on #${request.thread.number}`);
  }
}

/**
 * Where other jobs may do the same: GitHub lets an account have one pending review of a pull request at a time, so
 * whoever has begun one has the turn. It is looked again then, and what a job left that has ended is submitted.
 * Source: "Create a review for a pull request", docs.github.com/rest/pulls/reviews.
 */
async function offerInTurn(writing: Writing, review: ReviewInput, run: RunId): Promise<Written | null> {
  const { client, request } = writing;
  const begun = await unlessRefused(client.pulls.createReview(review));
  const reviews = await ownReviews(writing, run);
  const pending = begun?.data ?? reviews.find(({ state }) => state === 'PENDING');
  const stands = standing(reviews);
  if (!pending) return stands ? told('adopted', stands) : null;
  const turn = { ...pullOf(request), review_id: pending.id };
  if (stands) {
    if (stands.id !== pending.id) await unlessRefused(client.pulls.deletePendingReview(turn));
    return told('adopted', stands);
  }
  const submitted = await unlessRefused(client.pulls.submitReview({ ...turn, event: 'COMMENT' }));
  if (submitted) return told('created', submitted.data);
  const theirs = standing(await ownReviews(writing, run));
  return theirs ? told('adopted', theirs) : null;
}

/** Null where GitHub refuses: another job was faster. */
async function unlessRefused<T>(request: Promise<T>): Promise<T | null> {
  return request.catch((error: unknown) => {
    if ([404, 422].includes(statusOf(error) ?? 0)) return null;
    throw error;
  });
}

/** The reviews of this run, pending ones among them: those only their author is shown. */
async function ownReviews({ client, request, identity }: Writing, run: RunId) {
  const reviews = await client.paginate(client.pulls.listReviews, { ...pullOf(request), per_page: A_PAGE });
  return reviews.filter(
    ({ user, body }) => user?.login === identity.login && body.startsWith(marker('suggestions', run)),
  );
}

const standing = <T extends { readonly state: string }>(reviews: readonly T[]) =>
  reviews.find(({ state }) => state !== 'PENDING');

const told = (how: Written['how'], { html_url: url }: { readonly html_url: string }): Written => ({
  thing: 'review',
  how,
  name: 'suggestions',
  url,
});

const pullOf = ({ repository: { owner, name: repo }, thread }: CommandRequest) => ({
  owner,
  repo,
  pull_number: thread.number,
});

type ReviewInput = NonNullable<Parameters<Client['pulls']['createReview']>[0]>;

const onLines = (suggestion: Suggestion) => ({
  path: suggestion.path,
  body: suggestionBlock(suggestion),
  side: 'RIGHT',
  line: suggestion.endLine,
  ...(suggestion.startLine < suggestion.endLine && {
    start_line: suggestion.startLine,
    start_side: 'RIGHT',
  }),
});
