import { createHash } from 'node:crypto';
import type { AskingEvent, AskingText, RepositoryRef } from '../commands/request.ts';

/** A run's name: `r` and twelve characters. The same request always has the same run id. */
export type RunId = string;

/** What names a run: where the text that asks stands, and that it was written. */
export interface Asked extends Pick<AskingEvent, 'action'> {
  readonly repository: Pick<RepositoryRef, 'id'>;
  readonly asking: Pick<AskingText, 'kind' | 'nodeId'>;
}

/**
 * Derives the run id from the content of the request: repository, asking text and action. A redelivery, or a replay
 * under a new delivery GUID (GitHub signs the body, not the headers), therefore names the run that exists already.
 */
export function runIdOf({ repository, asking, action }: Asked): RunId {
  const content = [repository.id, asking.kind, asking.nodeId, action].join('\n');
  return `r${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
}
