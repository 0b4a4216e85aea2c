/**
 * CPU of one delivery, beside a bare Probot app with an empty handler. Each server is a process of its own, so that no
 * client is in its figure; both are measured in turn, in the same run, and the least of several rounds counts.
 *
 * By itself: `node tests/bench/webhook-cpu.ts [MODULE [EXPORT]]` prints both ratios, the second for the server that
 * MODULE exports, as `serve` if not said; without one, for an intake whose storage is a set in memory, which is the
 * least that a mention can cost.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import examples from '@octokit/webhooks-examples' with { type: 'json' };
import { createNodeMiddleware, Probot } from 'probot';
import { HEARD } from '../../src/hosts/app.ts';
import { createIntake, type Reception } from '../../src/hosts/intake.ts';
import { cpuOf, embeddedDatabaseOf } from '../durability/proc.ts';

const SECRET = 'a secret for a measurement only';
const DELIVERIES = 400;
const ROUNDS = 5;
/** GitHub sends side by side; so many connections at a time. */
const SIDE_BY_SIDE = 10;

/** What a server's module exports: given the webhooks' secret, what answers its requests at `/api/github/webhooks`. */
export type Serve = (
  secret: string,
) => Promise<(request: IncomingMessage, response: ServerResponse) => unknown>;

/** A server to be measured: the path of a module, and the name of the `Serve` that it exports. */
export interface ServerUnderTest {
  readonly module: string;
  readonly name: string;
}

/** Microseconds of CPU a delivery. */
export interface WebhookCpu {
  readonly ours: number;
  readonly probot: number;
  /** What the process of our embedded database takes besides; 0 without one. */
  readonly database: number;
}

const here = ({ name }: Serve): ServerUnderTest => ({ module: import.meta.filename, name });

/** A delivery that does not concern us: a comment that mentions nobody. */
export function webhookCpu(ours: ServerUnderTest = here(serveIntake)): Promise<WebhookCpu> {
  const body = JSON.stringify(comment);
  return compared(ours, () => body);
}

/** A mention, stored and de-duplicated: every delivery is of another comment, and each is answered when it is stored. */
export function mentionCpu(ours: ServerUnderTest): Promise<WebhookCpu> {
  return compared(ours, (delivery) =>
    JSON.stringify({
      ...comment,
      comment: {
        ...comment.comment,
        id: delivery + 1,
        node_id: `IC_${delivery + 1}`,
        body: '@conductor help',
      },
    }),
  );
}

export const serveProbot: Serve = async (secret) => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const probot = new Probot({ appId: 1, privateKey: key, secret, logLevel: 'fatal' });
  return createNodeMiddleware((app) => app.on('issue_comment', () => undefined), { probot });
};

/** The intake before a storage in memory that knows what it has stored. */
export const serveIntake: Serve = async (secret) => {
  const stored = new Set<string>();
  const receive = async (_name: string, payload: unknown): Promise<Reception> => {
    const run = (payload as typeof comment).comment.node_id;
    const how = stored.has(run) ? 'known' : 'accepted';
    stored.add(run);
    return { kind: 'run', how, run };
  };
  return createIntake({ secret, receive, events: HEARD, log: () => undefined }).handle;
};

interface Comment {
  readonly action: string;
  readonly comment: { readonly node_id: string };
}

const comment = (examples as unknown as { name: string; examples: Comment[] }[])
  .find(({ name }) => name === 'issue_comment')
  ?.examples.find(({ action }) => action === 'created') as Comment;

async function compared(ours: ServerUnderTest, bodyOf: (delivery: number) => string): Promise<WebhookCpu> {
  const servers = { probot: await start(here(serveProbot)), ours: await start(ours) };
  const least = { ours: Number.POSITIVE_INFINITY, probot: Number.POSITIVE_INFINITY };
  const database = embeddedDatabaseOf(servers.ours.child.pid ?? 0) ?? 0;
  const before = cpuOf(database);
  try {
    // The first round is for the compiler.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const name of ['probot', 'ours'] as const) {
        const cpu = await measure(servers[name], bodyOf, round * DELIVERIES);
        if (round > 0) least[name] = Math.min(least[name], cpu);
      }
    }
    const spent = (cpuOf(database) - before) / ((ROUNDS + 1) * DELIVERIES);
    return { ...least, database: spent };
  } finally {
    for (const { child } of Object.values(servers)) child.kill();
  }
}

interface Started {
  readonly child: ChildProcess;
  readonly port: number;
}

async function start({ module, name }: ServerUnderTest): Promise<Started> {
  const child = fork(import.meta.filename, [module, name], { env: { ...process.env, [CHILD]: '1' } });
  const ready = once(child, 'message');
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${name} of ${module} ended with exit code ${code} before it listened.`);
  });
  const [port] = await Promise.race([ready, ended]);
  ended.catch(() => undefined);
  return { child, port };
}

async function measure({ child, port }: Started, bodyOf: (delivery: number) => string, from: number) {
  const deliveries = Array.from({ length: DELIVERIES }, (_, index) =>
    signed(bodyOf(from + index), from + index),
  );
  const before = await ownCpu(child);
  const senders = Array.from({ length: SIDE_BY_SIDE }, async () => {
    for (let delivery = deliveries.pop(); delivery; delivery = deliveries.pop()) {
      const response = await fetch(`http://127.0.0.1:${port}/api/github/webhooks`, delivery);
      const text = await response.text();
      if (!response.ok) throw new Error(`The delivery was answered ${response.status}: ${text}`);
    }
  });
  await Promise.all(senders);
  return ((await ownCpu(child)) - before) / DELIVERIES;
}

async function ownCpu(child: ChildProcess): Promise<number> {
  const answer = once(child, 'message');
  child.send('cpu');
  const [microseconds] = await answer;
  return microseconds;
}

function signed(body: string, delivery: number): RequestInit {
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'issue_comment',
      'x-github-delivery': `00000000-0000-4000-8000-${String(delivery).padStart(12, '0')}`,
      'x-hub-signature-256': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
    },
  };
}

const CHILD = 'WEBHOOK_CPU_CHILD';

/** In a server's process: tells its port, and its CPU whenever it is asked. */
async function serve(module: string, name: string): Promise<void> {
  const exported: Record<string, Serve | undefined> = await import(pathToFileURL(resolve(module)).href);
  const listener = await exported[name]?.(SECRET);
  if (listener === undefined) throw new Error(`${module} exports no ${name}: export a Serve of that name.`);
  const http = createServer((request, response) => void listener(request, response));
  http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port));
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on('disconnect', () => process.exit());
}

async function print(ours: ServerUnderTest): Promise<void> {
  const lines = {
    'a delivery that does not concern us': await webhookCpu(),
    'a mention, stored and de-duplicated': await mentionCpu(ours),
  };
  for (const [what, { ours, probot }] of Object.entries(lines)) {
    const figures = `${ours.toFixed(0)} µs of CPU, bare Probot ${probot.toFixed(0)} µs`;
    console.log(`${what.padEnd(40)} ${(ours / probot).toFixed(2)} x   (${figures})`);
  }
}

if (import.meta.main) {
  const [module, name = 'serve'] = process.argv.slice(2);
  // Not awaited: the module to be served may be this one, which must have been loaded by then.
  if (process.env[CHILD] && module) void serve(module, name);
  else await print(module ? { module, name } : here(serveIntake));
}
