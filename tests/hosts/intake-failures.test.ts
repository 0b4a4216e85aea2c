import { afterEach, describe, expect, it } from 'vitest';
import { failuresByAddress } from '../../src/hosts/failures-by-address.ts';
import type { IntakeOptions } from '../../src/hosts/intake.ts';
import { deliver, headOnWire, type IntakeServer, raw, sign, startIntake } from './intake-server.ts';

let server: IntakeServer;
afterEach(() => server?.close());

async function start(limits: IntakeOptions['limits'] = {}): Promise<void> {
  server = await startIntake({ limits });
}

const wrong = { 'x-hub-signature-256': sign('another body') };

describe('failed verification', () => {
  it('S0-29: of 61 in a minute the last is answered 429, with the seconds to wait', async () => {
    await start();
    for (let time = 0; time < 60; time++) {
      const headers = time % 2 ? wrong : { 'x-hub-signature-256': undefined };
      expect((await deliver(server, { headers })).status).toBe(401);
    }
    const sent = await deliver(server, { headers: wrong });
    expect([sent.status, sent.body.code]).toEqual([429, 'too_many_failures']);
    expect(Number(sent.headers['retry-after'])).toBeGreaterThan(50);
    expect(Number(sent.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(server.intake.counts().refused).toMatchObject({ too_many_failures: 1 });
  });

  it('S0-29: 61 at once, let in before any of them has failed, are no way around it', async () => {
    await start();
    const head = headOnWire('another body', { 'content-length': '2', connection: 'close' });
    const answers = await Promise.all(Array.from({ length: 61 }, () => raw(server, [head, '{}'], 2_000)));
    expect(answers.map((answer) => answer.slice(9, 12)).sort()).toEqual([...Array(60).fill('401'), '429']);
  });

  it('S0-29: whoever is over the limit is answered before the body is read; others are served', async () => {
    await start({ failuresPerMinute: 2 });
    for (const _ of [1, 2]) await deliver(server, { headers: wrong });
    const unread = await raw(server, headOnWire('{}', { 'content-length': '1000' }));
    expect(unread).toMatch(/^HTTP\/1.1 429 /);
    expect((await deliver(server, { from: '127.0.0.2' })).status).toBe(202);
  });

  it('S0-29: whoever shares an address with GitHub, as behind a proxy, does not shut it out', async () => {
    await start({ failuresPerMinute: 2 });
    await deliver(server, {});
    for (const _ of [1, 2, 3, 4]) expect((await deliver(server, { headers: wrong })).status).toBe(401);
    expect((await deliver(server, {})).status).toBe(202);
  });

  it('S0-29: good signatures never count', async () => {
    await start({ failuresPerMinute: 2 });
    for (let time = 0; time < 10; time++) {
      expect((await deliver(server, {})).status).toBe(202);
      expect((await deliver(server, { body: 'no JSON' })).status).toBe(400);
    }
  });

  it('S0-29: behind a proxy, the sender is whom the host says', async () => {
    const addressOf: IntakeOptions['addressOf'] = ({ headers }) => String(headers['x-real-ip']);
    server = await startIntake({ addressOf, limits: { failuresPerMinute: 1 } });
    const from = (ip: string) => deliver(server, { headers: { ...wrong, 'x-real-ip': ip } });
    expect((await from('192.0.2.1')).status).toBe(401);
    expect((await from('192.0.2.1')).status).toBe(429);
    expect((await from('192.0.2.2')).status).toBe(401);
  });

  it('S0-29: the window slides: each failure counts for a minute', () => {
    let now = 0;
    const failures = failuresByAddress({ failuresPerMinute: 2, addresses: 10 }, () => now);
    failures.add('a');
    now = 30_000;
    failures.add('a');
    expect(failures.secondsToWait('a')).toBe(30);
    now = 60_000;
    expect(failures.secondsToWait('a')).toBe(0);
    failures.add('a');
    expect(failures.secondsToWait('a')).toBe(30);
    expect(failures.secondsToWait('b')).toBe(0);
  });

  it('S0-29: beyond the limit one request a second is looked at, and a verified one ends the wait for its address', () => {
    let now = 0;
    const failures = failuresByAddress({ failuresPerMinute: 2, addresses: 10 }, () => now);
    for (const _ of [1, 2]) failures.add('proxy');
    now = 999;
    expect(failures.secondsToWait('proxy')).toBe(60);
    now = 1_000;
    expect(failures.secondsToWait('proxy')).toBe(0);
    failures.add('proxy');
    expect(failures.secondsToWait('proxy')).toBeGreaterThan(0);
    failures.verified('proxy');
    for (const _ of [1, 2, 3]) failures.add('proxy');
    expect(failures.secondsToWait('proxy')).toBe(0);
  });

  it('S0-29: no more addresses are remembered than allowed; the one that failed longest ago goes first', () => {
    const failures = failuresByAddress({ failuresPerMinute: 1, addresses: 3 }, () => 0);
    for (const address of ['a', 'b', 'c', 'a', 'd']) failures.add(address);
    expect(['a', 'b', 'c', 'd'].map((address) => failures.secondsToWait(address))).toEqual([60, 0, 60, 60]);
  });

  it.each([
    ['2001:db8:1:2::1', '2001:db8:1:2:ffff:ffff:ffff:ffff', true],
    ['2001:DB8:1:2::1', '2001:0db8:0001:0002::9', true],
    ['2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['2001:db8::1', '2001:db8:0:0:5::', true],
    ['::1', '::2', true],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::ffff:192.0.2.1', '192.0.2.1', true],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    ['192.0.2.1', '192.0.2.2', false],
  ])('%s and %s are one sender: %s', (one, other, same) => {
    const failures = failuresByAddress({ failuresPerMinute: 1, addresses: 10 });
    failures.add(one);
    expect(failures.secondsToWait(other) > 0).toBe(same);
  });
});
