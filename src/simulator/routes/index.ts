import type { Route } from '../call.ts';
import type { RateLimits } from '../rate-limit.ts';
import type { Tokens } from '../tokens.ts';
import type { Webhooks } from '../webhooks.ts';
import { activityRoutes } from './activity.ts';
import { appRoutes } from './apps.ts';
import { archiveRoutes } from './archives.ts';
import { branchRoutes } from './branches.ts';
import { checkRunRoutes } from './check-runs.ts';
import { checkSuiteRoutes } from './check-suites.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { deliveryRoutes } from './deliveries.ts';
import { gitObjectRoutes } from './git-objects.ts';
import { gitRefRoutes } from './git-refs.ts';
import { issueRoutes } from './issues.ts';
import { jobLogRoutes } from './job-logs.ts';
import { labelRoutes } from './labels.ts';
import { mergeRoutes } from './merges.ts';
import { pullRoutes } from './pulls.ts';
import { rateLimitRoutes } from './rate-limit.ts';
import { reactionRoutes } from './reactions.ts';
import { repositoryRoutes } from './repositories.ts';
import { requestedReviewerRoutes } from './requested-reviewers.ts';
import { reviewCommentRoutes } from './review-comments.ts';
import { reviewRoutes } from './reviews.ts';
import { statusRoutes } from './statuses.ts';
import { teamRoutes } from './teams.ts';
import { userRoutes } from './users.ts';

/** Every route the simulator serves. Of two that match a path, the one listed first answers. */
export function allRoutes(services: {
  readonly tokens: Tokens;
  readonly limits: RateLimits;
  readonly webhooks: Webhooks;
}): Route[] {
  return [
    ...appRoutes(services.tokens),
    ...deliveryRoutes(services.webhooks),
    ...rateLimitRoutes(services.limits),
    ...userRoutes,
    ...teamRoutes,
    ...repositoryRoutes,
    ...activityRoutes,
    ...commentRoutes,
    ...reactionRoutes,
    ...labelRoutes,
    ...issueRoutes,
    ...gitObjectRoutes,
    ...gitRefRoutes,
    ...branchRoutes,
    ...contentRoutes,
    ...checkRunRoutes,
    ...checkSuiteRoutes,
    ...jobLogRoutes,
    ...statusRoutes,
    ...commitRoutes,
    ...archiveRoutes,
    ...reviewCommentRoutes,
    ...reviewRoutes,
    ...requestedReviewerRoutes,
    ...mergeRoutes,
    ...pullRoutes,
  ];
}
