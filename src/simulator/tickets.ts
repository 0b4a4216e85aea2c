import { randomBytes } from 'node:crypto';

/** Addresses that each are good for whoever was given them, without a token, as GitHub's signed ones are. */
export interface Tickets<T> {
  issue(what: T): string;
  /** What a path below `/{folder}/` leads to; null without a ticket that was issued. */
  find(path: string): T | null;
}

export function createTickets<T>(folder: string): Tickets<T> {
  const tickets = new Map<string, T>();
  return {
    issue(what) {
      const ticket = randomBytes(16).toString('hex');
      tickets.set(ticket, what);
      return ticket;
    },
    find(path) {
      const [, place, ticket = ''] = path.split('/');
      return place === folder ? (tickets.get(ticket) ?? null) : null;
    },
  };
}
