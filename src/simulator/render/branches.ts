import type { Protection, Repository, World } from '../state.ts';
import type { Schemas } from './schemas.ts';

/** GitHub's `protected-branch`, the answer of the protection routes. */
export function renderProtection(
  world: World,
  repository: Repository,
  branch: string,
  protection: Protection,
): Schemas['protected-branch'] {
  const url = world.api(`/repos/${repository.fullName}/branches/${encodeURIComponent(branch)}/protection`);
  const { checks, reviews } = protection;
  return {
    url,
    ...(checks === null
      ? {}
      : {
          required_status_checks: {
            url: `${url}/required_status_checks`,
            strict: checks.strict,
            ...requiredChecks(protection),
            contexts_url: `${url}/required_status_checks/contexts`,
          },
        }),
    ...(reviews === null
      ? {}
      : {
          required_pull_request_reviews: {
            url: `${url}/required_pull_request_reviews`,
            dismiss_stale_reviews: reviews.dismissStale,
            require_code_owner_reviews: false,
            required_approving_review_count: reviews.count,
            require_last_push_approval: false,
          },
        }),
    required_signatures: { url: `${url}/required_signatures`, enabled: false },
    enforce_admins: { url: `${url}/enforce_admins`, enabled: protection.enforceAdmins },
    required_linear_history: { enabled: false },
    allow_force_pushes: { enabled: protection.allowForcePushes },
    allow_deletions: { enabled: protection.allowDeletions },
    block_creations: { enabled: false },
    required_conversation_resolution: { enabled: false },
    lock_branch: { enabled: false },
    allow_fork_syncing: { enabled: false },
  };
}

/** The short `branch-protection` that a branch itself carries. */
export function renderBranchProtection(protection: Protection | undefined): Schemas['branch-protection'] {
  const level = protection?.checks ? (protection.enforceAdmins ? 'everyone' : 'non_admins') : 'off';
  const checks = protection === undefined ? { contexts: [], checks: [] } : requiredChecks(protection);
  return {
    enabled: protection !== undefined,
    required_status_checks: { enforcement_level: level, ...checks },
  };
}

function requiredChecks({ checks }: Protection) {
  const required = checks?.required ?? [];
  return {
    contexts: required.map(({ context }) => context),
    checks: required.map(({ context, appId }) => ({ context, app_id: appId })),
  };
}
