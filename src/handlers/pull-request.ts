import { z } from 'zod';
import { asking, type ConfigChange, ignored, type ReadEvent } from './handled.ts';
import {
  askingEvent,
  envelope,
  looksOwn,
  recheck,
  repositoryRef,
  text,
  thread,
  threadEnded,
  threadSnapshot,
} from './payload.ts';

const ref = z.object({ ref: z.string().min(1), sha: z.string().min(1) });
const payload = envelope.extend({
  pull_request: thread.extend(text.shape).extend({ base: ref, head: ref, merged: z.boolean().nullish() }),
  before: z.string().nullish(),
});

const NEW_HEAD = ['opened', 'synchronize', 'reopened'];

/** A pull request: its text may command when it is opened; a new head may change Conductor's own files. */
export function pullRequest(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  const { pull_request: pull } = data;
  if (data.action === 'closed' || data.action === 'locked')
    return threadEnded(data, pull.number, pull.merged === true && looksOwn(pull));
  if (!NEW_HEAD.includes(data.action))
    return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  const change: ConfigChange = {
    repository: repositoryRef(data.repository),
    installationId: data.installation?.id ?? null,
    number: pull.number,
    base: pull.base,
    head: pull.head,
    byPerson: data.sender?.type === 'User',
  };
  // A new head of our own that we did not push: what was approved is not what stands there.
  if (data.action !== 'opened' && looksOwn(pull) && data.sender?.type === 'User') {
    const head = data.before ? { ref: pull.head.ref, sha: data.before } : undefined;
    return recheck(data, threadSnapshot(pull, 'pull_request'), `${pull.head.sha}/${data.action}`, head);
  }
  if (data.action !== 'opened') return { kind: 'config-change', change };
  return asking(askingEvent(data, threadSnapshot(pull, 'pull_request'), pull, 'issue'), change);
}
