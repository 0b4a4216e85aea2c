import { z } from 'zod';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { askingEvent, envelope, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({ issue: thread, comment: text });

/** A comment on an issue or on a pull request. Only a new one commands; an edit never does. */
export function issueComment(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  if (data.action === 'deleted') {
    const asked = {
      action: 'created',
      repository: { id: data.repository.id },
      asking: { kind: 'issue_comment', nodeId: data.comment.node_id },
    } as const;
    return { kind: 'ended', what: { scope: 'asking', asked, by: data.sender?.login ?? 'ghost' } };
  }
  if (data.action !== 'created') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  // GitHub marks a pull request's comments by a key that issues do not have.
  const kind = data.issue.pull_request ? 'pull_request' : 'issue';
  return asking(askingEvent(data, threadSnapshot(data.issue, kind), data.comment, 'issue_comment'));
}
