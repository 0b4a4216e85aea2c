import { atLeast, roleOf } from './access.ts';
import type { Act } from './act.ts';
import { lacksRole } from './refusal.ts';
import type { Comment, Repository } from './state.ts';

/** A person changes their own comments, or anybody's with write access; an App's permission is enough. */
export function demandOwnComment({ actor }: Act, repository: Repository, comment: Comment): void {
  if (
    actor.kind === 'user' &&
    actor.account !== comment.author &&
    !atLeast(roleOf(actor.account, repository), 'write')
  )
    throw lacksRole('write');
}
