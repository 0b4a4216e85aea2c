import { z } from 'zod';
import { commandIn } from './command-in.ts';
import { type Handled, type HandlerOptions, ignored } from './handled.ts';
import { envelope, repositoryRef, text, thread, threadSnapshot } from './payload.ts';

const ref = z.object({ ref: z.string().min(1), sha: z.string().min(1) });
const payload = envelope.extend({ pull_request: thread.extend(text.shape).extend({ base: ref, head: ref }) });

const NEW_HEAD = ['opened', 'synchronize', 'reopened'];

/** A pull request: its text commands when it is opened; a new head may change Conductor's own files. */
export function pullRequest(input: unknown, options: HandlerOptions): Handled {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { data } = parsed;
  const { pull_request: pull } = data;
  if (data.action === 'opened') {
    const command = commandIn(
      { envelope: data, thread: threadSnapshot(pull, 'pull_request'), text: pull, kind: 'issue' },
      options,
    );
    if (command.kind === 'command') return command;
  }
  if (!NEW_HEAD.includes(data.action))
    return ignored(data.action === 'edited' ? 'edited' : 'unsupported_action');
  return {
    kind: 'config-change',
    repository: repositoryRef(data.repository),
    installationId: data.installation?.id ?? null,
    number: pull.number,
    base: pull.base,
    head: pull.head,
  };
}
