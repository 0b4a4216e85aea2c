import { onPlatform, type Route } from '../call.ts';
import type { Services } from '../services.ts';

/**
 * `POST /graphql`, with the routes of REST to do what mutations do. GitHub's schema is loaded with the first
 * request, so that who asks for none does not wait for it.
 */
export function graphqlRoute(services: Services, rest: readonly Route[]): Route {
  return onPlatform(
    'POST /graphql',
    'anyone',
    async (call) => (await import('./execute.ts')).executeDocument(services, rest, call),
    { body: ['query', 'variables', 'operationName'] },
  );
}
