import { z } from 'zod';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { askingEvent, envelope, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({ pull_request: thread, comment: text });

/** A new comment on a line of a pull request. */
export function pullRequestReviewComment(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (data.action !== 'created') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  const on = threadSnapshot(data.pull_request, 'pull_request');
  return asking(askingEvent(data, on, data.comment, 'review_comment'));
}
