import { onRepository, type Route } from '../call.ts';
import { ZERO } from '../git/objects.ts';
import { nodeId } from '../ids.ts';
import { pageAnswer } from '../pagination.ts';
import { renderUser } from '../render/accounts.ts';
import type { Activity } from '../state.ts';

/** Who moved which ref: what GitHub knows for sure, whatever a commit says of its author. Newest first. */
export const activityRoutes: readonly Route[] = [
  onRepository(
    'GET /repos/{owner}/{repo}/activity',
    { app: 'contents:read', user: 'read' },
    (call) => {
      const ref = call.query.get('ref');
      const full = ref === null || ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
      const moves = call.repository.activities.filter((each) => full === null || each.ref === full);
      return pageAnswer(call, moves.toReversed(), ({ id, ref: of, before, after, at, by, ...move }) => ({
        id,
        node_id: nodeId('PSH', id),
        before: before ?? ZERO,
        after: after ?? ZERO,
        ref: of,
        timestamp: at,
        activity_type: kindOf({ before, after, ...move }),
        actor: renderUser(call.world, by),
      }));
    },
    { query: ['ref'] },
  ),
];

function kindOf({ before, after, forced }: Pick<Activity, 'before' | 'after' | 'forced'>): string {
  if (before === null) return 'branch_creation';
  if (after === null) return 'branch_deletion';
  return forced ? 'force_push' : 'push';
}
