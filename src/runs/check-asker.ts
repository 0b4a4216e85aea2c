import { ends, outcome, type StepResult, value } from './outcome.ts';
import type { Permission } from './ports.ts';
import type { Run } from './run.ts';

const MAY_COMMAND: readonly Permission[] = ['write', 'maintain', 'admin'];

/** How a run ends that was asked for by somebody who may ask for nothing: by a mention, by a review. */
export const DENIALS = ['no_permission', 'review_without_permission'] as const;

/** May this person ask for anything here? The permission is read live. Anybody may review: only a mention is answered. */
export async function checkAsker(run: Run): Promise<StepResult<Permission>> {
  const { asker, cause } = run.request;
  // Nobody asked: the base branch's config did, and it has the last word on what a write may be.
  if (cause === 'failing_checks') return value('write');
  if (cause === 'base_moved' || cause === 'recheck') return value('none');
  const permission = await run.step('permission', () => run.ports.reader.permissionOf(asker));

  if (!MAY_COMMAND.includes(permission)) {
    const has = permission === 'none' ? 'no access' : `${permission} access`;
    return refuse(
      run,
      DENIALS[cause === 'changes_requested' ? 1 : 0],
      `Commands need write access to this repository; ${asker.login} has ${has}.`,
      'Ask a maintainer to make the request, or to give you write access.',
    );
  }
  return value(permission);
}

/** Does the thread take commands? */
export function checkThread(run: Run): StepResult<null> {
  const { thread } = run.request;
  if (thread.locked) {
    return refuse(
      run,
      'thread_locked',
      'This conversation is locked, so Conductor does not work in it.',
      'Unlock it and ask again.',
    );
  }
  // What was merged is undone afterwards.
  if (thread.closed && run.request.command.verb !== 'undo') {
    const kind = thread.kind === 'issue' ? 'issue' : 'pull request';
    return refuse(
      run,
      'thread_closed',
      `This ${kind} is closed, so Conductor does not work on it.`,
      'Reopen it and ask again, or ask in an open one.',
    );
  }
  return value(null);
}

/** Where no words asked for anything, none are answered. */
function refuse({ request }: Run, code: string, message: string, next: string) {
  const silent = request.cause !== undefined && request.cause !== 'mention';
  return ends({ ...outcome('refused', code, message, next), silent });
}
