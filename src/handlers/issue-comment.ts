import { z } from 'zod';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { askingEvent, envelope, looksOwn, recheck, text, thread, threadSnapshot } from './payload.ts';

const payload = envelope.extend({
  issue: thread,
  comment: text.extend({ updated_at: z.string().nullish(), author_association: z.string().nullish() }),
  changes: z.object({ body: z.object({ from: z.string() }).nullish() }).nullish(),
});
/** What an approval may have said, by its words alone. */
const MAY_APPROVE = /@[\s\S]*\b(?:approve|deny)\b/i;

/**
 * Those who can't have approved anything: their edits start nothing, so that nobody keeps Conductor busy with them. It
 * grants nothing, to nobody.
 */
const STRANGERS = ['NONE', 'FIRST_TIMER', 'FIRST_TIME_CONTRIBUTOR', 'MANNEQUIN'];

/** A comment on an issue or on a pull request. Only a new one commands; an edit never does. */
export function issueComment(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  const { comment, issue } = data;
  // GitHub marks a pull request's comments by a key that issues do not have.
  const kind = issue.pull_request ? 'pull_request' : 'issue';
  const before = data.changes?.body?.from ?? comment.body ?? '';
  const unsays = data.action === 'deleted' || data.action === 'edited';
  const isStranger = STRANGERS.includes(comment.author_association ?? '');
  if (unsays && issue.pull_request && looksOwn(issue) && MAY_APPROVE.test(before) && !isStranger) {
    const what = `${comment.node_id}/${data.action}/${comment.updated_at ?? ''}`;
    return recheck(data, threadSnapshot(issue, kind), what);
  }
  if (data.action === 'deleted') {
    const asked = {
      action: 'created',
      repository: { id: data.repository.id },
      asking: { kind: 'issue_comment', nodeId: data.comment.node_id },
    } as const;
    return { kind: 'ended', what: { scope: 'asking', asked, by: data.sender?.login ?? 'ghost' } };
  }
  if (data.action !== 'created') return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  return asking(askingEvent(data, threadSnapshot(issue, kind), comment, 'issue_comment'));
}
