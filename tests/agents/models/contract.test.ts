import { LLMock } from '@copilotkit/aimock';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Message, Prompt } from '../../../src/agents/model.ts';
import { DIALECTS, type Dialect, KEY, PRICE } from './dialects.ts';
import { refuse, stream, type VendorServer, vendorServer } from './vendor-server.ts';

const READ_FILE = {
  name: 'read_file',
  description: 'Reads a file.',
  parameters: {
    type: 'object',
    properties: { path: { type: 'string' } },
    required: ['path'],
    additionalProperties: false,
  },
};

function prompt(...messages: Message[]): Prompt {
  const asked: Message = { role: 'user', text: 'fix the rounding bug' };
  return {
    system: 'You fix bugs.',
    tools: [READ_FILE],
    messages: [asked, ...messages],
    maxOutputTokens: 512,
  };
}

const calm = () => new AbortController().signal;

describe.each(DIALECTS)('$label', (dialect: Dialect) => {
  describe('against a model server that nobody here wrote', () => {
    const mock = new LLMock({ port: 0, strict: true, logLevel: 'silent' });
    beforeAll(() => mock.start());
    afterAll(() => mock.stop());
    afterEach(() => {
      mock.reset();
    });

    it('says what the model said, and what it counted', async () => {
      const usage = { input_tokens: 90, output_tokens: 7, prompt_tokens: 90, completion_tokens: 7 };
      mock.addFixture({
        match: { userMessage: 'rounding' },
        response: { content: 'Round half to even.', usage },
      });
      const model = dialect.make(mock.url);

      expect(await model.ask(prompt(), calm())).toEqual({
        ok: true,
        turn: {
          text: 'Round half to even.',
          toolCalls: [],
          usage: { input: 90, cacheRead: 0, cacheWrite: 0, output: 7 },
          stop: 'end',
        },
      });
      expect(model).toMatchObject({ name: 'main', label: dialect.label, price: PRICE });
    });

    it('carries a tool call there and its result back', async () => {
      const calls = [{ id: 'call_1', name: 'read_file', arguments: '{"path":"src/money.ts"}' }];
      mock.addFixture({
        match: { userMessage: 'rounding', hasToolResult: false },
        response: { toolCalls: calls },
      });
      mock.addFixture({
        match: { toolCallId: 'call_1', toolResultContains: 'Math.round' },
        response: { content: 'Found it.' },
      });
      const model = dialect.make(mock.url);

      const first = await model.ask(prompt(), calm());
      if (!first.ok) throw new Error(first.failure.message);
      const { text, toolCalls, stop } = first.turn;
      expect({ toolCalls, stop }).toEqual({
        toolCalls: [{ id: 'call_1', name: 'read_file', input: { path: 'src/money.ts' } }],
        stop: 'tools',
      });

      const results = [{ callId: 'call_1', text: 'return Math.round(x)', isError: false }];
      const second = await model.ask(
        prompt({ role: 'assistant', text, toolCalls }, { role: 'tools', results }),
        calm(),
      );
      expect(second).toMatchObject({ ok: true, turn: { text: 'Found it.', stop: 'end' } });
    });

    it('streams, and sends the system text, the tools and the limit', async () => {
      mock.addFixture({
        match: {
          systemMessage: 'You fix bugs.',
          toolName: 'read_file',
          predicate: ({ model, stream }) => model === 'model-a' && stream === true,
        },
        response: { content: 'ok' },
      });
      expect(await dialect.make(mock.url).ask(prompt(), calm())).toMatchObject({ ok: true });
      const [sent] = mock.getRequests();
      expect(JSON.stringify(sent?.body)).toContain('512');
    });

    it('gives up after one refusal: retrying is decided above', async () => {
      const answer = await dialect.make(mock.url).ask(prompt(), calm());
      expect(answer).toMatchObject({ ok: false, failure: { code: 'model_unavailable', retryable: true } });
      expect(mock.getRequests()).toHaveLength(1);
    });
  });

  describe('on the wire', () => {
    let server: VendorServer;
    afterEach(() => server.close());

    const ask = async (answer: Parameters<typeof vendorServer>[0], asked = prompt(), signal = calm()) => {
      server = await vendorServer(answer);
      return dialect.make(server.url).ask(asked, signal);
    };

    it('counts each token once, whatever the vendor counts it as', async () => {
      const answer = await ask(stream(dialect.frames({ text: 'Hi', stop: 'end', cacheRead: 40 })));
      expect(answer).toMatchObject({
        turn: { usage: { input: 100, cacheRead: 40, cacheWrite: 0, output: 7 } },
      });
    });

    it.each(['end', 'length', 'refusal'] as const)('tells that the model stopped for: %s', async (stop) => {
      expect(await ask(stream(dialect.frames({ text: 'Well', stop })))).toMatchObject({
        turn: { text: 'Well', stop },
      });
    });

    it.each([
      ['text that is no JSON', '{"path": "src/mo', '{"path": "src/mo'],
      ['JSON that is no object', '[1,2]', [1, 2]],
      ['nothing', '', {}],
    ])('passes on tool arguments that are %s', async (_, sent, input) => {
      const call = { id: 'call_1', name: 'read_file', arguments: sent };
      const answer = await ask(stream(dialect.frames({ call, stop: 'tools' })));
      expect(answer).toMatchObject({ turn: { toolCalls: [{ id: 'call_1', input }], stop: 'tools' } });
    });

    it('can say a malformed call again', async () => {
      const call = { id: 'call_1', name: 'read_file', input: '{"path": "src/mo' };
      const asked = prompt(
        { role: 'assistant', text: '', toolCalls: [call] },
        { role: 'tools', results: [{ callId: 'call_1', text: 'arguments are no JSON', isError: true }] },
      );
      expect(await ask(stream(dialect.frames({ text: 'Sorry.', stop: 'end' })), asked)).toMatchObject({
        ok: true,
      });
      const sent = JSON.stringify(server.requests[0]?.body);
      expect(sent).toContain('src/mo');
      expect(sent).toContain('arguments are no JSON');
    });

    it.each([
      ['429 with a time', 429, 'rate_limit_error', { 'retry-after': '12' }, 'model_rate_limited', true, 12],
      [
        '429 with milliseconds',
        429,
        'rate_limit_error',
        { 'retry-after-ms': '1500' },
        'model_rate_limited',
        true,
        1.5,
      ],
      ['429 without a time', 429, 'rate_limit_error', {}, 'model_rate_limited', true, null],
      ['401', 401, 'authentication_error', {}, 'model_auth', false, null],
      ['403', 403, 'permission_error', {}, 'model_auth', false, null],
      ['402', 402, 'billing_error', {}, 'model_spend_cap', false, null],
      ['404', 404, 'not_found_error', {}, 'model_unknown', false, null],
      ['400', 400, 'invalid_request_error', {}, 'model_bad_request', false, null],
      ['413', 413, 'request_too_large', {}, 'model_context_overflow', false, null],
      ['500', 500, 'api_error', {}, 'model_unavailable', true, null],
      ['529', 529, 'overloaded_error', {}, 'model_unavailable', true, null],
      ['a code that is a property of every object', 418, 'constructor', {}, 'model_bad_request', false, null],
    ])(
      '%s is a failure with a code',
      async (_, status, type, headers, code, retryable, retryAfterSeconds) => {
        const answer = await ask(refuse(status, dialect.error(type, 'no'), headers));
        expect(answer).toMatchObject({ ok: false, failure: { code, retryable, retryAfterSeconds } });
        expect(server.requests).toHaveLength(1);
      },
    );

    it('a date to wait for becomes seconds', async () => {
      const headers = { 'retry-after': new Date(Date.now() + 30_000).toUTCString() };
      const answer = await ask(refuse(429, dialect.error('rate_limit_error', 'no'), headers));
      const seconds = answer.ok ? null : answer.failure.retryAfterSeconds;
      expect(seconds).toBeGreaterThan(25);
      expect(seconds).toBeLessThanOrEqual(30);
    });

    it('a spend cap is told from a rate limit, though both are 429', async () => {
      const answer = await ask(refuse(429, dialect.error(dialect.codes.spendCap, 'no')));
      expect(answer).toMatchObject({ failure: { code: 'model_spend_cap', retryable: false } });
    });

    it('a conversation that is too long is told from a bad request, though both are 400', async () => {
      const { code, message } = dialect.codes.overflow;
      const answer = await ask(refuse(400, dialect.error(code, message)));
      expect(answer).toMatchObject({ failure: { code: 'model_context_overflow', retryable: false } });
    });

    it('a refusal without JSON is read by its status', async () => {
      const answer = await ask((response) => response.writeHead(502).end('<html>Bad Gateway</html>'));
      expect(answer).toMatchObject({ failure: { code: 'model_unavailable', retryable: true } });
    });

    it('a failure in mid-stream keeps its code', async () => {
      const error = `event: error\ndata: ${JSON.stringify(dialect.error('overloaded_error', 'busy'))}\n\n`;
      const answer = await ask(stream([dialect.frames({ text: 'Hi', stop: 'end' })[0] ?? '', error]));
      expect(answer).toMatchObject({ failure: { code: 'model_unavailable', retryable: true } });
    });

    it.each(['end', 'cut'] as const)('a stream that stops half-way (%s) is no answer', async (ending) => {
      const half = dialect.frames({ text: 'Half a sen', stop: 'end' }).slice(0, 2);
      const answer = await ask(stream(half, ending));
      expect(answer).toMatchObject({ failure: { code: 'model_unavailable', retryable: true } });
    });

    it.each([
      [
        'JSON of another kind',
        [
          'data: {"type":"response.completed"}\n\n',
          'data: {"choices":7}\n\n',
          'event: message_start\ndata: {"type":"message_start"}\n\n',
        ],
      ],
      ['no JSON', ['event: message_start\ndata: {{{\n\n']],
      ['nothing at all', []],
    ])('a stream of %s is no answer, and no exception', async (_, frames) => {
      expect(await ask(stream(frames))).toMatchObject({
        failure: { code: 'model_unavailable', retryable: true },
      });
    });

    it('a slow answer is let go of when the run is stopped', async () => {
      const [first = ''] = dialect.frames({ text: 'Hi', stop: 'end' });
      const controller = new AbortController();
      const timers: NodeJS.Timeout[] = [];
      const answer = ask(
        (response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(first);
          timers.push(setInterval(() => response.write(': drip\n\n'), 10));
          timers.push(setTimeout(() => controller.abort(), 60));
        },
        prompt(),
        controller.signal,
      );
      expect(await answer).toMatchObject({ failure: { code: 'model_stopped', retryable: false } });
      await vi.waitFor(() => expect(server.hungUp()).toBe(1));
      timers.forEach(clearInterval);
    });

    it('a run that was stopped before is not asked for', async () => {
      const answer = await ask(
        stream(dialect.frames({ text: 'Hi', stop: 'end' })),
        prompt(),
        AbortSignal.abort(),
      );
      expect(answer).toMatchObject({ failure: { code: 'model_stopped' } });
      expect(server.requests).toHaveLength(0);
    });

    it('a server that never answers times out', async () => {
      server = await vendorServer(() => undefined);
      const answer = await dialect.make(server.url, { timeoutMs: 60 }).ask(prompt(), calm());
      expect(answer).toMatchObject({ failure: { code: 'model_timeout', retryable: true } });
    });

    it('a server that is not there cannot be reached', async () => {
      server = await vendorServer(() => undefined);
      await server.close();
      const answer = await dialect.make(server.url).ask(prompt(), calm());
      expect(answer).toMatchObject({ failure: { code: 'model_unavailable', retryable: true } });
    });

    it('uses the key it was given, and nothing that the environment holds', async () => {
      for (const vendor of ['OPENAI', 'ANTHROPIC']) {
        vi.stubEnv(`${vendor}_API_KEY`, 'sk-environment');
        vi.stubEnv(`${vendor}_BASE_URL`, 'http://127.0.0.1:1');
      }
      vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'environment');
      vi.stubEnv('OPENAI_ORG_ID', 'environment');
      vi.stubEnv('OPENAI_PROJECT_ID', 'environment');
      const answer = await ask(stream(dialect.frames({ text: 'Hi', stop: 'end' })));
      vi.unstubAllEnvs();
      expect(answer).toMatchObject({ ok: true });
      expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
      expect(JSON.stringify(server.requests[0])).not.toContain('environment');
    });

    it('says nothing of the key in a failure', async () => {
      const answer = await ask(
        refuse(401, dialect.error('authentication_error', `Incorrect API key: ${KEY}`)),
      );
      expect(JSON.stringify(answer)).not.toContain(KEY);
    });

    it('goes through the fetch that the host gave it', async () => {
      server = await vendorServer(stream(dialect.frames({ text: 'Hi', stop: 'end' })));
      const fetch = vi.fn(globalThis.fetch);
      await dialect.make(server.url, { fetch }).ask(prompt(), calm());
      expect(fetch).toHaveBeenCalledOnce();
    });
  });
});

describe('anthropic/model-a only', () => {
  const anthropic = DIALECTS[0] as Dialect;

  async function sentFor(asked: Prompt): Promise<Record<string, unknown> | undefined> {
    const server = await vendorServer(stream(anthropic.frames({ text: 'Hi', stop: 'end' })));
    await anthropic.make(server.url).ask(asked, calm());
    await server.close();
    return server.requests[0]?.body;
  }

  it('marks the system text and the end of the conversation for the cache', async () => {
    expect(await sentFor(prompt())).toMatchObject({
      cache_control: { type: 'ephemeral' },
      system: [{ type: 'text', text: 'You fix bugs.', cache_control: { type: 'ephemeral' } }],
    });
  });

  it('leaves out an empty turn of the model, which the API would refuse', async () => {
    const sent = await sentFor(
      prompt({ role: 'assistant', text: ' \n', toolCalls: [] }, { role: 'user', text: 'Go on.' }),
    );
    expect(sent?.messages).toEqual([
      { role: 'user', content: 'fix the rounding bug' },
      { role: 'user', content: 'Go on.' },
    ]);
  });
});
