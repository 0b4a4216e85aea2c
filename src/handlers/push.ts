import { z } from 'zod';
import { recheckOf } from '../commands/recheck.ts';
import type { AskingEvent, ThreadSnapshot } from '../commands/request.ts';
import { type BranchPush, type ConfigChange, ignored, type ReadEvent } from './handled.ts';
import { envelope, repository, repositoryRef } from './payload.ts';

const paths = z.array(z.string()).nullish();
const payload = z.object({
  ref: z.string(),
  after: z.string().nullish(),
  deleted: z.boolean().nullish(),
  repository: repository,
  installation: envelope.shape.installation,
  forced: z.boolean().nullish(),
  commits: z.array(z.object({ added: paths, modified: paths, removed: paths })).nullish(),
});

const BRANCH = 'refs/heads/';

/** A push to a branch: what is known of it, its config for one, is out of date, and pull requests to it may not merge. */
export function push(input: unknown): ReadEvent {
  const parsed = z.safeParse(payload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { ref, after, deleted, repository: pushed, installation } = parsed.data;
  if (!ref.startsWith(BRANCH) || deleted || !after) return ignored('unsupported_action');
  return {
    kind: 'push',
    push: {
      repository: repositoryRef(pushed),
      installationId: installation?.id ?? null,
      branch: ref.slice(BRANCH.length),
      commit: after,
      changesPolicy: mayChangePolicy(parsed.data),
    },
  };
}

/** GitHub lists at most so many commits of a push. */
const MOST_LISTED = 2_048;
const POLICY = /(?:^|\/)(?:CODEOWNERS|conductor\.ya?ml)$/;

/** Whether what decides over approvals may be another now; in doubt it is. Source: docs.github.com, `push` event. */
function mayChangePolicy({ commits, forced }: z.output<typeof payload>): boolean {
  if (forced || !commits || commits.length >= MOST_LISTED) return true;
  return commits.some(({ added, modified, removed }) =>
    [added, modified, removed].some((list) => list?.some((path) => POLICY.test(path))),
  );
}

/** What asks for a recheck of a pull request whose base has another policy now. */
export function policyChanged(push: BranchPush, thread: ThreadSnapshot): AskingEvent {
  return recheckOf({ ...push, thread }, `policy@${push.commit}`);
}

/** What asks for a recheck of a pull request whose head another one has now, too: a check there counts for both. */
export function headShared(change: ConfigChange, thread: ThreadSnapshot): AskingEvent {
  return recheckOf({ ...change, thread }, `shared-by-${change.number}@${change.head.sha}`);
}

/**
 * What asks for a run on a pull request whose base moved. Nobody wrote it: its name, and so the run's, comes from the
 * pull request and the commit that its base moved to.
 */
export function baseMoved(push: BranchPush, thread: ThreadSnapshot): AskingEvent {
  return {
    action: 'base_moved',
    cause: 'base_moved',
    installationId: push.installationId,
    repository: push.repository,
    thread,
    asker: { id: 0, login: '', isBot: true },
    asking: {
      kind: 'issue',
      id: 0,
      nodeId: `${thread.number}@${push.commit}`,
      url: thread.url,
      body: '',
      createdAt: '',
    },
  };
}
