import type { Simulator } from '../../src/simulator/simulator.ts';

/** Has GitHub answer GraphQL as a server or a proxy does that does not know it. */
export function withoutGraphql({ faults }: Simulator): void {
  faults.add({
    route: 'POST /graphql',
    kind: 'fail-before',
    status: 404,
    times: Number.POSITIVE_INFINITY,
    body: { message: 'Not Found' },
  });
}
