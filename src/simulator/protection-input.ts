import { unprocessable, unserved } from './refusal.ts';
import type { Protection } from './state.ts';

const REVIEW_KEYS = new Set([
  'required_approving_review_count',
  'dismiss_stale_reviews',
  'require_code_owner_reviews',
]);

/**
 * The protection that `PUT .../protection` asks for. The four keys that GitHub requires must be there,
 * be it as null; what the simulator would not enforce is refused rather than stored.
 */
export function readProtection(body: Readonly<Record<string, unknown>>): Protection {
  for (const key of [
    'required_status_checks',
    'enforce_admins',
    'required_pull_request_reviews',
    'restrictions',
  ]) {
    if (!(key in body)) throw unprocessable(`Invalid request.\n\n"${key}" wasn't supplied.`);
  }
  if (body.restrictions !== null) throw unserved('restrictions on who may push');
  return {
    checks: readChecks(body.required_status_checks),
    reviews: readReviews(body.required_pull_request_reviews),
    enforceAdmins: body.enforce_admins === true,
    allowForcePushes: body.allow_force_pushes === true,
    allowDeletions: body.allow_deletions === true,
  };
}

function readChecks(value: unknown): Protection['checks'] {
  if (value === null || value === undefined) return null;
  const { strict, contexts, checks } = value as { strict?: unknown; contexts?: unknown; checks?: unknown };
  const named = Array.isArray(contexts)
    ? contexts.map((context) => ({ context: String(context), appId: null }))
    : [];
  const pinned = Array.isArray(checks)
    ? checks.map((check: { context: unknown; app_id?: unknown }) => ({
        context: String(check.context),
        // -1 stands for "any App". Source: docs.github.com, "Update branch protection".
        appId: typeof check.app_id === 'number' && check.app_id !== -1 ? check.app_id : null,
      }))
    : [];
  const required = [
    ...pinned,
    ...named.filter(({ context }) => !pinned.some((check) => check.context === context)),
  ];
  return { strict: strict === true, required };
}

function readReviews(value: unknown): Protection['reviews'] {
  if (value === null || value === undefined) return null;
  const reviews = value as Record<string, unknown>;
  const unknown = Object.keys(reviews).find((key) => !REVIEW_KEYS.has(key));
  if (unknown !== undefined) throw unserved(`required_pull_request_reviews.${unknown}`);
  if (reviews.require_code_owner_reviews === true) throw unserved('required reviews by code owners');
  const count = reviews.required_approving_review_count ?? 1;
  if (typeof count !== 'number' || count < 0 || count > 6)
    throw unprocessable('required_approving_review_count must be 0 to 6.');
  return { count, dismissStale: reviews.dismiss_stale_reviews === true };
}
