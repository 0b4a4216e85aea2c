import { METHODS } from 'node:http';
import definitions from '@octokit/webhooks-examples' with { type: 'json' };
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readEvent } from '../../src/handlers/handle-event.ts';
import { HEARD } from '../../src/hosts/app.ts';
import { deliver, headOnWire, type IntakeServer, raw, sign, startIntake } from './intake-server.ts';

const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 500);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
/** What the intake answers, and what node:http answers before it for a head that is none. 429 has its own tests. */
const DOCUMENTED = [202, 400, 401, 405, 408, 413, 415, 431, 503];

const EXAMPLES = (definitions as unknown as { name: string; examples: object[] }[]).flatMap(
  ({ name, examples }) => examples.map((payload) => ({ name, text: JSON.stringify(payload) })),
);
const OURS = [...EXAMPLES.keys()].filter((index) => HEARD.some((event) => event === EXAMPLES[index]?.name));

/** An example by its place, so that a counterexample can be read. */
const example = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...OURS) }, fc.nat(EXAMPLES.length - 1));
const ACTIONS = ['created', 'opened', 'submitted', 'deleted', 'closed', 'locked', 'synchronize', 'edited'];
const TEXTS = [
  '@conductor fix',
  'no mention',
  '\u{1f600}@',
  '"ssh_url":"git@',
  '\ud800',
  '\\u0040',
  '<!-- @ -->',
];
/** Changes one value somewhere in a payload, or adds a key: by place, and by what. */
const mutation = fc.oneof(
  fc.record({ action: fc.constantFrom(...ACTIONS) }),
  fc.record({ body: fc.constantFrom(...TEXTS) }),
  fc.record({ at: fc.nat(), value: fc.jsonValue() }),
);
type Mutation = { action?: string; body?: string; at?: number; value?: unknown };
/** Cuts a body short, or changes a byte of it. */
const damage = fc.record({ at: fc.nat(), how: fc.constantFrom('cut', 'byte', 'invalid') });

const request = fc.record({
  example,
  mutations: fc.array(mutation, { maxLength: 3 }),
  damage: fc.option(damage, { freq: 3 }),
  signed: fc.constantFrom(
    'right',
    'right',
    'right',
    'before damage',
    'other secret',
    'sha1',
    'none',
    'garbage',
  ),
  method: fc.oneof({ weight: 9, arbitrary: fc.constant('POST') }, fc.constantFrom(...METHODS)),
  type: fc.oneof(
    { weight: 9, arbitrary: fc.constant('application/json') },
    fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8', ''),
  ),
  event: fc.option(fc.oneof(fc.constantFrom(...HEARD, 'star', 'not_invented'), headerText()), { freq: 3 }),
  extra: fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), headerText(), { maxKeys: 3 }),
  chunked: fc.boolean(),
  storage: fc.constantFrom('up', 'up', 'up', 'down'),
  /** Sent as bytes on a socket that closes in the middle, or with a line of garbage in its head. */
  wire: fc.constantFrom(null, null, null, null, 'hang up', 'garbage'),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

function headerText() {
  return fc.stringMatching(/^[\t -~\x80-\xff]{0,40}$/);
}

function mutate(text: string, { action, body, at = 0, value }: Mutation): string {
  const payload = JSON.parse(text);
  if (action !== undefined) return JSON.stringify('action' in payload ? { ...payload, action } : payload);
  if (body !== undefined) {
    for (const key of ['comment', 'review', 'issue', 'pull_request'])
      if (typeof payload[key] === 'object' && payload[key] !== null) payload[key].body = body;
    return JSON.stringify(payload);
  }
  const places: [object, string][] = [];
  const walk = (part: object) => {
    for (const [key, inner] of Object.entries(part)) {
      places.push([part, key]);
      if (typeof inner === 'object' && inner !== null) walk(inner);
    }
  };
  walk(payload);
  const [part, key] = places[at % places.length] ?? [payload, 'action'];
  Reflect.set(part, key, value);
  return JSON.stringify(payload);
}

function damaged(bytes: Buffer, { at, how }: { at: number; how: string }): Buffer {
  const place = at % Math.max(1, bytes.length);
  if (how === 'cut') return bytes.subarray(0, place);
  const copy = Buffer.from(bytes);
  copy[place] = how === 'byte' ? 32 + (at % 90) : 0xff;
  return copy;
}

function signatureOf(signed: Request['signed'], bytes: Buffer, before: Buffer): string | undefined {
  switch (signed) {
    case 'right':
      return sign(bytes);
    case 'before damage':
      return sign(before);
    case 'other secret':
      return sign(bytes, 'another secret');
    case 'garbage':
      return `sha256=${bytes.toString('latin1', 0, 30).replace(/[^\x20-\x7e]/g, '')}`;
    default:
      return undefined;
  }
}

function parsed(bytes: Buffer): { readonly json: unknown } | null {
  try {
    return { json: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return null;
  }
}

let server: IntakeServer;
const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeEach(async () => {
  process.on('unhandledRejection', note).on('uncaughtException', note);
  server = await startIntake({ events: HEARD, limits: { failuresPerMinute: 1e9, answerWithinMs: 2_000 } });
});
afterEach(async () => {
  process.off('unhandledRejection', note).off('uncaughtException', note);
  await server.close();
});

/** Sends one request, and holds what came of it against what may come of it. */
async function check(asked: Request, seen: Set<number>): Promise<void> {
  const { name: itsOwn, text } = EXAMPLES[asked.example] ?? { name: 'push', text: '{}' };
  const before = Buffer.from(asked.mutations.reduce(mutate, text));
  const bytes = asked.damage ? damaged(before, asked.damage) : before;
  const signature = signatureOf(asked.signed, bytes, before);
  const event = asked.event ?? itsOwn;
  const handedOver = server.received.length;
  server.receives(async () => {
    if (asked.storage === 'down') throw new Error('storage is down');
    return { kind: 'run', how: 'accepted' };
  });
  const isOnWire = asked.wire !== null;
  const status = isOnWire ? await onWire(asked, bytes) : await whole(asked, bytes, event, signature);
  if (status !== 0) expect(DOCUMENTED).toContain(status);
  seen.add(status);

  const isVerified = isOnWire ? asked.wire === 'hang up' : signature === sign(bytes);
  const body = parsed(bytes);
  for (const { name, payload } of server.received.slice(handedOver)) {
    expect({ isVerified, name, payload }).toEqual({ isVerified: true, name, payload: body?.json });
    expect(HEARD).toContain(name);
  }
  // Nothing that a handler would take is lost on the way.
  const isWhole =
    isVerified && !isOnWire && asked.method === 'POST' && asked.type.startsWith('application/json');
  if (isWhole && bytes.length > 0) {
    expect(status).not.toBe(401);
    if (body && readEvent(event, body.json).kind !== 'ignored') {
      expect(server.received.length - handedOver).toBe(1);
      expect(status).toBe(asked.storage === 'down' ? 503 : 202);
    }
  } else if (status === 202) expect(isVerified).toBe(true);
}

async function whole(asked: Request, body: Buffer, event: string, signature: string | undefined) {
  const length = asked.chunked ? { 'content-length': undefined, 'transfer-encoding': 'chunked' } : {};
  const type = { 'content-type': asked.type, 'x-hub-signature-256': signature };
  // A client is not let to send a body with some methods, and CONNECT is not a request for it.
  const method = asked.method === 'CONNECT' ? 'GET' : asked.method;
  const sha1 = asked.signed === 'sha1' ? { 'x-hub-signature': `sha1=${'0'.repeat(40)}` } : {};
  const headers = { ...asked.extra, ...type, ...length, ...sha1 };
  return (await deliver(server, { method, event, body, headers })).status;
}

/** The status, or 0 when the socket was closed before there was one. */
async function onWire(asked: Request, body: Buffer): Promise<number> {
  const length = { 'content-length': String(body.length), connection: 'close', ...asked.extra };
  const head = headOnWire(body, asked.wire === 'garbage' ? { ...length, 'x-\x01': '\x00' } : length);
  const cut = (asked.damage?.at ?? 0) % (body.length + 1);
  const wire = Buffer.concat([Buffer.from(head, 'latin1'), body.subarray(cut)]);
  const text = await raw(server, wire, cut === 0 ? 2_000 : 5);
  return Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? 0);
}

it(`S0-29: ${REQUESTS} random requests: documented answers only, nothing unverified is handed over, nothing of ours is lost`, {
  timeout: 60_000 + REQUESTS * 50,
}, async () => {
  process.stdout.write(`intake fuzz: FUZZ_SEED=${SEED} FUZZ_REQUESTS=${REQUESTS}\n`);
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(request, (asked) => check(asked, seen)),
    { numRuns: REQUESTS, seed: SEED, interruptAfterTimeLimit: 50_000 + REQUESTS * 50 },
  );
  expect([...seen]).toEqual(expect.arrayContaining([202, 400, 401, 405, 415, 503]));
  expect(unhandled).toEqual([]);
  server.receives(async () => ({ kind: 'run', how: 'accepted' }));
  expect((await deliver(server, {})).status).toBe(202);
});
