import { type Actor, limitKey } from './actor.ts';
import { Refusal } from './refusal.ts';
import type { World } from './state.ts';

const WINDOW_S = 3600;
/** Source: docs.github.com, "Rate limits for the REST API". */
const LIMITS: Readonly<Record<Actor['kind'], number>> = {
  anonymous: 60,
  user: 5000,
  app: 5000,
  installation: 5000,
  job: 1000,
};

export interface RateLimit {
  readonly limit: number;
  readonly remaining: number;
  readonly used: number;
  /** Seconds since 1970. */
  readonly reset: number;
}

/** GitHub counts REST and GraphQL apart. */
export type LimitedResource = 'core' | 'graphql';

export interface RateLimits {
  read(actor: Actor, resource: LimitedResource): RateLimit;
  count(actor: Actor, resource: LimitedResource): void;
}

/** Counts requests in windows of an hour by the world's clock; `perHour` replaces GitHub's own limits. */
export function createRateLimits(world: World, perHour: number | undefined): RateLimits {
  const windows = new Map<string, { start: number; used: number }>();
  const current = (actor: Actor, resource: LimitedResource): { start: number; used: number } => {
    const now = Math.floor(world.now().getTime() / 1000);
    const key = `${resource} ${limitKey(actor)}`;
    const known = windows.get(key);
    if (known !== undefined && now < known.start + WINDOW_S) return known;
    const fresh = { start: now, used: 0 };
    windows.set(key, fresh);
    return fresh;
  };
  return {
    read(actor, resource) {
      const { start, used } = current(actor, resource);
      const limit = perHour ?? LIMITS[actor.kind];
      return { limit, used, remaining: Math.max(0, limit - used), reset: start + WINDOW_S };
    },
    count(actor, resource) {
      current(actor, resource).used += 1;
    },
  };
}

/** The headers in which GitHub tells the limit. */
export function rateHeaders(
  { limit, remaining, used, reset }: RateLimit,
  resource: LimitedResource,
): Record<string, string> {
  return {
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(used),
    'x-ratelimit-reset': String(reset),
    'x-ratelimit-resource': resource,
  };
}

/**
 * GitHub's answer when an hour's requests are used up: 403 by REST, 200 by GraphQL.
 * Source: docs.github.com, "Rate limits and query limits for the GraphQL API".
 */
export function rateRefusal(actor: Actor, resource: LimitedResource): Refusal {
  const message = `API rate limit exceeded for ${limitKey(actor)}.`;
  if (resource === 'core') return new Refusal(403, message);
  return new Refusal(200, message, { body: { errors: [{ type: 'RATE_LIMITED', message }] } });
}
