import { ok, onPlatform, type Route } from '../call.ts';
import type { RateLimits } from '../rate-limit.ts';

/** `GET /rate_limit`, which counts against nothing. */
export function rateLimitRoutes(limits: RateLimits): Route[] {
  return [
    onPlatform('GET /rate_limit', 'anyone', (call) => {
      const core = limits.read(call.actor, 'core');
      const graphql = limits.read(call.actor, 'graphql');
      const search = { limit: 30, remaining: 30, used: 0, reset: core.reset };
      return ok({ resources: { core, search, graphql }, rate: core });
    }),
  ];
}
