import type { CommandRequest } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import type { Remark } from '../runs/ports.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';

/** GitHub lets a review hold more; nobody reads so many, and no agent does them all in one run. */
const MOST_REMARKS = 100;

/**
 * The comments on lines that were submitted with a review. Where the review is a request as a whole these are all of
 * them; where it commands by a mention, those that `mentions` finds to be commands of their own are left to themselves.
 */
export async function remarksOf(
  client: Client,
  { repository, thread, cause }: CommandRequest,
  review: number,
  mentions: (body: string) => boolean,
): Promise<readonly Remark[]> {
  try {
    const { data } = await client.pulls.listCommentsForReview({
      owner: repository.owner,
      repo: repository.name,
      pull_number: thread.number,
      review_id: review,
      per_page: MOST_REMARKS,
    });
    return data
      .filter(({ body }) => cause === 'changes_requested' || !mentions(body))
      .map(({ path, line, original_line: original, body }) => ({
        path,
        line: line ?? original ?? null,
        body,
      }));
  } catch (error) {
    throw translate(error, `reading the review of #${thread.number}`);
  }
}

/**
 * Whether a comment on a line belongs to a review that requests changes on a pull request of Conductor's own: where that
 * counts as a request, the review is asked for as a whole, and a mention in one of its comments asks for nothing more. A
 * bot's review counts as none, and one that commands by a mention is that command.
 */
export async function isPartOfRequest(
  client: Client,
  self: string,
  { repository, thread, asker, asking }: CommandRequest,
  mentions: (body: string) => boolean,
): Promise<boolean> {
  if (asking.reviewId === undefined || asker.isBot || thread.author !== self || !isMarked(thread.body))
    return false;
  try {
    const { data } = await client.pulls.getReview({
      owner: repository.owner,
      repo: repository.name,
      pull_number: thread.number,
      review_id: asking.reviewId,
    });
    return data.state === 'CHANGES_REQUESTED' && !mentions(data.body);
  } catch (error) {
    throw translate(error, `reading the review of #${thread.number}`);
  }
}
