import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { INTAKE_LIMITS, type IntakeOptions } from '../../src/hosts/intake.ts';
import { createBodyReader } from '../../src/hosts/read-body.ts';
import { deliver, headOnWire, type IntakeServer, raw, sign, startIntake } from './intake-server.ts';

const MB = 1024 * 1024;
let server: IntakeServer;
afterEach(() => server?.close());

async function start(limits: IntakeOptions['limits'] = {}): Promise<void> {
  server = await startIntake({ limits });
}

/** A connection that has sent these bytes, and sends nothing more. */
async function stalled(bytes: string): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  return socket;
}

const wrong = { 'x-hub-signature-256': sign('another body') };
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
function heapInUse(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
const until = async (holds: () => boolean) => {
  for (let tries = 0; tries < 200 && !holds(); tries++) await wait(10);
  expect(holds()).toBe(true);
};

describe('size and time', () => {
  it('a body of GitHub’s largest is read, and one byte more is refused with 413', async () => {
    await start();
    const body = `{"text":"${' '.repeat(25 * MB - 11)}"}`;
    expect(Buffer.byteLength(body)).toBe(INTAKE_LIMITS.largestBodyBytes);
    expect((await deliver(server, { body })).status).toBe(202);
    const sent = await deliver(server, { body: `${body} ` });
    expect([sent.status, sent.body.code]).toEqual([413, 'body_too_large']);
    expect(server.received).toHaveLength(1);
  });

  it('a length over 25 MB is refused before a byte of the body has come', async () => {
    await start();
    const answer = await raw(server, headOnWire('', { 'content-length': String(25 * MB + 1) }));
    expect(answer).toMatch(/^HTTP\/1.1 413 .*"code":"body_too_large"/s);
    expect(answer).toMatch(/connection: close/i);
  });

  it('whoever writes on before reading sees the answer, and not a connection that was reset', async () => {
    await start();
    const socket = await stalled(headOnWire('', { 'content-length': String(26 * MB) }));
    let answer = '';
    socket.pause().on('data', (part) => {
      answer += part;
    });
    for (let piece = 0; piece < 20; piece++) {
      socket.write(Buffer.alloc(MB));
      await wait(10);
    }
    socket.resume();
    await new Promise((resolve) => socket.on('close', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
  });

  it('a body of unknown length is refused with 413 while it comes, and the sender is cut off', async () => {
    await start({ largestBodyBytes: MB });
    const { status, wrote } = await new Promise<{ status: number; wrote: number }>((resolve, reject) => {
      let wrote = 0;
      let status = 0;
      const headers = {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': '1',
      };
      const client = request({
        port: server.port,
        host: '127.0.0.1',
        method: 'POST',
        headers: { ...headers, ...wrong },
      });
      const write = () => {
        wrote += 64 * 1024;
        client.write(Buffer.alloc(64 * 1024), () => (client.destroyed ? undefined : setImmediate(write)));
      };
      client.on('response', (response) => {
        status = response.statusCode ?? 0;
        response.resume();
      });
      client.on('error', () => undefined).on('close', () => resolve({ status, wrote }));
      setTimeout(() => reject(new Error('The sender was never cut off.')), 5_000).unref();
      write();
    });
    expect(status).toBe(413);
    expect(wrote).toBeGreaterThan(MB);
    expect(server.intake.counts().refused).toEqual({ body_too_large: 1 });
  });

  it('a body that drips is refused with 408, and its connection closed', async () => {
    await start({ answerWithinMs: 150 });
    const began = performance.now();
    const socket = await stalled(headOnWire('{}', { 'content-length': '1000' }));
    const drip = setInterval(() => socket.write(' '), 20);
    let answer = '';
    socket.on('data', (part) => {
      answer += part;
    });
    await new Promise((resolve) => socket.on('close', resolve));
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1.1 408 .*"code":"body_too_slow"/s);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(server.received).toEqual([]);
  });

  it('a body in chunks of one byte is read', async () => {
    await start();
    const body = JSON.stringify({ text: 'a'.repeat(MB / 4) });
    const head = headOnWire(body, { 'transfer-encoding': 'chunked', connection: 'close' });
    const wire = Buffer.from(`${head}${[...body].map(chunk).join('')}0\r\n\r\n`);
    expect(await raw(server, wire, 5_000)).toMatch(/^HTTP\/1.1 202 /);
    expect(server.received).toEqual([{ name: 'push', payload: JSON.parse(body) }]);
  });

  it('what is kept of a body in chunks of one byte is its bytes, not its chunks', async () => {
    const request = Object.assign(new PassThrough(), { headers: {} }) as unknown as IncomingMessage;
    const reading = createBodyReader(INTAKE_LIMITS)(request, 10_000);
    const before = heapInUse();
    for (let byte = 0; byte < 200_000; byte++) request.emit('data', Buffer.from('a'));
    expect(heapInUse() - before).toBeLessThan(2 * MB);
    request.emit('end');
    expect(await reading).toMatchObject({ kind: 'body', bytes: { length: 200_000 } });
  });

  it('bodies together take no more than their room: 503 beyond it, and room again when one is gone', async () => {
    await start({ bodiesTogetherBytes: MB });
    const half = `${headOnWire('', { 'content-length': String(MB) })}${' '.repeat(MB / 2)}`;
    const first = await stalled(half);
    const second = await stalled(half);
    await wait(100);
    const over = await deliver(server, { body: `{"text":"${'a'.repeat(MB / 4)}"}` });
    expect([over.status, over.body.code]).toEqual([503, 'too_busy']);
    expect(Number(over.headers['retry-after'])).toBeGreaterThan(0);
    first.destroy();
    second.destroy();
    await until(() => server.intake.counts().gone >= 1);
    expect((await deliver(server, { body: `{"text":"${'a'.repeat(MB / 4)}"}` })).status).toBe(202);
  });

  it('room is taken by bytes that came, not by a promise of them', async () => {
    await start({ bodiesTogetherBytes: MB });
    const promises = await Promise.all(
      Array.from({ length: 20 }, () => stalled(`${headOnWire('', { 'content-length': String(MB) })}{`)),
    );
    await wait(50);
    expect((await deliver(server, {})).status).toBe(202);
    for (const socket of promises) socket.destroy();
    await until(() => server.intake.counts().gone === 20);
  });

  it('room is given back after every answer', async () => {
    await start({ bodiesTogetherBytes: MB, largestBodyBytes: MB / 2, failuresPerMinute: 1_000 });
    const large = `{"text":"${'a'.repeat(MB / 4)}"}`;
    for (let time = 0; time < 10; time++) {
      expect((await deliver(server, { body: large })).status).toBe(202);
      expect((await deliver(server, { body: large, headers: wrong })).status).toBe(401);
      expect((await deliver(server, { body: large, event: 'star' })).status).toBe(202);
      expect((await deliver(server, { body: `${large}x` })).status).toBe(400);
      const chunked = { 'content-length': undefined, 'transfer-encoding': 'chunked' };
      expect((await deliver(server, { body: large.repeat(3), headers: chunked })).status).toBe(413);
    }
  });
});

describe('hostile senders', () => {
  it('whoever hangs up is forgotten: in the head, in the body, and before the answer', async () => {
    await start();
    const storing = Promise.withResolvers<{ kind: 'run'; how: 'accepted' }>();
    server.receives(() => storing.promise);
    for (const bytes of [
      'POST /api/github/webhooks HTTP/1.1\r\nx-github-event: pu',
      `${headOnWire('{}', { 'content-length': '2' })}{`,
      `${headOnWire('{}', { 'transfer-encoding': 'chunked' })}${chunk('{')}`,
      `${headOnWire('{}', { 'content-length': '2' })}{}`,
    ]) {
      const socket = await stalled(bytes);
      await wait(20);
      socket.resetAndDestroy();
    }
    await until(() => server.received.length === 1 && server.intake.counts().gone === 2);
    storing.resolve({ kind: 'run', how: 'accepted' });
    await until(() => server.intake.counts().accepted === 1);
    expect((await deliver(server, {})).status).toBe(202);
  });

  it.each([
    ['a head of garbage', '\x00\x01\x02\r\n\r\n'],
    ['a header of garbage', 'POST / HTTP/1.1\r\n\xff\xfe: \x00\r\n\r\n'],
    ['two lengths', headOnWire('{}', { 'content-length': '2\r\ncontent-length: 3' })],
    ['a length of garbage', headOnWire('{}', { 'content-length': '-1' })],
    ['a chunk of garbage', `${headOnWire('{}', { 'transfer-encoding': 'chunked' })}zz\r\n{}\r\n`],
    ['both lengths and chunks', headOnWire('{}', { 'content-length': '2', 'transfer-encoding': 'chunked' })],
    ['headers of 100 kB', headOnWire('{}', { 'x-hub-signature-256': 'a'.repeat(100_000) })],
  ])('%s is refused, and the process lives', async (_what, bytes) => {
    await start();
    expect(await raw(server, Buffer.from(bytes, 'latin1'))).toMatch(/^HTTP\/1.1 4\d\d |^$/);
    expect(server.received).toEqual([]);
    expect((await deliver(server, {})).status).toBe(202);
  });

  it.each([
    ['an author that is null', '{"action":"created","comment":{"user":null,"body":"@conductor help"}}'],
    ['one key twice', '{"action":"created","action":"deleted","comment":{"body":"@"},"comment":null}'],
    ['a lone surrogate', '{"action":"created","comment":{"body":"@conductor \\ud800"}}'],
    ['the key __proto__', '{"action":"created","__proto__":{"body":"@"},"constructor":{"prototype":1}}'],
    ['huge numbers', `{"action":"created","id":1e999,"n":${'9'.repeat(10_000)},"body":"@"}`],
    ['100,000 levels', `{"action":"created","body":"@","in":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['100,000 objects in each other', `{"a":"@","in":${'{"a":'.repeat(100_000)}0${'}'.repeat(100_000)}}`],
    ['a million @', `{"action":"created","body":"${'@'.repeat(1_000_000)}"}`],
    ['100,000 SSH addresses', `{"action":"created","in":[${'{"ssh_url":"git@"},'.repeat(100_000)}"@"]}`],
  ])('JSON with %s is handed over, and the process lives', async (_what, body) => {
    await start();
    const began = performance.now();
    expect((await deliver(server, { event: 'issue_comment', body })).status).toBe(202);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(server.received).toHaveLength(1);
  });

  it('R3: 1,000 deliveries at once are all answered, each after it was handed over', async () => {
    await start();
    const all = await Promise.all(
      Array.from({ length: 1_000 }, () => deliver(server, { body: '{"a":"@"}' })),
    );
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([202]));
    expect(server.received).toHaveLength(1_000);
    expect(server.intake.counts().accepted).toBe(1_000);
  });
});
