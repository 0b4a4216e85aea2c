import type { CommandRequest } from '../commands/request.ts';
import { type ClientConnection, type Connection, clientsOf } from './connection.ts';
import { countRequest } from './watch-run.ts';

const MOST_CLIENTS = 200;

type Clients = ReturnType<typeof clientsOf>;

/** A client for each repository is kept: making one costs more than most requests. The oldest is forgotten first. */
export function keptClients(): (request: CommandRequest, connection: ClientConnection) => Clients {
  const clients = new Map<string, Clients>();
  return ({ repository, installationId }, connection) => {
    const key = `${installationId}/${repository.id}`;
    const known = clients.get(key) ?? clientsOf(counting(connection));
    clients.delete(key);
    clients.set(key, known);
    if (clients.size > MOST_CLIENTS) clients.delete(clients.keys().next().value ?? '');
    return known;
  };
}

/** The connection, each of whose answers counts for the run that asked. */
export function counting<C extends Pick<Connection, 'heard'>>(connection: C): C {
  return {
    ...connection,
    heard(answer) {
      countRequest();
      connection.heard?.(answer);
    },
  };
}
