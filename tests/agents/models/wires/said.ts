import type { ModelTurn } from '../../../../src/agents/model.ts';

/** A turn as a test wants it said on the wire. Tokens: 100 new ones, `cacheRead` and `cacheWrite`, and 7 out. */
export interface SaidTurn {
  readonly thought?: string;
  readonly text?: string;
  readonly calls?: readonly SaidCall[];
  readonly stop: ModelTurn['stop'];
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

export interface SaidCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** How one wire format says things. */
export interface Wire {
  /** The server-sent events of one turn. Calls come in pieces, those of several calls in turns. */
  frames(turn: SaidTurn): string[];
  /** The body of an error answer. */
  error(code: string, message: string): unknown;
  /** What keeps a connection warm and says nothing. */
  readonly beat: string;
  /** Codes for what the vendors call differently. */
  readonly codes: {
    readonly spendCap: string;
    readonly overflow: { readonly code: string; readonly message: string };
  };
}

export function frame(data: object, event?: string): string {
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;
}

/** A text in some eight pieces, wherever they part: in the middle of a character too. */
export function pieces(text: string): string[] {
  const size = Math.max(3, Math.ceil(text.length / 8));
  return Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  );
}

/** The pieces of all calls' arguments, one of each in turn, with the number of their call. */
export function interleaved(calls: readonly SaidCall[]): { readonly at: number; readonly piece: string }[] {
  const all = calls.map((call) => pieces(call.arguments));
  const most = Math.max(0, ...all.map(({ length }) => length));
  return Array.from({ length: most }, (_, turn) =>
    all.flatMap((own, at) => (own[turn] === undefined ? [] : [{ at, piece: own[turn] }])),
  ).flat();
}
