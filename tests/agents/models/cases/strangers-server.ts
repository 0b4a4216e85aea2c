import { LLMock } from '@copilotkit/aimock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Dialect, PRICE } from '../dialects.ts';
import { calm, prompt, turnOf } from './asking.ts';

/** Against a model server that nobody here wrote, driven by the vendors' own packages. */
export function casesOnAStrangersServer(dialect: Dialect): void {
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

      const { text, toolCalls, stop } = turnOf(await model.ask(prompt(), calm()));
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
}
