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
  /** Only when the simulator records. */
  request?: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
  response?: { readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
}

export interface CallLog {
  readonly calls: LoggedCall[];
  begin(call: Omit<LoggedCall, 'sequence' | 'status'>): LoggedCall;
}

/** Keeps every call in order of arrival, from sequence 1. */
export function createCallLog(): CallLog {
  const calls: LoggedCall[] = [];
  return {
    calls,
    begin(call) {
      const logged: LoggedCall = { sequence: calls.length + 1, ...call, status: 0 };
      calls.push(logged);
      return logged;
    },
  };
}
