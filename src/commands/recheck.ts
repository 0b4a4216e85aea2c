import type { AskingEvent } from './request.ts';

/** A pull request, as a recheck of it needs to know it. */
export type RecheckedPull = Pick<AskingEvent, 'installationId' | 'repository' | 'thread'>;

/**
 * What asks for a recheck of a pull request: something happened that may void an approval there. Nobody asks for anything;
 * `by` is told as who did it. `what` names it: the same thing again is the same event.
 */
export function recheckOf(
  { installationId, repository, thread }: RecheckedPull,
  what: string,
  by = '',
): AskingEvent {
  return {
    action: 'recheck',
    cause: 'recheck',
    installationId,
    repository,
    thread,
    asker: { id: 0, login: by, isBot: true },
    asking: {
      kind: 'checks',
      id: 0,
      nodeId: `${thread.number}/${what}`,
      url: thread.url,
      body: '',
      createdAt: '',
    },
  };
}
