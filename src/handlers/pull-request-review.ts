import { z } from 'zod';
import type { Cause } from '../commands/request.ts';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { askingEvent, envelope, looksOwn, recheck, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({
  pull_request: thread,
  review: text.extend({ state: z.string().nullish() }),
});

/**
 * A review, when it is submitted. Its own text may command; one that requests changes on a pull request of Conductor's
 * own may be a request as it is, and one that approves is a yes. One that is dismissed is no yes any more.
 */
export function pullRequestReview(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  const on = threadSnapshot(data.pull_request, 'pull_request');
  const own = looksOwn(data.pull_request);
  const { node_id: id, state } = data.review;
  if (data.action === 'dismissed' && own) return recheck(data, on, `${id}/dismissed`);
  if (data.action !== 'submitted') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  const cause = own ? CAUSES[state ?? ''] : undefined;
  return asking(askingEvent(data, on, data.review, 'review', cause));
}

const CAUSES: Readonly<Record<string, Cause>> = {
  changes_requested: 'changes_requested',
  approved: 'approving_review',
};
