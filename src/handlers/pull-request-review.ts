import { z } from 'zod';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { askingEvent, envelope, looksOwn, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({
  pull_request: thread,
  review: text.extend({ state: z.string().nullish() }),
});

/**
 * A review, when it is submitted. Its own text may command; one that requests changes on a pull request of Conductor's
 * own may be a request as it is.
 */
export function pullRequestReview(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (data.action !== 'submitted') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  const on = threadSnapshot(data.pull_request, 'pull_request');
  const asksForChanges = data.review.state === 'changes_requested' && looksOwn(data.pull_request);
  const cause = asksForChanges ? 'changes_requested' : 'mention';
  return asking(askingEvent(data, on, data.review, 'review', cause));
}
