import { z } from 'zod';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { askingEvent, envelope, text, thread, threadEnded, threadSnapshot } from './payload.ts';

const payload = envelope.extend({ issue: thread.extend(text.shape) });

/** A new issue whose own text may mention Conductor; or one that ends, and the work in it. */
export function issues(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (['closed', 'deleted', 'locked', 'transferred'].includes(data.action))
    return threadEnded(data, data.issue.number);
  if (data.action !== 'opened') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  return asking(askingEvent(data, threadSnapshot(data.issue, 'issue'), data.issue, 'issue'));
}
