import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Emission } from './act.ts';
import type { Actor } from './actor.ts';
import type { Answer, Call, Route } from './call.ts';
import { asked as askedBy, type LoggedCall } from './call-log.ts';
import { Cut, underFaults } from './cut.ts';
import { namedPath, redirectOf } from './moved.ts';
import { perform } from './perform.ts';
import { type LimitedResource, rateHeaders, rateRefusal } from './rate-limit.ts';
import { Refusal, unserved } from './refusal.ts';
import { createRouter, unroutable } from './router.ts';
import type { Services } from './services.ts';

/** Answers requests to the API: one function that reads as the order of what happens to each. */
export function createApi(services: Services, routes: readonly Route[]) {
  const { world, tokens, log, faults, limits } = services;
  const match = createRouter(routes);

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://simulator');
    const asked = url.pathname.replace(/^\/api(\/v3(?=\/|$)|(?=\/graphql$))/, '') || '/';
    const path = namedPath(world, asked);
    const resource = path === '/graphql' ? 'graphql' : 'core';
    // From the start: a client that is gone before the answer closes the connection only once.
    const answered = new Promise<void>((resolve) => response.once('close', resolve));
    const text = await readBody(request);
    const found = match(method === 'HEAD' ? 'GET' : method, path);
    const logged = log.begin({
      method,
      route: found?.route.route ?? `${method} ${path}`,
      path: `${asked}${url.search}`,
      kind: method === 'GET' || method === 'HEAD' ? 'read' : found?.route.content ? 'content' : 'write',
      actor: 'unknown',
      held: null,
    });
    const emissions: Emission[] = [];
    let actor: Actor = { kind: 'anonymous' };
    let answer: Answer | null;
    try {
      actor = tokens.actor(request.headers.authorization);
      Object.assign(logged, askedBy(actor));
      if (path !== '/rate_limit' && limits.read(actor, resource).remaining === 0)
        throw rateRefusal(actor, resource);
      if (found === null) throw unroutable(method, path);
      checkVersion(request);
      const call: Call = {
        world,
        actor,
        emissions,
        method,
        path,
        params: found.params,
        query: url.searchParams,
        body: parseBody(text),
        headers: request.headers as Call['headers'],
        logged,
      };
      // A redirect has no effect: faults wait for the request that follows it.
      const { route } = found;
      answer =
        redirectOf(call) ?? (await underFaults(faults, route.route, () => perform(services, route, call)));
    } catch (error) {
      answer = error instanceof Cut ? error.answer : answerTo(error);
    }
    services.publish(emissions, answered);
    if (answer === null) response.destroy();
    else finish({ services, request, response, logged, actor, resource, text }, answer);
  };
}

function checkVersion(request: IncomingMessage): void {
  const version = request.headers['x-github-api-version'];
  if (version !== undefined && version !== '2022-11-28') throw unserved(`version ${version} of the API`);
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Problems parsing JSON');
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw new Refusal(400, 'Body should be a JSON object');
  return value as Record<string, unknown>;
}

function answerTo(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { status: 500, body: { message: `This is a bug in Conductor's simulator: ${text}` } };
}

interface Exchange {
  readonly services: Services;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly logged: LoggedCall;
  readonly actor: Actor;
  readonly resource: LimitedResource;
  readonly text: string;
}

/** Writes an answer with the headers that every answer of GitHub's has. */
function finish(
  { services, request, response, logged, actor, resource, text }: Exchange,
  answer: Answer,
): void {
  const { world, limits } = services;
  const body =
    answer.body === undefined
      ? ''
      : answer.body instanceof Uint8Array
        ? answer.body
        : JSON.stringify(answer.body);
  const etag =
    request.method === 'GET' && answer.status === 200
      ? `W/"${createHash('sha256').update(body).digest('hex')}"`
      : null;
  const unchanged = etag !== null && sameTag(request.headers['if-none-match'], etag);
  if (!unchanged && !logged.path.startsWith('/rate_limit')) limits.count(actor, resource);
  const headers: Record<string, string> = {
    date: world.now().toUTCString(),
    server: 'github.com',
    'cache-control': 'private, max-age=60, s-maxage=60',
    vary: 'Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, Accept, X-Requested-With',
    'x-github-media-type': 'github.v3; format=json',
    'x-github-api-version-selected': '2022-11-28',
    'x-github-request-id': world.ids.requestId(),
    ...(answer.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
    ...(etag === null ? {} : { etag }),
    ...rateHeaders(limits.read(actor, resource), resource),
    ...answer.headers,
  };
  logged.status = unchanged ? 304 : answer.status;
  if (services.record) {
    const { authorization: _, ...sent } = request.headers;
    logged.request = { headers: sent as Record<string, string>, body: parseForRecord(text) };
    logged.response = { headers, body: unchanged ? null : answer.body };
  }
  response.writeHead(logged.status, headers);
  response.end(unchanged || request.method === 'HEAD' ? '' : body);
}

function parseForRecord(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

function sameTag(sent: string | undefined, etag: string): boolean {
  const strip = (tag: string): string => tag.trim().replace(/^W\//, '');
  return sent?.split(',').map(strip).includes(strip(etag)) ?? false;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
