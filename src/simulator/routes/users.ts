import { accountOf } from '../actor.ts';
import { ok, onPlatform, type Route } from '../call.ts';
import { accountParam } from '../find.ts';
import { renderOwnProfile, renderProfile } from '../render/accounts.ts';

/** People, organizations and bots. */
export const userRoutes: readonly Route[] = [
  onPlatform('GET /user', 'user', (call) => ok(renderOwnProfile(call.world, accountOf(call.actor)))),
  onPlatform('GET /users/{username}', 'anyone', (call) =>
    ok(renderProfile(call.world, accountParam(call, 'username'))),
  ),
];
