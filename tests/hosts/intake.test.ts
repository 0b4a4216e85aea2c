import definitions from '@octokit/webhooks-examples' with { type: 'json' };
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readEvent } from '../../src/handlers/handle-event.ts';
import { HEARD } from '../../src/hosts/app.ts';
import { deliver, type IntakeServer, SECRET, type Sent, sign, startIntake } from './intake-server.ts';

let server: IntakeServer;
beforeEach(async () => {
  server = await startIntake();
});
afterEach(() => server.close());

const comment = (body: string, action = 'created') =>
  JSON.stringify({
    action,
    comment: { body },
    repository: { ssh_url: 'git@github.com:acme/shop.git' },
  });

function expectRefusal(sent: Sent, status: number, code: string): void {
  expect([sent.status, sent.body.code]).toEqual([status, code]);
  expect(Object.keys(sent.body).sort()).toEqual(['code', 'detail', 'error', 'requestId']);
  expect(sent.headers['content-type']).toBe('application/json');
  expect(sent.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(sent.text).not.toMatch(/\bat .*:\d+|Error\b|node:/);
  expect(server.intake.counts().refused).toMatchObject({ [code]: 1 });
}

describe('what is no delivery', () => {
  it.each(['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'QUERY'])('%s is refused with 405', async (method) => {
    const sent = await deliver(server, { method });
    expectRefusal(sent, 405, 'method_not_allowed');
    expect(sent.headers.allow).toBe('POST');
  });

  it.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'application/jsonx',
    'multipart/form-data; x=application/json',
    undefined,
  ])('content type %s is refused with 415', async (type) => {
    const sent = await deliver(server, { headers: { 'content-type': type } });
    expectRefusal(sent, 415, 'unsupported_media_type');
  });

  it('JSON may name its character set', async () => {
    const sent = await deliver(server, { headers: { 'content-type': 'Application/JSON; charset=utf-8' } });
    expect(sent.status).toBe(202);
  });

  it.each([
    ['x-github-event', undefined],
    ['x-github-event', ''],
    ['x-github-event', 'push\tpush'],
    ['x-github-delivery', undefined],
    ['x-github-delivery', 'ÿ'],
    ['x-github-delivery', 'a'.repeat(5_000)],
  ])('%s: %j is refused with 400', async (name, value) => {
    expectRefusal(await deliver(server, { headers: { [name]: value } }), 400, 'missing_headers');
  });

  it('an empty body, announced or not, is refused with 400', async () => {
    const unsigned = { 'x-hub-signature-256': undefined };
    expectRefusal(await deliver(server, { body: '', headers: unsigned }), 400, 'empty_body');
    const chunked = { 'content-length': undefined, 'transfer-encoding': 'chunked' };
    const sent = await deliver(server, { body: '', headers: chunked });
    expect([sent.status, sent.body.code]).toEqual([400, 'empty_body']);
  });
});

describe('verification', () => {
  it('B01: GitHub’s own test vector is verified', async () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const sent = await deliver(server, {
      event: 'star',
      body: 'Hello, World!',
      headers: { 'x-hub-signature-256': signature },
    });
    expect(sent.status).toBe(202);
  });

  it('B03: without a signature, or with SHA-1 alone, it is refused with 401', async () => {
    expectRefusal(
      await deliver(server, { headers: { 'x-hub-signature-256': undefined } }),
      401,
      'missing_signature',
    );
    const sha1 = { 'x-hub-signature-256': undefined, 'x-hub-signature': `sha1=${'0'.repeat(40)}` };
    expect((await deliver(server, { headers: sha1 })).body.code).toBe('missing_signature');
    expect(server.received).toEqual([]);
  });

  it.each([
    ['of another secret', sign('{}', 'another secret')],
    ['of another body', sign('{ }')],
    ['without digits', 'sha256='],
    ['of no digits', 'sha256=zz'],
    ['in capitals', sign('{}').toUpperCase()],
    ['and a space', `${sign('{}')} x`],
    ['twice', [sign('{}'), sign('{}')]],
    ['of 10 kB', `sha256=${'0'.repeat(10_000)}`],
  ])(
    'B03: a signature %s is refused with 401, and nothing is told of the right one',
    async (_what, value) => {
      const sent = await deliver(server, { headers: { 'x-hub-signature-256': value } });
      expectRefusal(sent, 401, 'wrong_signature');
      expect(sent.text).not.toContain(sign('{}').slice(7, 20));
      expect(sent.text + JSON.stringify(server.logged)).not.toContain(SECRET);
      expect(server.received).toEqual([]);
    },
  );

  it('bytes that are not UTF-8 are not turned into a text that verifies', async () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]);
    const headers = { 'x-hub-signature-256': sign(bytes.toString('utf8')) };
    expectRefusal(await deliver(server, { body: bytes, headers }), 400, 'not_utf8');
    expect((await deliver(server, { body: bytes })).body.code).toBe('not_utf8');
    expect(server.received).toEqual([]);
  });

  it('a byte order mark is part of what is verified', async () => {
    const headers = { 'x-hub-signature-256': sign('{}') };
    expect((await deliver(server, { body: '\ufeff{}', headers })).body.code).toBe('wrong_signature');
    expect((await deliver(server, { body: '\ufeff{}' })).body.code).toBe('not_json');
  });
});

describe('what cannot concern us is dropped unparsed', () => {
  it('B10: an event that is not ours, or that nobody knows, is answered 202 and counted', async () => {
    for (const event of ['star', 'not_invented_yet', 'constructor', '__proto__']) {
      const sent = await deliver(server, { event, body: '{ not even JSON' });
      expect([sent.status, sent.body.reason]).toEqual([202, 'unsupported_event']);
    }
    expect(server.intake.counts()).toMatchObject({ unsupported: 4, ignored: 0 });
    expect(server.received).toEqual([]);
  });

  it('a comment without an @ that could mention anybody is not parsed', async () => {
    for (const body of [comment('looks good'), '{"action":"created", and no JSON']) {
      const sent = await deliver(server, { event: 'issue_comment', body });
      expect([sent.status, sent.body]).toEqual([202, { status: 'ignored', reason: 'no_mention' }]);
    }
    expect(server.intake.counts()).toMatchObject({ ignored: 2 });
    expect(server.received).toEqual([]);
  });

  it.each([
    ['an @', comment('@conductor fix it')],
    ['an escaped @', comment('AT conductor').replace('AT ', '\\u0040')],
    ['an @ after what looks like an SSH address', comment('"ssh_url":"git@conductor help')],
    ['an @ in an SSH address', comment('').replace('acme/', '@conductor/')],
    ['another order of keys', '{"comment":{},"action":"created"}'],
    ['white space', ' {\n "comment": "@" , "action" : "created" }'],
    ['an action that ends something', comment('', 'deleted')],
  ])('a comment with %s is handed over', async (_what, body) => {
    const sent = await deliver(server, { event: 'issue_comment', body });
    expect(sent.body).toEqual({ status: 'accepted', run: 'run-1' });
    expect(server.received).toEqual([{ name: 'issue_comment', payload: JSON.parse(body) }]);
  });

  it('events that hold no text of people are always handed over', async () => {
    for (const event of ['push', 'installation'])
      await deliver(server, { event, body: '{"action":"created"}' });
    expect(server.received.map(({ name }) => name)).toEqual(['push', 'installation']);
  });

  it('nothing is dropped that a handler would take: every example, under every action', async () => {
    await server.close();
    server = await startIntake({ events: HEARD });
    const examples = definitions as unknown as { name: string; examples: Record<string, unknown>[] }[];
    const all = examples.flatMap(({ examples }) => examples);
    const actions = new Set(all.flatMap(({ action }) => (typeof action === 'string' ? [action] : [])));
    for (const action of ['suspend', 'transferred', 'reopened', 'synchronize', 'locked']) actions.add(action);
    const taken = new Set<string>();
    for (const { name, examples: payloads } of examples.filter(({ name }) => HEARD.some((e) => e === name))) {
      // One example and its every action; "action" stays the first key, and nobody is mentioned.
      const [example] = JSON.parse(JSON.stringify(payloads).replaceAll(/(?<!git)@/g, ' at '));
      for (const action of 'action' in example ? actions : [null]) {
        const payload = action === null ? example : { ...example, action };
        if (readEvent(name, payload).kind === 'ignored') continue;
        taken.add(`${name}.${action ?? '-'}`);
        const before = server.received.length;
        await deliver(server, { event: name, body: JSON.stringify(payload) });
        expect(server.received.length - before, `${name}.${action}`).toBe(1);
      }
    }
    expect([...taken]).toContain('issues.closed');
    expect(taken.size).toBeGreaterThan(8);
  });
});

describe('what becomes of an event', () => {
  it.each([
    [{ kind: 'run', how: 'accepted', run: 'r1' }, 202, { status: 'accepted', run: 'r1' }, 'accepted'],
    [{ kind: 'run', how: 'known', run: 'r1' }, 202, { status: 'known', run: 'r1' }, 'known'],
    [{ kind: 'run', how: 'known' }, 202, { status: 'known' }, 'known'],
    [{ kind: 'config_check' }, 202, { status: 'config_check' }, 'handled'],
    [{ kind: 'ignored', reason: 'edited' }, 202, { status: 'ignored', reason: 'edited' }, 'ignored'],
  ] as const)('R3: %j is answered %i %j', async (reception, status, body, count) => {
    server.receives(async () => reception);
    const sent = await deliver(server, {});
    expect([sent.status, sent.body]).toEqual([status, body]);
    expect(server.intake.counts()).toMatchObject({ [count]: 1, refused: {} });
  });

  it('a body that is not JSON is refused with 400', async () => {
    expectRefusal(await deliver(server, { body: '{"ref":' }), 400, 'not_json');
    expect(server.received).toEqual([]);
  });

  it('a body that is not of the event its header names is refused with 400', async () => {
    server.receives(async (name, payload) => readEvent(name, payload) as { kind: string; reason: string });
    expectRefusal(await deliver(server, { body: comment('@conductor help') }), 400, 'malformed_payload');
  });

  it.each(['null', '[]', '0', '"@"', 'true'])('%s is JSON, and no event: 400', async (body) => {
    server.receives(async (name, payload) => readEvent(name, payload) as { kind: string; reason: string });
    const sent = await deliver(server, { event: 'issue_comment', body });
    expect([sent.status, sent.body.code]).toEqual([400, 'malformed_payload']);
  });

  it('R20: while storage is down it is 503, and 202 again afterwards', async () => {
    server.receives(() => Promise.reject(new Error(`no connection to postgres://user:${SECRET}@db`)));
    const sent = await deliver(server, {});
    expectRefusal(sent, 503, 'not_stored');
    expect(Number(sent.headers['retry-after'])).toBeGreaterThan(0);
    expect(sent.text).not.toContain('postgres');
    expect(server.logged).toContainEqual(expect.objectContaining({ level: 'error' }));
    server.receives(() => {
      throw new Error('not even a promise');
    });
    expect((await deliver(server, {})).status).toBe(503);
    server.receives(async () => ({ kind: 'run', how: 'known' }));
    expect((await deliver(server, {})).status).toBe(202);
  });

  it.each(['resolves', 'rejects'])(
    'R20: storage that %s too late for GitHub is 503, never 202',
    async (how) => {
      await server.close();
      server = await startIntake({ limits: { answerWithinMs: 100 } });
      const late = Promise.withResolvers<{ kind: 'run'; how: 'accepted' }>();
      server.receives(() => late.promise);
      const sent = await deliver(server, {});
      expectRefusal(sent, 503, 'stored_too_late');
      expect(sent.headers['retry-after']).toBeDefined();
      if (how === 'resolves') late.resolve({ kind: 'run', how: 'accepted' });
      else late.reject(new Error('the database is gone'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(server.intake.counts()).toMatchObject({ accepted: 0, refused: { stored_too_late: 1 } });
    },
  );
});
