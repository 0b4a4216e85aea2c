import { z } from 'zod';
import { commandIn } from './command-in.ts';
import { type Handled, type HandlerOptions, ignored } from './handled.ts';
import { envelope, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({ pull_request: thread, comment: text });

/** A new comment on a line of a pull request. */
export function pullRequestReviewComment(input: unknown, options: HandlerOptions): Handled {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (data.action !== 'created') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  return commandIn(
    {
      envelope: data,
      thread: threadSnapshot(data.pull_request, 'pull_request'),
      text: data.comment,
      kind: 'review_comment',
    },
    options,
  );
}
