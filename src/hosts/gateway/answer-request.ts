import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal, WireName } from '../../agents/cli/host.ts';
import type { CliCall, CliTask } from '../../agents/cli-agent.ts';
import { type BodyReader, discardRest } from '../read-body.ts';
import { type Accepted, acceptRequest } from './accept-request.ts';
import { refuse } from './forward.ts';
import { presents } from './gateway-key.ts';
import { modelsAnswer } from './models-answer.ts';
import { openaiChat } from './openai-chat.ts';
import { passCall } from './pass-call.ts';
import type { Upstream } from './upstream.ts';
import type { Wire } from './wire.ts';
import { WIRES } from './wires.ts';

/** What one gateway's requests share. */
export interface Passageway {
  readonly task: Pick<CliTask, 'model' | 'meter' | 'maxTurns'>;
  readonly upstream: Upstream;
  readonly key: string;
  readonly wires: readonly WireName[];
  readonly readBody: BodyReader;
  readonly largestBodyBytes: number;
  /** Aborted when the gateway is closed. */
  readonly closing: AbortSignal;
  /** Aborted when no more calls may be made; its reason is a Refusal. */
  readonly exhausted: AbortSignal;
  /** Calls that were let through so far, and that are now. */
  turns: number;
  underWay: number;
  record(call: CliCall): void;
  giveOut(refusal: Refusal): void;
}

const BODY_WITHIN_MS = 60_000;
/** A CLI's helpers work side by side. */
const MOST_AT_ONCE = 8;

type Deny = (status: number, message: string) => void;

/** Answers one request of a CLI. Throws only what the meter throws. */
export async function answerRequest(
  way: Passageway,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname: path, searchParams: query } = urlOf(request);
  const wire = WIRES.find((each) => each.route(path, query) !== null);
  const deny = denial(request, response, wire ?? likely(path));
  if (!presents(way.key, request.headers, query)) return deny(401, 'This is not this gateway’s key.');
  if (request.method === 'GET') {
    const models = modelsAnswer(path, way.upstream.model);
    if (models === null) return deny(404, 'There is nothing here.');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(models));
    return;
  }
  const route = request.method === 'POST' ? wire?.route(path, query) : null;
  if (!wire || !route) return deny(404, 'There is nothing here: only calls to a model are let through.');
  if (!way.wires.includes(wire.name))
    return deny(
      404,
      `${way.task.model.label} does not speak this format. What it speaks: ${way.wires.join(', ')}.`,
    );

  const read = await way.readBody(request, BODY_WITHIN_MS);
  switch (read.kind) {
    case 'gone':
      return;
    case 'body_too_slow':
      return deny(408, 'The request took too long to arrive.');
    case 'too_busy':
      return deny(429, 'Too much is asked at a time.');
    case 'body_too_large':
      return deny(413, `A request may have ${way.largestBodyBytes} bytes.`);
    case 'body':
      try {
        const accepted = acceptRequest(read.bytes, request.headers, wire, route, way.upstream.model);
        if (accepted.ok) await pass(way, accepted, request, response, deny);
        else deny(accepted.status, accepted.message);
      } finally {
        read.release();
      }
  }
}

async function pass(
  way: Passageway,
  accepted: Extract<Accepted, { ok: true }>,
  request: IncomingMessage,
  response: ServerResponse,
  deny: Deny,
): Promise<void> {
  const { task, upstream } = way;
  /** The run is over. No vendor's client asks again after a 403, and the CLI is ended anyway. */
  const over = (refusal: Refusal) => {
    way.giveOut(refusal);
    deny(403, refusal.message);
  };
  if (way.exhausted.aborted) return deny(403, way.exhausted.reason.message);
  if (way.underWay >= MOST_AT_ONCE) return deny(429, 'Too much is asked at a time.');
  if (accepted.route.asks === 'generate') {
    if (way.turns >= task.maxTurns) return over(turnLimit(task.maxTurns));
    way.turns += 1;
  }
  const hungUp = new AbortController();
  response.once('close', () => hungUp.abort());
  if (response.destroyed) hungUp.abort();
  const signal = AbortSignal.any([way.closing, hungUp.signal]);
  way.underWay += 1;
  try {
    const context = { ...task, upstream, headers: request.headers, signal };
    const { call, refusal } = await passCall(accepted, context, response);
    if (call) way.record(call);
    if (refusal) over({ ...refusal, next: refusal.next ?? 'Ask for a smaller step.' });
  } finally {
    way.underWay -= 1;
  }
}

/** A path of this gateway, whatever host it may name; what is no path at all asks for nothing. */
function urlOf({ url = '/' }: IncomingMessage): URL {
  return URL.parse(url.startsWith('/') ? `http://gateway${url}` : url) ?? new URL('http://gateway/');
}

/** Says no, once. A sender who is still writing is let finish, or the answer would be lost. */
function denial(request: IncomingMessage, response: ServerResponse, wire: Wire): Deny {
  return (status, message) => {
    if (!request.complete) {
      response.setHeader('connection', 'close');
      discardRest(request, () => request.destroy());
    }
    refuse(response, status, wire.error(status, message));
  };
}

/** The wire format of the vendor that a path looks like, for the form of an error. */
function likely(path: string): Wire {
  const name = path.startsWith('/v1/messages') ? 'messages' : path.startsWith('/v1beta') ? 'gemini' : 'chat';
  return WIRES.find((wire) => wire.name === name) ?? openaiChat;
}

function turnLimit(turns: number): Refusal {
  return {
    code: 'turn_limit',
    message: `The agent used all its ${turns} turns without finishing.`,
    next: 'Ask for a smaller step, or raise session.max_turns.',
  };
}
