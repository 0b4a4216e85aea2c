import { z } from 'zod';
import { commandIn } from './command-in.ts';
import { type Handled, type HandlerOptions, ignored } from './handled.ts';
import { envelope, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({ issue: thread, comment: text });

/** A comment on an issue or on a pull request. Only a new one commands; an edit never does. */
export function issueComment(input: unknown, options: HandlerOptions): Handled {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (data.action !== 'created') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  // GitHub marks a pull request's comments by a key that issues do not have.
  const kind = data.issue.pull_request ? 'pull_request' : 'issue';
  return commandIn(
    { envelope: data, thread: threadSnapshot(data.issue, kind), text: data.comment, kind: 'issue_comment' },
    options,
  );
}
