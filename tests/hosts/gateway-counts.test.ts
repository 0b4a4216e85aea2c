import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { WireName } from '../../src/agents/cli/host.ts';
import { recordingMeter } from '../agents/cli/tasks.ts';
import { inPieces, refuse, stream } from '../agents/models/vendor-server.ts';
import { ANSWERS, ASKS, framesOf, MODEL, openWay, plain, USAGE } from './gateway-client.ts';

const WIRES: readonly WireName[] = ['messages', 'responses', 'chat', 'gemini'];
const until = async (holds: () => boolean) => {
  for (let waited = 0; waited < 3_000 && !holds(); waited += 10) await new Promise((r) => setTimeout(r, 10));
  expect(holds()).toBe(true);
};

describe('SEC-29: what a gateway counts', () => {
  it.each(WIRES)('%s: a plain answer is settled with its usage', async (wire) => {
    const way = await openWay(plain(ANSWERS[wire].plain));
    await (await way.ask(wire)).text();
    await until(() => way.meter.settled.length === 1);
    expect(way.meter.settled).toEqual([USAGE]);
    const sent = JSON.stringify(ASKS[wire].body);
    const promptDigest = createHash('sha256').update(sent).digest('hex');
    const ms = expect.toSatisfy((of) => Number.isInteger(of) && of >= 0);
    expect(way.gateway.calls()).toEqual([{ promptDigest, usage: USAGE, ms, failure: null }]);
    expect(way.meter.admitted).toMatchObject([
      { name: 'main', inputTokens: sent.length + 2_000, outputTokens: 1_000 },
    ]);
  });

  it.each(WIRES)('%s: a stream comes through byte for byte, and is settled with its usage', async (wire) => {
    const frames = framesOf(wire);
    for (const bytes of [1, 7, 4_096]) {
      const way = await openWay(inPieces(frames, bytes));
      const response = await way.ask(wire, { body: { ...ASKS[wire].body, stream: true } });
      expect(await response.text()).toBe(frames.join(''));
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      await until(() => way.meter.settled.length === 1);
      expect(way.meter.settled).toEqual([USAGE]);
    }
  });

  it.each(WIRES)('%s: an answer is no longer than the meter allows, nor than was wished', async (wire) => {
    for (const [allowed, limit] of [
      [300, 300],
      [5_000, 1_000],
    ] as const) {
      const way = await openWay(plain(ANSWERS[wire].plain), {
        meter: recordingMeter({ outputTokens: allowed }),
      });
      await way.ask(wire);
      expect(JSON.stringify(way.vendor.requests[0]?.body)).toMatch(new RegExp(`okens":${limit}\\b`, 'i'));
    }
  });

  it('an answer without a wished length gets one, under the name that the vendor knows', async () => {
    const bare = { model: MODEL, messages: [], input: [], contents: [] };
    for (const [wire, provider, limits] of [
      ['messages', 'anthropic', { max_tokens: 32_000 }],
      ['responses', 'openai', { max_output_tokens: 32_000 }],
      ['chat', 'openai', { max_completion_tokens: 32_000 }],
      ['chat', 'openai-compatible', { max_tokens: 32_000 }],
      ['gemini', 'openai-compatible', { generationConfig: { maxOutputTokens: 32_000 } }],
    ] as const) {
      const way = await openWay(plain({}), { upstream: { provider } });
      await way.ask(wire, { body: bare });
      expect(way.vendor.requests[0]?.body).toMatchObject(limits);
    }
  });

  it('chat: a stream is asked for its usage, also where the CLI did not', async () => {
    const way = await openWay(stream(framesOf('chat')));
    await way.ask('chat', { body: { ...ASKS.chat.body, stream: true, stream_options: { x: 1 } } });
    expect(way.vendor.requests[0]?.body).toMatchObject({ stream_options: { x: 1, include_usage: true } });
  });

  it('messages: room for thinking shrinks with the answer, or goes', async () => {
    const body = {
      ...ASKS.messages.body,
      max_tokens: 8_000,
      thinking: { type: 'enabled', budget_tokens: 6_000 },
    };
    for (const [allowed, thinking] of [
      [4_000, { type: 'enabled', budget_tokens: 2_000 }],
      [1_024, { type: 'disabled' }],
      [7_000, { type: 'enabled', budget_tokens: 6_000 }],
    ] as const) {
      const way = await openWay(plain({}), { meter: recordingMeter({ outputTokens: allowed }) });
      await way.ask('messages', { body });
      expect(way.vendor.requests[0]?.body).toMatchObject({ max_tokens: allowed, thinking });
    }
  });

  it('pictures count for the most that one can have', async () => {
    const way = await openWay(plain({}));
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    await way.ask('messages', {
      body: { ...ASKS.messages.body, messages: [{ role: 'user', content: [image] }] },
    });
    expect(way.meter.admitted[0]?.inputTokens).toBeGreaterThan(50_000);
  });

  it('counting tokens costs nothing, and is no call', async () => {
    const way = await openWay(plain({ input_tokens: 5 }));
    const response = await way.ask('messages', { path: '/v1/messages/count_tokens' });
    expect(await response.json()).toEqual({ input_tokens: 5 });
    expect(way.vendor.requests[0]?.body).toEqual(ASKS.messages.body);
    expect([way.meter.admitted, way.gateway.calls()]).toEqual([[], []]);
  });

  it.each([
    ['breaks off', stream(framesOf('messages').slice(0, 2), 'cut'), 'model_unavailable'],
    ['ends without its usage', stream(framesOf('messages').slice(0, 2)), null],
    ['is no JSON', (response: ServerResponse): void => void response.end('<html>'), null],
  ] as const)('an answer that %s keeps its worst case', async (_, answer, failure) => {
    const way = await openWay(answer);
    await way
      .ask('messages')
      .then((response) => response.text())
      .catch(() => undefined);
    await until(() => way.meter.settled.length === 1);
    expect(way.meter.settled).toEqual([null]);
    expect(way.gateway.calls()).toMatchObject([{ usage: null, failure }]);
  });

  it.each([
    [400, 'model_bad_request'],
    [402, 'model_spend_cap'],
    [404, 'model_unknown'],
    [429, 'model_rate_limited'],
    [529, 'model_unavailable'],
  ])(
    'a vendor’s %i costs nothing; its own words come back, with when to ask again',
    async (status, failure) => {
      const words = { type: 'error', error: { type: 'x', message: 'The vendor’s own words.' } };
      const way = await openWay(
        refuse(status, words, { 'retry-after': '7', 'anthropic-organization-id': 'org-1' }),
      );
      const response = await way.ask('messages');
      expect([response.status, await response.json()]).toEqual([status, words]);
      expect(response.headers.get('retry-after')).toBe('7');
      expect(response.headers.get('anthropic-organization-id')).toBe(null);
      expect(way.meter.settled).toEqual([{ input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }]);
      expect(way.gateway.calls()).toMatchObject([{ failure }]);
    },
  );

  it('a vendor that is not there costs nothing', async () => {
    const way = await openWay(plain({}));
    await way.vendor.close();
    const response = await way.ask('chat');
    expect(response.status).toBe(502);
    expect(way.meter.settled).toEqual([{ input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }]);
  });

  it('a meter that refuses ends the run: in the vendor’s form, and with nothing sent', async () => {
    for (const wire of WIRES) {
      const way = await openWay(plain(ANSWERS[wire].plain), { meter: recordingMeter({ refuseFrom: 2 }) });
      expect((await way.ask(wire)).status).toBe(200);
      expect(way.gateway.exhausted.aborted).toBe(false);
      const response = await way.ask(wire);
      expect(response.status).toBe(403);
      expect(response.headers.get('x-should-retry')).toBe('false');
      expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('$5.00') } });
      expect(way.gateway.exhausted.reason).toMatchObject({
        code: 'budget_reached',
        next: 'Ask for a smaller step.',
      });
      expect((await way.ask(wire)).status).toBe(403);
      expect(way.vendor.requests).toHaveLength(1);
      expect(way.gateway.calls().map(({ failure }) => failure)).toEqual([null, 'budget_reached']);
    }
  });

  it('no more calls are made than the run has turns', async () => {
    const way = await openWay(plain(ANSWERS.chat.plain), { maxTurns: 2 });
    const statuses = [];
    for (let turn = 0; turn < 3; turn++) statuses.push((await way.ask('chat')).status);
    expect(statuses).toEqual([200, 200, 403]);
    expect(way.gateway.exhausted.reason).toMatchObject({ code: 'turn_limit' });
  });
});
