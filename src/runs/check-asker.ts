import { ends, outcome, type StepResult, value } from './outcome.ts';
import type { Permission } from './ports.ts';
import type { Run } from './run.ts';

const MAY_COMMAND: readonly Permission[] = ['write', 'maintain', 'admin'];

/** May this person ask for anything here? The permission is read live. */
export async function checkAsker(run: Run): Promise<StepResult<Permission>> {
  const { asker, cause } = run.request;
  // Nobody asks: what may be done without being asked stands in the base branch's config.
  if (cause === 'base_moved') return value('none');
  const permission = await run.step('permission', () => run.ports.reader.permissionOf(asker));

  if (!MAY_COMMAND.includes(permission)) {
    const has = permission === 'none' ? 'no access' : `${permission} access`;
    return ends(
      outcome(
        'refused',
        'no_permission',
        `Commands need write access to this repository; ${asker.login} has ${has}.`,
        'Ask a maintainer to make the request, or to give you write access.',
      ),
    );
  }
  return value(permission);
}

/** Does the thread take commands? */
export function checkThread(run: Run): StepResult<null> {
  const { thread } = run.request;
  if (thread.locked) {
    return ends(
      outcome(
        'refused',
        'thread_locked',
        'This conversation is locked, so Conductor does not work in it.',
        'Unlock it and ask again.',
      ),
    );
  }
  // What was merged is undone afterwards.
  if (thread.closed && run.request.command.verb !== 'undo') {
    const kind = thread.kind === 'issue' ? 'issue' : 'pull request';
    return ends(
      outcome(
        'refused',
        'thread_closed',
        `This ${kind} is closed, so Conductor does not work on it.`,
        'Reopen it and ask again, or ask in an open one.',
      ),
    );
  }
  return value(null);
}
