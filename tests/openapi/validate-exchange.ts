/**
 * Holds one HTTP exchange against GitHub's own OpenAPI description (github-rest.json, cut out by
 * scripts/extract-openapi.ts). Used on both sides: our requests must be ones that GitHub declares, and the
 * simulator's answers must be ones that GitHub could have given.
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { graphqlProblems } from './graphql-problems.ts';

export interface Exchange {
  readonly method: string;
  /** The path below the API root, without a query: `/repos/acme/shop/issues/7`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Parsed JSON; undefined when nothing was sent. */
  readonly requestBody?: unknown;
  readonly status: number;
  /** Parsed JSON; undefined when nothing came back, or when it was not JSON. */
  readonly responseBody?: unknown;
  /** The response's Content-Type. Absent: JSON. Raw, diff and patch bodies are not looked into. */
  readonly contentType?: string | undefined;
}

export type ExchangeVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly route: string; readonly problems: readonly string[] }
  | { readonly ok: false; readonly unknownRoute: true };

interface Schema {
  readonly [keyword: string]: unknown;
}
interface Reference {
  readonly $ref?: string;
}
interface Parameter extends Reference {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required?: boolean;
  readonly schema: Schema;
}
type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, Reference & { readonly content?: Content }>>;
}
interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
interface Route {
  readonly name: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameterNames: readonly string[];
  readonly literalSegments: number;
  readonly inPath: Schema;
  readonly inQuery: Schema;
  readonly operation: Operation;
}

/** Errors that GitHub gives on any route, whether or not the route's description lists them. */
const ANY_ERROR: Schema = { $ref: 'github#/components/schemas/basic-error' };
/** GitHub serves every path of a repository by its id too; redirects and Link headers give it, the description does not. */
const BY_ID = /^\/repositories\/\d+(?=\/|$)/;
/** The redirects that any request for a repository may be answered with, once it has another name. */
const MOVED = new Set([301, 307]);
const MAY_HOLD_SLASHES = new Set(['path', 'ref', 'branch', 'basehead']);
const MOST_PROBLEMS = 20;

const description = corrected(
  asJsonSchema(JSON.parse(readFileSync(new URL('github-rest.json', import.meta.url), 'utf8'))) as Description,
);
const routes = readRoutes(description);
const validators = new Map<Schema, ValidateFunction>();
const strictTypes = makeAjv(false);
/** Parameters travel as text: '7' is an integer here. */
const textTypes = makeAjv('array');

/** Says whether GitHub's description allows this exchange; if not, every way in which it does not. */
export function validateExchange(asked: Exchange): ExchangeVerdict {
  if (asked.method === 'POST' && asked.path === '/graphql') return validateGraphql(asked);
  const exchange = { ...asked, path: asked.path.replace(BY_ID, '/repos/owner/name') };
  const route = findRoute(exchange.method, exchange.path);
  if (route === undefined) return { ok: false, unknownRoute: true };
  const problems = [
    ...parameterProblems(route, exchange),
    ...requestProblems(route.operation, exchange),
    ...responseProblems(route.operation, exchange),
  ];
  if (problems.length === 0) return { ok: true };
  return { ok: false, route: route.name, problems: problems.slice(0, MOST_PROBLEMS) };
}

function validateGraphql({ requestBody, responseBody }: Exchange): ExchangeVerdict {
  const problems = graphqlProblems(requestBody, responseBody);
  return problems.length === 0 ? { ok: true } : { ok: false, route: 'POST /graphql', problems };
}

/**
 * In this one list the description wants the account of an installation to be a user and an enterprise at once;
 * wherever else it shows an installation, it is one of the two.
 */
function corrected(given: Description): Description {
  const installations = given.paths['/app/installations']?.get?.responses['200'];
  const list = installations?.content?.['application/json']?.schema;
  if (list === undefined) throw new Error('github-rest.json does not hold GET /app/installations.');
  Object.assign(list, { items: { $ref: 'github#/components/schemas/installation' } });
  return given;
}

/** The most literal template wins: `/issues/comments/{comment_id}` before `/issues/{issue_number}/…`. */
function findRoute(method: string, path: string): Route | undefined {
  return routes
    .filter((route) => route.method === method.toUpperCase() && route.pattern.test(path))
    .sort((a, b) => b.literalSegments - a.literalSegments)[0];
}

function readRoutes({ paths }: Description): Route[] {
  return Object.entries(paths).flatMap(([template, operations]) => {
    const segments = template.split('/').filter(Boolean);
    const parameterNames = segments.filter((part) => part.startsWith('{')).map((part) => part.slice(1, -1));
    const source = segments.map((part) => {
      if (!part.startsWith('{')) return part;
      return MAY_HOLD_SLASHES.has(part.slice(1, -1)) ? '(.+)' : '([^/]+)';
    });
    return Object.entries(operations).map(([verb, operation]) => ({
      name: `${verb.toUpperCase()} ${template}`,
      method: verb.toUpperCase(),
      pattern: new RegExp(`^/${source.join('/')}$`),
      parameterNames,
      literalSegments: segments.length - parameterNames.length,
      inPath: parametersSchema(operation, 'path'),
      inQuery: parametersSchema(operation, 'query'),
      operation,
    }));
  });
}

function parametersSchema({ parameters = [] }: Operation, place: 'path' | 'query'): Schema {
  const here = parameters
    .map((parameter) => resolve(parameter))
    .filter((parameter) => parameter.in === place);
  return {
    type: 'object',
    properties: Object.fromEntries(here.map(({ name, schema }) => [name, schema])),
    required: here.filter(({ required }) => required === true).map(({ name }) => name),
    additionalProperties: false,
  };
}

function parameterProblems(route: Route, { path, query }: Exchange): string[] {
  const values = route.pattern.exec(path)?.slice(1) ?? [];
  const inPath = route.parameterNames.map((name, at) => [name, decodeURIComponent(values[at] ?? '')]);
  return [
    ...problemsOf(route.inPath, Object.fromEntries(inPath), 'path', textTypes),
    ...problemsOf(route.inQuery, { ...query }, 'query', textTypes),
  ];
}

function requestProblems({ requestBody: declared }: Operation, { requestBody }: Exchange): string[] {
  const schema = declared?.content['application/json']?.schema;
  if (requestBody === undefined) return declared?.required === true ? ['request: a body is required'] : [];
  if (schema === undefined) return ['request: this route takes no body'];
  return [
    ...problemsOf(schema, requestBody, 'request', strictTypes),
    ...undeclaredKeys([schema], requestBody, 'request'),
  ];
}

function responseProblems({ responses }: Operation, exchange: Exchange): string[] {
  const { status, responseBody: body } = exchange;
  const contentType = exchange.contentType?.split(';')[0]?.trim() ?? 'application/json';
  const documented = responses[String(status)];
  if (status === 304) return body === undefined ? [] : ['response: a 304 has no body'];
  const moved = MOVED.has(status) && exchange.path.startsWith('/repos/');
  if (documented === undefined && status < 400 && !moved)
    return [`response: the status ${status} is not documented`];
  if (!isJson(contentType)) return [];

  const content =
    documented === undefined ? { 'application/json': { schema: ANY_ERROR } } : resolve(documented).content;
  const schemas = Object.values(content ?? {}).flatMap(({ schema }) =>
    schema === undefined ? [] : [schema],
  );
  if (schemas.length === 0) return isEmpty(body) ? [] : [`response: a ${status} has no body here`];
  if (body === undefined) return [`response: a ${status} has a body here`];

  const exact = content?.[contentType]?.schema;
  const found = (exact === undefined ? schemas : [exact]).map((schema) =>
    problemsOf(schema, body, 'response', strictTypes),
  );
  return found.some((problems) => problems.length === 0) ? [] : (found[0] ?? []);
}

function isJson(contentType: string): boolean {
  if (/\.(raw|html|diff|patch|sha)(\+json)?$/.test(contentType)) return false;
  return /^application\/json$|\+json$|\.object$/.test(contentType);
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || body === '';
}

/** GitHub's request schemas are open, and GitHub ignores what it does not know: a misspelt key must not pass unseen. */
function undeclaredKeys(schemas: readonly Schema[], value: unknown, at: string): string[] {
  const open = schemas.flatMap(branches);
  if (Array.isArray(value)) {
    const items = open.flatMap(({ items }) => (isSchema(items) ? [items] : []));
    return value.flatMap((item, index) => undeclaredKeys(items, item, `${at}/${index}`));
  }
  if (typeof value !== 'object' || value === null) return [];
  const declared = open.map(({ properties }) => (isSchema(properties) ? properties : {}));
  if (declared.every((properties) => Object.keys(properties).length === 0)) return [];
  const free = open.flatMap(({ additionalProperties }) =>
    isSchema(additionalProperties) ? [additionalProperties] : [],
  );
  return Object.entries(value).flatMap(([key, field]) => {
    const own = declared.flatMap((properties) => (isSchema(properties[key]) ? [properties[key]] : []));
    const inside = [...own, ...free];
    if (inside.length === 0) return [`${at}/${key} is not a property that GitHub declares`];
    return undeclaredKeys(inside, field, `${at}/${key}`);
  });
}

/** A schema and everything it may stand for: its reference's target, and the arms of its unions, to the leaves. */
function branches(schema: Schema): Schema[] {
  const target = resolve(schema as Reference) as Schema;
  const arms = [target.anyOf, target.oneOf, target.allOf].flatMap((list) =>
    Array.isArray(list) ? list.filter(isSchema) : [],
  );
  return [target, ...arms.flatMap(branches)];
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function resolve<T extends Reference>(node: T): T {
  if (node.$ref === undefined) return node;
  const [, , kind = '', name = ''] = node.$ref.split('/');
  const target = description.components[kind]?.[name];
  if (target === undefined) throw new Error(`github-rest.json does not hold ${node.$ref}.`);
  return resolve(target as T);
}

function problemsOf(schema: Schema, value: unknown, what: string, ajv: Ajv): string[] {
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = ajv.compile(schema);
    validators.set(schema, validate);
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const detail = params.allowedValues ?? params.additionalProperty;
    return `${what}${instancePath} ${message}${detail === undefined ? '' : ` ${JSON.stringify(detail)}`}`;
  });
}

function makeAjv(coerceTypes: false | 'array'): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, validateSchema: false, coerceTypes });
  addFormats.default(ajv);
  ajv.addSchema({ components: description.components }, 'github');
  ajv.addFormat('uri', (text: string) => URL.canParse(text)); // a simulator lives at http://127.0.0.1:PORT
  ajv.addFormat('email', /^[^@\s]+@[^@\s]+$/); // 123+name[bot]@users.noreply.github.com is one
  ajv.addFormat('repo.nwo', /^[^/\s]+\/[^/\s]+$/);
  ajv.addFormat('timestamp', (text: string) => !Number.isNaN(Date.parse(text)));
  return ajv;
}

/** OpenAPI 3.0 to JSON Schema: `nullable` becomes a type, and what stands beside a `$ref` does not count. */
function asJsonSchema(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(asJsonSchema);
  if (!isSchema(node)) return node;
  if (typeof node.$ref === 'string') return { $ref: `github${node.$ref}` };
  const schema: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (key === 'nullable' && typeof value === 'boolean') continue;
    schema[key] = asJsonSchema(value);
  }
  return node.nullable === true ? { anyOf: [{ type: 'null' }, schema] } : schema;
}
