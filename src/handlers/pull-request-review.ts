import { z } from 'zod';
import { commandIn } from './command-in.ts';
import { type Handled, type HandlerOptions, ignored } from './handled.ts';
import { envelope, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({ pull_request: thread, review: text });

/** A review's own text, when it is submitted. */
export function pullRequestReview(input: unknown, options: HandlerOptions): Handled {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (data.action !== 'submitted') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  return commandIn(
    {
      envelope: data,
      thread: threadSnapshot(data.pull_request, 'pull_request'),
      text: data.review,
      kind: 'review',
    },
    options,
  );
}
