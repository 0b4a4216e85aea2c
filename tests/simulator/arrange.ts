import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { validateExchange } from '../openapi/validate-exchange.ts';

/** Runs a program to its end. */
export const run = promisify(execFile);

export const APP_ID = 4242;
export const REPO = 'acme/web';
export const WEB = { owner: 'acme', repo: 'web' };

export const FILES = {
  'README.md': '# Web\n',
  'src/price.ts': 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n',
  'docs/guide.md': 'Read me.\n',
};

export interface Arranged {
  readonly github: Simulator;
  readonly installationId: number;
  readonly privateKey: string;
  /** The App as its installation. */
  readonly app: Octokit;
  /** The App by its own JSON web token. */
  readonly jwt: Octokit;
}

/** acme/web with alice (admin), bob (write) and eve (nobody), and an App that may write most things. */
export async function arrange(
  options: SimulatorOptions & { readonly private?: boolean } = {},
): Promise<Arranged> {
  const { private: secret = false, ...rest } = options;
  const github = await startSimulator(rest);
  for (const login of ['alice', 'bob', 'eve']) github.addUser({ login });
  github.addOrganization({ login: 'acme', members: { alice: 'admin' } });
  await github.addRepository({
    owner: 'acme',
    name: 'web',
    private: secret,
    files: FILES,
    collaborators: { bob: 'write' },
  });
  const { privateKey } = github.addApp({
    id: APP_ID,
    slug: 'conductor',
    webhookSecret: 'a secret of forty characters, or nearly',
    permissions: {
      issues: 'write',
      contents: 'write',
      pull_requests: 'write',
      checks: 'write',
      statuses: 'write',
    },
    events: ['*'],
  });
  const { id: installationId } = github.install(APP_ID, 'acme');
  return {
    github,
    installationId,
    privateKey,
    app: octokit(github, { appId: APP_ID, privateKey, installationId }),
    jwt: octokit(github, { appId: APP_ID, privateKey }),
  };
}

/** A client with the given auth-app credentials, or with a token; it prints nothing. */
export function octokit(
  github: Pick<Simulator, 'url'>,
  auth: string | Parameters<typeof createAppAuth>[0],
): Octokit {
  const quiet = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
  const common = { baseUrl: github.url, log: quiet };
  return typeof auth === 'string'
    ? new Octokit({ ...common, auth })
    : new Octokit({ ...common, authStrategy: createAppAuth, auth });
}

/** What a request was answered with, whether GitHub liked it or not. */
export async function answer(
  promise: Promise<unknown>,
): Promise<{ status: number; message: string; errors: unknown; body: unknown }> {
  try {
    const { status, data } = (await promise) as { status: number; data: unknown };
    return { status, message: '', errors: undefined, body: data };
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response?: { data: { message: string; errors?: unknown } };
    };
    if (response === undefined) throw error;
    return { status, message: response.data.message, errors: response.data.errors, body: response.data };
  }
}

/** A whole answer of GraphQL. Data is read as loosely as a client would that trusts the schema. */
export interface Told {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the query's, and the schema's to check
  readonly data: any;
  readonly errors: readonly {
    readonly type?: string;
    readonly message: string;
    readonly path?: readonly unknown[];
    readonly locations?: readonly unknown[];
  }[];
  readonly headers: Headers;
}

/** Asks GraphQL as the App, or with the token of somebody else. */
export async function ask(
  { github, app }: Pick<Arranged, 'github' | 'app'>,
  query: string,
  variables: object = {},
  token?: string,
): Promise<Told> {
  const own = async () => ((await app.auth({ type: 'installation' })) as { token: string }).token;
  const response = await fetch(`${github.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token ?? (await own())}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data = null, errors = [] } = JSON.parse((await response.text()) || '{}');
  return { status: response.status, data, errors, headers: response.headers };
}

export interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
  readonly payload: Record<string, unknown> & { action?: string };
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it answers with. 200 at first. */
  status: number;
  /** Awaited before each answer. */
  beforeAnswer: () => Promise<void>;
  /** `event.action` of what came, in order. */
  names(): string[];
  close(): void;
}

/** A webhook receiver that remembers what came. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString();
    received.push({ headers: request.headers as Record<string, string>, raw, payload: JSON.parse(raw) });
    const { status } = receiver;
    await receiver.beforeAnswer();
    response.writeHead(status).end('heard');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`,
    received,
    status: 200,
    beforeAnswer: () => Promise.resolve(),
    names: () =>
      received.map(({ headers, payload }) =>
        [headers['x-github-event'], payload.action].filter(Boolean).join('.'),
      ),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return receiver;
}

/** What of the recorded calls is not as GitHub's own description has it; 501 is the simulator's own word. */
export function undescribed({ calls }: Pick<Simulator, 'calls'>): unknown[] {
  return calls.flatMap(({ method, path, status, request, response }) => {
    if (request === undefined || response === undefined) throw new Error('Start with `record: true`.');
    const url = new URL(path, 'http://simulator');
    const parsed = (body: unknown) => (body ? JSON.parse(JSON.stringify(body)) : undefined);
    if (status === 501) return [];
    const verdict = validateExchange({
      method: method === 'HEAD' ? 'GET' : method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      requestBody: parsed(request.body),
      status,
      responseBody: parsed(response.body),
      contentType: response.headers['content-type'],
    });
    return verdict.ok ? [] : [{ method, path, status, ...verdict }];
  });
}
