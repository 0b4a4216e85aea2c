import { demand } from './access.ts';
import type { Actor } from './actor.ts';
import type { Answer, Call, RepositoryCall, Route } from './call.ts';
import { findRepository } from './find.ts';
import { notFound, Refusal, unserved } from './refusal.ts';
import type { Services } from './services.ts';

/** Does what a route does for a call that has reached it: checks, then the handler, alone if it may change anything. */
export async function perform(
  { world, alone }: Pick<Services, 'world' | 'alone'>,
  route: Route,
  call: Call,
): Promise<Answer> {
  checkParameters(route, call);
  const { needs } = route;
  if (typeof needs === 'string') {
    demandKind(call.actor, needs);
    return await route.handle(call as RepositoryCall);
  }
  const repository = findRepository(world, `${call.params.owner}/${call.params.repo}`);
  if (repository === null) throw notFound();
  demand(call.actor, repository, needs);
  const work = async (): Promise<Answer> => await route.handle({ ...call, repository });
  return route.method === 'GET' ? work() : alone(repository, work);
}

function demandKind(actor: Actor, kind: 'app' | 'installation' | 'user' | 'anyone'): void {
  if (kind === 'anyone' || actor.kind === kind || (kind === 'installation' && actor.kind === 'job')) return;
  if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
  if (kind === 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
  throw new Refusal(403, 'Resource not accessible by integration');
}

/** Refuses what the handler does not read: ignoring it would be a guess at what GitHub does with it. */
function checkParameters(route: Route, call: Call): void {
  for (const key of Object.keys(call.body)) {
    if (!route.body?.includes(key)) throw unserved(`the parameter "${key}" of ${route.route}`);
  }
  for (const key of call.query.keys()) {
    if (!route.query?.includes(key) && key !== 'page' && key !== 'per_page')
      throw unserved(`the query "${key}" of ${route.route}`);
  }
}
