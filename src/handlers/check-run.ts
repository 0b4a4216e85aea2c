import { z } from 'zod';
import { pullNumbered } from '../commands/request.ts';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { envelope, repositoryRef } from './payload.ts';

const payload = envelope.extend({
  requested_action: z.object({ identifier: z.string() }).nullish(),
  check_run: z.object({
    id: z.int(),
    name: z.string(),
    head_sha: z.string().min(1),
    html_url: z.string().nullish(),
    output: z.object({ summary: z.string().nullish() }).nullish(),
    pull_requests: z.array(
      z.object({ number: z.int().min(1), head: z.object({ ref: z.string(), sha: z.string() }) }),
    ),
  }),
});

const DIGEST = /`(sha256:[0-9a-f]{64})`/;

/**
 * A button of a check run was pressed. GitHub tells it only to the App whose check it is, and `sender` is who pressed it:
 * a person with write access. Which change it is about, the check says. Source: docs.github.com, "Requested actions".
 */
export function checkRun(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const {
    action,
    sender,
    requested_action: pressed,
    check_run: check,
    repository,
    installation,
  } = parsed.data;
  if (action !== 'requested_action' || check.name !== 'conductor/policy')
    return ignored('unsupported_action');
  const says = pressed?.identifier;
  const pull = check.pull_requests.find(({ head }) => head.sha === check.head_sha);
  const digest = DIGEST.exec(check.output?.summary ?? '')?.[1];
  if ((says !== 'approve' && says !== 'deny') || !pull || !digest) return ignored('unsupported_action');
  if (!sender) return ignored('no_author');
  return asking({
    action,
    installationId: installation?.id ?? null,
    repository: repositoryRef(repository),
    thread: pullNumbered(pull.number),
    asker: { id: sender.id, login: sender.login, isBot: sender.type !== 'User' },
    asking: {
      kind: 'checks',
      id: check.id,
      nodeId: `${pull.number}@${digest}/${says}/${sender.id}/${check.id}`,
      url: check.html_url ?? '',
      body: `${says} ${digest}`,
      createdAt: '',
    },
    cause: 'button',
  });
}
