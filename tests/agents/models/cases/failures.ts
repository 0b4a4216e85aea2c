import { describe, expect, it } from 'vitest';
import type { Dialect } from '../dialects.ts';
import { refuse, stream } from '../vendor-server.ts';
import { asking, calm, prompt } from './asking.ts';

/** What an adapter makes of everything that is no answer: a value with a code, never an exception. */
export function casesOfFailures(dialect: Dialect): void {
  const { ask, at } = asking(dialect);
  const { frames, error, codes } = dialect.wire;
  const limited = 'rate_limit_error';

  it.each([
    ['429 with a time', 429, limited, { 'retry-after': '12' }, 'model_rate_limited', true, 12],
    ['429 with milliseconds', 429, limited, { 'retry-after-ms': '1500' }, 'model_rate_limited', true, 1.5],
    ['429 without a time', 429, limited, {}, 'model_rate_limited', true, null],
    [
      '429 with a time that is none',
      429,
      limited,
      { 'retry-after': 'soon' },
      'model_rate_limited',
      true,
      null,
    ],
    ['401', 401, 'authentication_error', {}, 'model_auth', false, null],
    ['403', 403, 'permission_error', {}, 'model_auth', false, null],
    ['402', 402, 'billing_error', {}, 'model_spend_cap', false, null],
    ['404', 404, 'not_found_error', {}, 'model_unknown', false, null],
    ['400', 400, 'invalid_request_error', {}, 'model_bad_request', false, null],
    ['408', 408, 'timeout_error', {}, 'model_timeout', true, null],
    ['413', 413, 'request_too_large', {}, 'model_context_overflow', false, null],
    ['500', 500, 'api_error', {}, 'model_unavailable', true, null],
    ['503', 503, 'service_unavailable', {}, 'model_unavailable', true, null],
    ['503 with a time', 503, 'service_unavailable', { 'retry-after': '3' }, 'model_unavailable', true, 3],
    ['529', 529, 'overloaded_error', {}, 'model_unavailable', true, null],
    ['a code that is a property of every object', 418, 'constructor', {}, 'model_bad_request', false, null],
  ])(
    'S2-11: %s is a failure with a code',
    async (_, status, type, headers, code, retryable, retryAfterSeconds) => {
      const { answer, server } = await ask(refuse(status, error(type, 'no'), headers));
      expect(answer).toMatchObject({ ok: false, failure: { code, retryable, retryAfterSeconds } });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('a date to wait for becomes seconds', async () => {
    const headers = { 'retry-after': new Date(Date.now() + 30_000).toUTCString() };
    const { answer } = await ask(refuse(429, error(limited, 'no'), headers));
    const seconds = answer.ok ? null : answer.failure.retryAfterSeconds;
    expect(seconds).toBeGreaterThan(25);
    expect(seconds).toBeLessThanOrEqual(30);
  });

  it('a spend cap is told from a rate limit, though both are 429', async () => {
    const { answer } = await ask(refuse(429, error(codes.spendCap, 'no')));
    expect(answer).toMatchObject({ failure: { code: 'model_spend_cap', retryable: false } });
  });

  it('a conversation that is too long is told from a bad request, though both are 400', async () => {
    const { code, message } = codes.overflow;
    const { answer } = await ask(refuse(400, error(code, message)));
    expect(answer).toMatchObject({ failure: { code: 'model_context_overflow', retryable: false } });
  });

  it('a refusal without JSON is read by its status', async () => {
    const { answer } = await ask((response) => void response.writeHead(502).end('<html>Bad Gateway</html>'));
    expect(answer).toMatchObject({ failure: { code: 'model_unavailable', retryable: true } });
  });

  it('a refusal before the first word costs nothing', async () => {
    const { answer } = await ask(refuse(503, error('service_unavailable', 'no')));
    expect(answer).not.toMatchObject({ failure: { mayHaveCost: true } });
  });

  it('a failure in mid-stream keeps its code, and may have cost something', async () => {
    const event = `event: error\ndata: ${JSON.stringify(error('overloaded_error', 'busy'))}\n\n`;
    const { answer } = await ask(stream([frames({ text: 'Hi', stop: 'end' })[0] ?? '', event]));
    expect(answer).toMatchObject({
      failure: { code: 'model_unavailable', retryable: true, mayHaveCost: true },
    });
  });

  it.each(['end', 'cut'] as const)('a stream that stops half-way (%s) is no answer', async (ending) => {
    const half = frames({ text: 'Half a sentence', stop: 'end' }).slice(0, -3);
    const { answer } = await ask(stream(half, ending));
    expect(answer).toMatchObject({
      failure: { code: 'model_unavailable', retryable: true, mayHaveCost: true },
    });
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
    ['things that are no objects', ['data: null\n\n', 'event: message_start\ndata: 7\n\n', 'data: [[]]\n\n']],
    ['no JSON', ['event: message_start\ndata: {{{\n\n']],
    ['nothing at all', []],
  ])('a stream of %s is no answer, and no exception', async (_, forged) => {
    const { answer } = await ask(stream(forged));
    expect(answer).toMatchObject({ failure: { code: 'model_unavailable', retryable: true } });
  });

  it('counts that are none lower no bill', async () => {
    const forged = frames({ text: 'Hi', stop: 'end', cacheRead: 40 }).map((frame) =>
      frame.replaceAll(/("(?:input|output|prompt|completion)_tokens":)\d+/g, '$1-9000'),
    );
    const { answer } = await ask(stream(forged));
    expect(answer).toMatchObject({ ok: true });
    const counts = answer.ok ? Object.values(answer.turn.usage) : [];
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
  });

  it('an answer that comes twice is an answer once, or none', async () => {
    const said = frames({ text: 'Once.', stop: 'end' });
    const { answer } = await ask(stream([...said, ...said]));
    if (answer.ok) expect(answer.turn.text).toMatch(/^(Once\.)+$/);
    else expect(answer.failure.code).toBe('model_unavailable');
  });

  it('a server that is not there cannot be reached', async () => {
    const server = await at(() => undefined);
    await server.close();
    const answer = await dialect.make(server.url).ask(prompt(), calm());
    expect(answer).toMatchObject({ failure: { code: 'model_unavailable', retryable: true } });
  });

  it('says nothing of the key in a failure', async () => {
    const { answer } = await ask(
      refuse(401, error('authentication_error', `Incorrect API key: ${dialect.key[1]}`)),
    );
    expect(JSON.stringify(answer)).not.toContain(dialect.key[1]);
  });

  describe('asked whether all is well', () => {
    // Bedrock has nothing to ask: it says that it does not know otherwise.
    const hasNothingToAsk = dialect.label.startsWith('bedrock/');

    it('says so when the vendor knows the model', async () => {
      const server = await at((response) => {
        const model = { id: 'model-a', object: 'model', type: 'model' };
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ ...model, data: [model] }));
      });
      expect(await dialect.make(server.url).check(calm())).toBeNull();
      expect(server.requests.map(({ path }) => path.replace(/\/model-a|\?.*/, ''))).toEqual(
        hasNothingToAsk ? [] : ['/v1/models'],
      );
    });

    it('says that the key is not accepted, and never waits for ever', async () => {
      const refusing = await at(refuse(401, error('authentication_error', 'no')));
      const refused = await dialect.make(refusing.url).check(calm());
      expect(refused?.code).toBe(hasNothingToAsk ? undefined : 'model_auth');
      const silent = await at(() => undefined);
      const waited = await dialect.make(silent.url, { timeoutMs: 40 }).check(calm());
      expect(waited?.code).toBe(hasNothingToAsk ? undefined : 'model_timeout');
      await refusing.close();
    });
  });
}
