import { type Actor, actorName } from './actor.ts';
import type { Permissions } from './state.ts';

/** What an App's or a job's token was given; null: it was somebody else's, or none. */
export interface Held {
  readonly permissions: Permissions;
  /** Ids of the repositories that it was narrowed to; null: all that the installation reaches. */
  readonly repositories: readonly number[] | null;
}

/** One request to the API, as the simulator saw it: a GraphQL document is one, however much it asks for. */
export interface LoggedCall {
  readonly sequence: number;
  readonly method: string;
  /** GitHub's template with the method: `POST /repos/{owner}/{repo}/pulls`; of an unserved path, the path. */
  readonly route: string;
  /** With the query. */
  readonly path: string;
  /** `content` is what GitHub's secondary limit counts as creating content (80 a minute, 500 an hour). */
  kind: 'read' | 'write' | 'content';
  /** Of GraphQL: the operation's name, null without one, and its top-level fields in order. */
  operation?: string | null;
  fields?: readonly string[];
  /** 0 while under way, and for a connection that a fault dropped. */
  status: number;
  readonly actor: string;
  readonly held: Held | null;
  /** Only when the simulator records. */
  request?: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
  response?: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
}

/** One request of git's own, as the simulator saw it. */
export interface LoggedGit {
  /** `owner/name`. */
  readonly repository: string;
  readonly service: 'git-upload-pack' | 'git-receive-pack';
  readonly actor: string;
  readonly held: Held | null;
}

export interface CallLog {
  readonly calls: LoggedCall[];
  readonly git: LoggedGit[];
  begin(call: Omit<LoggedCall, 'sequence' | 'status'>): LoggedCall;
}

/** Keeps every call in order of arrival, from sequence 1. */
export function createCallLog(): CallLog {
  const calls: LoggedCall[] = [];
  return {
    calls,
    git: [],
    begin(call) {
      const logged: LoggedCall = { sequence: calls.length + 1, ...call, status: 0 };
      calls.push(logged);
      return logged;
    },
  };
}

/** Who a log says has asked, and with what in hand. */
export function asked(actor: Actor): { readonly actor: string; readonly held: Held | null } {
  return { actor: actorName(actor), held: heldBy(actor) };
}

function heldBy(actor: Actor): Held | null {
  if (actor.kind === 'job') return { permissions: actor.permissions, repositories: [actor.repository.id] };
  if (actor.kind !== 'installation') return null;
  const { permissions, repositoryIds } = actor;
  return { permissions, repositories: repositoryIds === null ? null : [...repositoryIds] };
}
