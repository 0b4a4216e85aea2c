import type { Needs } from './access.ts';
import type { Act } from './act.ts';
import type { LoggedCall } from './call-log.ts';
import { notFound, unprocessable } from './refusal.ts';
import type { Repository } from './state.ts';

/** One request to the API, resolved as far as its route allows. */
export interface Call extends Act {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** What the log says of it: a handler may know more than its route. */
  readonly logged: LoggedCall;
}

export interface RepositoryCall extends Call {
  readonly repository: Repository;
}

export interface Answer {
  readonly status: number;
  /** JSON, unless it is bytes. Absent: no content. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface RouteSettings {
  /** Keys of the JSON body that the handler reads. Any other key is answered with 501. */
  readonly body?: readonly string[];
  /** Query parameters that the handler reads, as above; pages are understood everywhere. */
  readonly query?: readonly string[];
  /** Does GitHub count it against its limit on creating content? */
  readonly content?: true;
}

export interface Route extends RouteSettings {
  /** GitHub's own template: `POST /repos/{owner}/{repo}/issues`. */
  readonly route: string;
  readonly method: string;
  readonly template: string;
  readonly needs: Needs | 'app' | 'installation' | 'user' | 'anyone';
  readonly handle: (call: RepositoryCall) => Answer | Promise<Answer>;
}

/** A route below `/repos/{owner}/{repo}`: the server has found the repository and checked the needs. */
export function onRepository(
  route: string,
  needs: { app: string | readonly string[]; user: Needs['user'] },
  handle: (call: RepositoryCall) => Answer | Promise<Answer>,
  settings: RouteSettings = {},
): Route {
  const app = typeof needs.app === 'string' ? [needs.app] : needs.app;
  return { ...named(route), ...settings, needs: { app, user: needs.user }, handle };
}

/** A route outside of repositories, for the given kind of actor. */
export function onPlatform(
  route: string,
  needs: 'app' | 'installation' | 'user' | 'anyone',
  handle: (call: Call) => Answer | Promise<Answer>,
  settings: RouteSettings = {},
): Route {
  return { ...named(route), ...settings, needs, handle };
}

function named(route: string): { route: string; method: string; template: string } {
  const [method, template] = route.split(' ') as [string, string];
  return { route, method, template };
}

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

export function created(body: unknown): Answer {
  return { status: 201, body };
}

export function noContent(): Answer {
  return { status: 204 };
}

/** A path parameter that is a number; anything else names nothing. */
export function numberParam(call: Call, name: string): number {
  const value = Number(call.params[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw notFound();
  return value;
}

/** An optional string of the body; undefined when the key is absent, null when it is null. */
export function optionalText(call: Call, name: string): string | null | undefined {
  const value = call.body[name];
  if (value === undefined || value === null || typeof value === 'string') return value;
  throw wrongType(name, 'a string', value);
}

/** A string that the body must have; GitHub's wording when it does not. */
export function requiredText(call: Call, name: string): string {
  const value = optionalText(call, name);
  if (value === undefined || value === null)
    throw unprocessable(`Invalid request.\n\n"${name}" wasn't supplied.`);
  return value;
}

export function optionalFlag(call: Call, name: string): boolean | undefined {
  const value = call.body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw wrongType(name, 'a boolean', value);
}

/** An optional list of strings of the body. */
export function optionalTexts(call: Call, name: string): string[] | undefined {
  const value = call.body[name];
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw wrongType(name, 'an array of strings', value);
}

/** An optional list of objects of the body. */
export function optionalObjects(call: Call, name: string): Record<string, unknown>[] | undefined {
  const value = call.body[name];
  if (value === undefined || value === null) return undefined;
  const isObject = (item: unknown): boolean =>
    typeof item === 'object' && item !== null && !Array.isArray(item);
  if (Array.isArray(value) && value.every(isObject)) return value as Record<string, unknown>[];
  throw wrongType(name, 'an array of objects', value);
}

function wrongType(name: string, wanted: string, value: unknown): Error {
  return unprocessable(
    `Invalid request.\n\nFor 'properties/${name}', ${JSON.stringify(value)} is not ${wanted}.`,
  );
}
