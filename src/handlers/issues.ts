import { z } from 'zod';
import { commandIn } from './command-in.ts';
import { type Handled, type HandlerOptions, ignored } from './handled.ts';
import { envelope, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({ issue: thread.extend(text.shape) });

/** A new issue whose own text mentions Conductor. */
export function issues(input: unknown, options: HandlerOptions): Handled {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (data.action !== 'opened') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  return commandIn(
    { envelope: data, thread: threadSnapshot(data.issue, 'issue'), text: data.issue, kind: 'issue' },
    options,
  );
}
