import { createHash } from 'node:crypto';
import type { CommandRequest } from '../commands/request.ts';

/** A run's name: `r` and twelve characters. The same request always has the same run id. */
export type RunId = string;

/**
 * Derives the run id from the content of the request: repository, asking text and action. A redelivery, or a replay
 * under a new delivery GUID (GitHub signs the body, not the headers), therefore names the run that exists already.
 */
export function runIdOf(request: CommandRequest): RunId {
  const content = [request.repository.id, request.asking.kind, request.asking.nodeId, request.action].join(
    '\n',
  );
  return `r${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}
