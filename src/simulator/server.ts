import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { demand } from './access.ts';
import type { Emission } from './act.ts';
import { type Actor, actorName } from './actor.ts';
import type { Answer, Call, RepositoryCall, Route } from './call.ts';
import type { CallLog, LoggedCall } from './call-log.ts';
import type { Fault, FaultSource } from './faults.ts';
import { findRepository } from './find.ts';
import { namedPath, redirectOf } from './moved.ts';
import { type RateLimits, rateHeaders, rateRefusal } from './rate-limit.ts';
import { notFound, Refusal, unserved } from './refusal.ts';
import { createRouter, type Match, unroutable } from './router.ts';
import type { Repository, World } from './state.ts';
import type { Tokens } from './tokens.ts';

/** What the REST side of the simulator is made of. */
export interface Services {
  readonly world: World;
  readonly tokens: Tokens;
  readonly log: CallLog;
  readonly faults: FaultSource;
  readonly limits: RateLimits;
  readonly record: boolean;
  /** Runs a change to a repository (and its forks) alone, one after the other. */
  readonly alone: <T>(repository: Repository | null, work: () => Promise<T>) => Promise<T>;
  /** Sends events on, as soon as `answered` says that the answer to their cause is out. */
  readonly publish: (emissions: readonly Emission[], answered: Promise<void>) => void;
}

const DROPPED = Symbol('dropped');

/** Answers REST requests: one function that reads as the order of what happens to each. */
export function createApi(services: Services, routes: readonly Route[]) {
  const { world, tokens, log, faults, limits } = services;
  const match = createRouter(routes);

  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://simulator');
    const asked = url.pathname.replace(/^\/api\/v3(?=\/|$)/, '') || '/';
    const path = namedPath(world, asked);
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
    });
    const emissions: Emission[] = [];
    let actor: Actor = { kind: 'anonymous' };
    let answer: Answer | typeof DROPPED;
    try {
      actor = tokens.actor(request.headers.authorization);
      Object.assign(logged, { actor: actorName(actor) });
      if (path !== '/rate_limit' && limits.read(actor).remaining === 0) throw rateRefusal(actor);
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
      };
      // A redirect has no effect: faults wait for the request that follows it.
      answer = redirectOf(call) ?? (await answerWithFaults(services, found, call));
    } catch (error) {
      answer = answerTo(error);
    }
    services.publish(emissions, answered);
    if (answer === DROPPED) response.destroy();
    else finish({ services, request, response, logged, actor, text }, answer);
  };

  async function answerWithFaults(all: Services, found: Match, call: Call): Promise<Answer | typeof DROPPED> {
    const fault = faults.strike(found.route.route);
    if (fault?.kind === 'delay') await sleep(fault.delayMs ?? 100);
    if (fault?.kind === 'drop-before') return DROPPED;
    if (fault !== null && ['fail-before', 'answer', 'secondary-limit'].includes(fault.kind))
      return faultAnswer(fault);
    await faults.runBefore(found.route.route);
    const answer = await perform(all, found.route, call);
    await faults.runAfter(found.route.route);
    if (fault?.kind === 'drop-after') return DROPPED;
    return fault?.kind === 'fail-after' ? faultAnswer(fault) : answer;
  }
}

async function perform(services: Services, route: Route, call: Call): Promise<Answer> {
  checkParameters(route, call);
  const { needs } = route;
  if (typeof needs === 'string') {
    demandKind(call.actor, needs);
    return await route.handle(call as RepositoryCall);
  }
  const repository = findRepository(services.world, `${call.params.owner}/${call.params.repo}`);
  if (repository === null) throw notFound();
  demand(call.actor, repository, needs);
  const work = async (): Promise<Answer> => await route.handle({ ...call, repository });
  return route.method === 'GET' ? work() : services.alone(repository, work);
}

function demandKind(actor: Actor, kind: 'app' | 'installation' | 'user' | 'anyone'): void {
  if (kind === 'anyone' || actor.kind === kind || (kind === 'installation' && actor.kind === 'job')) return;
  if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
  if (kind === 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
  throw new Refusal(403, 'Resource not accessible by integration');
}

/** Refuses what the handler does not read: ignoring it would be a guess at what GitHub does with it. */
function checkParameters(route: Route, call: Call): void {
  for (const key of Object.keys(call.body)) {
    if (!route.body?.includes(key)) throw unserved(`the parameter "${key}" of ${route.route}`);
  }
  for (const key of call.query.keys()) {
    if (!route.query?.includes(key) && key !== 'page' && key !== 'per_page')
      throw unserved(`the query "${key}" of ${route.route}`);
  }
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

function faultAnswer(fault: Fault): Answer {
  if (fault.kind === 'secondary-limit') {
    const message =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    const { body } = new Refusal(fault.status ?? 403, message);
    return {
      status: fault.status ?? 403,
      body: fault.body ?? body,
      headers: { 'retry-after': String(fault.retryAfterSeconds ?? 60) },
    };
  }
  const status = fault.status ?? (fault.kind === 'answer' ? 200 : 502);
  const retry =
    fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  return { status, body: fault.body ?? { message: 'Server Error' }, headers: retry };
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
  readonly text: string;
}

/** Writes an answer with the headers that every answer of GitHub's has. */
function finish({ services, request, response, logged, actor, text }: Exchange, answer: Answer): void {
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
  if (!unchanged && !logged.path.startsWith('/rate_limit')) limits.count(actor);
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
    ...rateHeaders(limits.read(actor)),
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
