import type { CommandRequest, RepositoryRef } from '../commands/request.ts';

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
  | 'too_complex';

/** What an event asks for. Handlers return nothing else, and do nothing. */
export type Handled =
  | { readonly kind: 'command'; readonly request: CommandRequest }
  | {
      readonly kind: 'config-change';
      readonly repository: RepositoryRef;
      readonly installationId: number | null;
      readonly number: number;
      readonly base: { readonly ref: string; readonly sha: string };
      readonly head: { readonly ref: string; readonly sha: string };
    }
  | { readonly kind: 'default-branch-push'; readonly repositoryId: number }
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason };

export interface HandlerOptions {
  /** The word that people mention, without the `@`. */
  readonly trigger: string;
  /** Numeric ids of bot accounts that may command all the same. */
  readonly allowedBots: readonly number[];
}

export const ignored = (reason: IgnoredReason): Handled => ({ kind: 'ignored', reason });
