import { describe, expect, it } from 'vitest';
import type { WireName } from '../../src/agents/cli/host.ts';
import { recordingMeter } from '../agents/cli/tasks.ts';
import { drip, inPieces, refuse } from '../agents/models/vendor-server.ts';
import { ANSWERS, ASKS, framesOf, MODEL, openWay, plain, REAL_KEY } from './gateway-client.ts';

const WIRES: readonly WireName[] = ['messages', 'responses', 'chat', 'gemini'];
const until = async (holds: () => boolean) => {
  for (let waited = 0; waited < 3_000 && !holds(); waited += 10) await new Promise((r) => setTimeout(r, 10));
  expect(holds()).toBe(true);
};

describe('SEC-1: what a gateway lets through', () => {
  it.each(WIRES)('%s: the vendor gets the real key, and nothing that says who asks', async (wire) => {
    const way = await openWay(plain(ANSWERS[wire].plain));
    const headers = { 'user-agent': 'some-cli/1', cookie: 'a=b', 'x-app': 'cli', 'anthropic-beta': 'beta-1' };
    const response = await way.ask(wire, { headers });
    expect(await response.json()).toEqual(ANSWERS[wire].plain);
    const [request] = way.vendor.requests;
    expect(request?.path).toBe(ASKS[wire].path);
    expect(
      Object.values(request?.headers ?? {}).filter((value) => String(value).includes(REAL_KEY)),
    ).toHaveLength(1);
    expect(JSON.stringify(request)).not.toContain(way.gateway.key);
    expect(request?.headers).toMatchObject({ 'user-agent': 'conductor', 'anthropic-beta': 'beta-1' });
    expect(request?.headers).not.toHaveProperty('cookie');
    expect(request?.headers).not.toHaveProperty('x-app');
  });

  it('Anthropic’s key goes where the CLI had its own, and as x-api-key to an older gateway', async () => {
    const bearer = { headers: { authorization: '' } };
    for (const [key, legacy, header] of [
      ['x-api-key', false, 'x-api-key'],
      ['authorization', false, 'authorization'],
      ['authorization', true, 'x-api-key'],
    ] as const) {
      const way = await openWay(plain(ANSWERS.messages.plain), { upstream: { legacy } });
      bearer.headers.authorization = `Bearer ${way.gateway.key}`;
      await way.ask('messages', key === 'authorization' ? { key: { ...bearer.headers } } : {});
      expect(String(way.vendor.requests[0]?.headers[header])).toContain(REAL_KEY);
    }
  });

  it('its own key is taken in every vendor’s place for it, and no other key in any', async () => {
    const way = await openWay(plain(ANSWERS.chat.plain));
    const places = (key: string): Record<string, string>[] => [
      { authorization: `Bearer ${key}` },
      { 'x-api-key': key },
      { 'api-key': key },
      { 'x-goog-api-key': key },
    ];
    for (const key of places(way.gateway.key)) expect((await way.ask('chat', { key })).status).toBe(200);
    const query = await way.ask('gemini', { key: {}, path: `${ASKS.gemini.path}?key=${way.gateway.key}` });
    expect(query.status).toBe(200);
    const asked = way.vendor.requests.length;
    for (const wrong of [REAL_KEY, '', way.gateway.key.slice(0, -1), `${way.gateway.key}A`]) {
      for (const key of places(wrong)) expect((await way.ask('chat', { key })).status).toBe(401);
    }
    expect(way.vendor.requests.length).toBe(asked);
    expect(way.meter.admitted.length).toBe(asked);
  });

  it('every gateway has a key of its own, shaped like a vendor’s', async () => {
    const [one, two] = [await openWay(plain({})), await openWay(plain({}))];
    expect(one.gateway.key).toMatch(/^sk-ant-api03-[\w-]{90,}AA$/);
    expect(one.gateway.key).not.toBe(two.gateway.key);
  });

  it.each(WIRES)('%s: another model is refused in a sentence, and rewritten nowhere', async (wire) => {
    const way = await openWay(plain({}));
    const path = ASKS[wire].path.replace(MODEL, 'model-b');
    for (const model of ['model-b', '', null, `${MODEL} `, [MODEL]]) {
      const response = await way.ask(wire, { path, body: { ...ASKS[wire].body, model } });
      expect(response.status).toBe(403);
      expect(await response.text()).toContain('is not the model that is let through here');
    }
    expect(way.vendor.requests).toEqual([]);
  });

  it('of two models in one body the one that is let through is the one that is sent', async () => {
    const way = await openWay(plain(ANSWERS.chat.plain));
    const twice = `{"model":"model-b","messages":[],"model":"${MODEL}"}`;
    expect((await way.ask('chat', { body: twice })).status).toBe(200);
    expect(JSON.stringify(way.vendor.requests[0]?.body)).not.toContain('model-b');
  });

  it.each([
    ['POST', '/v1/files'],
    ['POST', '/v1/messages/batches'],
    ['POST', '/v1/responses/resp_1/cancel'],
    ['POST', '/v1/messages/../files'],
    ['POST', '/v1/chat/completions/x'],
    ['POST', '/'],
    ['POST', '//evil.example/v1/messages'],
    ['DELETE', '/v1/responses'],
    ['GET', '/v1/responses/resp_1'],
    ['GET', '/v1/models/other'],
    ['GET', '/metadata'],
    ['POST', '/v1beta/models/model-a:batchGenerateContent'],
  ])('%s %s leads nowhere', async (method, path) => {
    const way = await openWay(plain({}));
    const response = await way.ask('messages', { method, path });
    expect(response.status).toBe(404);
    expect(await response.json()).toHaveProperty('error');
    expect(way.vendor.requests).toEqual([]);
  });

  it('a format that the model does not speak is a 404 that says which it speaks', async () => {
    const way = await openWay(plain({}), { upstream: { addresses: { chat: 'http://127.0.0.1:9' } } });
    expect(way.gateway.wires).toEqual(['chat']);
    const response = await way.ask('gemini');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('speaks: chat') },
    });
  });

  it('the models that there are is the one, and no vendor is asked', async () => {
    const way = await openWay(plain({}));
    const list = await (await way.ask('chat', { method: 'GET', path: '/v1/models' })).json();
    expect(list).toMatchObject({ object: 'list', data: [{ id: MODEL }], has_more: false });
    expect((await way.ask('chat', { method: 'GET', path: `/v1/models/${MODEL}` })).status).toBe(200);
    expect(way.vendor.requests).toEqual([]);
  });

  it('what is too large, compressed or no JSON object is refused', async () => {
    const way = await openWay(plain({}));
    const huge = `{"model":"${MODEL}","messages":"${'x'.repeat(33 * 1024 * 1024)}"}`;
    expect((await way.ask('chat', { body: huge })).status).toBe(413);
    expect((await way.ask('chat', { headers: { 'content-encoding': 'gzip' } })).status).toBe(415);
    for (const body of ['', '{', '[]', '"x"', 'null'])
      expect((await way.ask('chat', { body })).status).toBe(400);
    expect(way.meter.admitted).toEqual([]);
  });

  it.each<[WireName, object]>([
    ['messages', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
    ['messages', { mcp_servers: [{ url: 'https://x' }] }],
    ['messages', { speed: 'fast' }],
    [
      'messages',
      { messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url: 'x' } }] }] },
    ],
    [
      'messages',
      { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'base64' } }] }] },
    ],
    [
      'messages',
      {
        messages: [
          { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'document', source: {} }] }] },
        ],
      },
    ],
    ['messages', { system: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral', ttl: '1h' } }] }],
    ['responses', { tools: [{ type: 'web_search' }] }],
    [
      'responses',
      { input: [{ type: 'additional_tools', tools: [{ type: 'namespace', tools: [{ type: 'mcp' }] }] }] },
    ],
    ['responses', { previous_response_id: 'resp_1' }],
    ['responses', { background: true }],
    ['responses', { service_tier: 'priority' }],
    ['responses', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }],
    ['chat', { models: ['model-b'] }],
    ['chat', { n: 100 }],
    ['chat', { plugins: [{ id: 'web' }] }],
    [
      'chat',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x' } }] }] },
    ],
    ['gemini', { tools: [{ googleSearch: {} }] }],
    ['gemini', { cachedContent: 'x' }],
    ['gemini', { generationConfig: { candidateCount: 8 } }],
    ['gemini', { contents: [{ parts: [{ fileData: { fileUri: 'x' } }] }] }],
  ])('%s: %j is refused, since nobody could tell what it costs', async (wire, more) => {
    const way = await openWay(plain({}));
    const response = await way.ask(wire, { body: { ...ASKS[wire].body, ...more } });
    expect(response.status).toBe(403);
    expect(way.vendor.requests).toEqual([]);
    expect(way.gateway.exhausted.aborted).toBe(false);
  });
});

describe('SEC-2: the real key', () => {
  it('is in no answer, whatever a server shows of what it was sent', async () => {
    const echo = `data: {"authorization":"Bearer ${REAL_KEY}","key":"${REAL_KEY}"}\n\n`;
    const answers = [
      ...[1, 5, 40, 4_096].map((bytes) => inPieces([echo, ...framesOf('chat')], bytes)),
      plain({ key: REAL_KEY }, { 'x-request-id': 'r', 'x-echo': REAL_KEY }),
      refuse(400, { error: { message: `You sent ${REAL_KEY}` } }),
      refuse(401, {
        error: { message: `Incorrect API key: ${REAL_KEY.slice(0, 12)}…${REAL_KEY.slice(-4)}` },
      }),
      refuse(500, { error: { message: REAL_KEY } }, { 'retry-after': '1' }),
    ];
    for (const answer of answers) {
      const way = await openWay(answer);
      const response = await way.ask('chat');
      const said = (await response.text()) + JSON.stringify([...response.headers]);
      expect(said).not.toContain(REAL_KEY.slice(0, 12));
      expect(JSON.stringify(way.gateway.calls())).not.toContain(REAL_KEY);
    }
  });

  it('does not follow a redirection', async () => {
    const elsewhere = await openWay(plain({}));
    const way = await openWay((response) => {
      response.writeHead(307, { location: `${elsewhere.vendor.url}/v1/steal` }).end();
    });
    expect((await way.ask('chat')).status).toBe(502);
    expect(elsewhere.vendor.requests).toEqual([]);
  });
});

describe('S4-3: a gateway ends with its CLI', () => {
  it('closed, it answers nobody, lets go of the vendor, and settles what was under way', async () => {
    const way = await openWay(drip(framesOf('messages').slice(0, 1), ': beat\n\n'));
    const response = await way.ask('messages', { body: { ...ASKS.messages.body, stream: true } });
    expect(response.status).toBe(200);
    const body = response.text().catch(() => 'broken off');
    await way.gateway.close();
    expect(await body).toBe('broken off');
    expect(way.meter.settled).toEqual([null]);
    expect(way.gateway.calls()).toMatchObject([{ failure: 'model_stopped' }]);
    await until(() => way.vendor.hungUp() === 1);
    await expect(way.ask('messages')).rejects.toThrow();
  });

  it('a CLI that hangs up takes its call to the vendor with it', async () => {
    const way = await openWay(drip([], ': beat\n\n'));
    const hangUp = new AbortController();
    await way.ask('chat', { signal: hangUp.signal });
    hangUp.abort();
    await until(() => way.vendor.hungUp() === 1);
    await until(() => way.gateway.calls().length === 1);
    expect(way.meter.settled).toEqual([null]);
  });

  it('what the meter throws is thrown again when it is closed', async () => {
    const meter = { ...recordingMeter(), admit: () => Promise.reject(new Error('the journal is closed')) };
    const way = await openWay(plain({}), { meter });
    await way.ask('chat').catch(() => undefined);
    expect(way.gateway.exhausted.aborted).toBe(true);
    await expect(way.gateway.close()).rejects.toThrow('the journal is closed');
  });

  it('more calls at a time than helpers ask are turned away for now', async () => {
    const way = await openWay(drip([], ': beat\n\n'));
    const statuses = await Promise.all(
      Array.from({ length: 12 }, async () => (await way.ask('chat')).status),
    );
    // Fewer than four where one was through before the last had come.
    expect(statuses).toContain(429);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(8);
    expect(way.gateway.exhausted.aborted).toBe(false);
  });
});
