import type { AskingEvent, Cause, CommandRequest, RepositoryRef } from '../commands/request.ts';

/** Why an event is nothing to Conductor. */
export type IgnoredReason =
  | 'unsupported_event'
  | 'unsupported_action'
  | 'malformed_payload'
  | 'no_author'
  | 'bot_author'
  | 'edited'
  | 'no_mention'
  | 'own_comment'
  | 'too_complex'
  | 'no_failing_checks'
  | 'not_wanted'
  | 'push';

/** A new head that may change Conductor's own files. */
export interface ConfigChange {
  readonly repository: RepositoryRef;
  readonly installationId: number | null;
  readonly number: number;
  readonly base: { readonly ref: string; readonly sha: string };
  readonly head: { readonly ref: string; readonly sha: string };
  /** A person did it, and no App. */
  readonly byPerson: boolean;
}

/** A branch that points to another commit now. */
export interface BranchPush {
  readonly repository: RepositoryRef;
  readonly installationId: number | null;
  readonly branch: string;
  readonly commit: string;
  /** What decides over approvals may be another now. */
  readonly changesPolicy: boolean;
}

/** Runs that lose their ground: those of an installation, of a thread, or the one that a text asked for. */
export type Ended =
  | { readonly scope: 'installation'; readonly installationId: number }
  | {
      readonly scope: 'thread';
      readonly repositoryId: number;
      readonly number: number;
      readonly by: string;
      /** It is a pull request that looks like Conductor's own, and was merged. */
      readonly ownMerged: boolean;
    }
  | {
      readonly scope: 'asking';
      readonly asked: Pick<AskingEvent, 'action'> & {
        readonly repository: Pick<RepositoryRef, 'id'>;
        readonly asking: Pick<AskingEvent['asking'], 'kind' | 'nodeId'>;
      };
      readonly by: string;
    };

/** What an event means before its text is read. Handlers return nothing else, and do nothing. */
export type ReadEvent =
  | { readonly kind: 'asking'; readonly event: AskingEvent; readonly configChange: ConfigChange | null }
  | { readonly kind: 'config-change'; readonly change: ConfigChange }
  | { readonly kind: 'push'; readonly push: BranchPush }
  | { readonly kind: 'ended'; readonly what: Ended }
  | { readonly kind: 'schedule'; readonly repository: RepositoryRef }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason };

/** What an asking event's text comes to. */
export type ReadCommand =
  | { readonly kind: 'command'; readonly request: CommandRequest }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason };

export interface HandlerOptions {
  /** The word that people mention, without the `@`. */
  readonly trigger: string;
  /** Numeric ids of bot accounts that may command all the same. */
  readonly allowedBots: readonly number[];
  /** What counts as a request without a mention; nothing where it is absent. */
  readonly wanted?: readonly Cause[];
}

export const ignored = (
  reason: IgnoredReason,
): { readonly kind: 'ignored'; readonly reason: IgnoredReason } => ({
  kind: 'ignored',
  reason,
});

/** An asking event, or why it is none. */
export function asking(
  event: AskingEvent | IgnoredReason,
  configChange: ConfigChange | null = null,
): ReadEvent {
  if (typeof event !== 'string') return { kind: 'asking', event, configChange };
  return configChange ? { kind: 'config-change', change: configChange } : ignored(event);
}
