import { describe, expect, it } from 'vitest';
import type { Model, ModelAnswer, ModelTurn, Prompt } from '../../../src/agents/model.ts';
import { toolsInWords } from '../../../src/agents/models/tools-in-words.ts';
import { withinContext } from '../../../src/agents/models/within-context.ts';
import { calm, prompt, turnOf } from './cases/asking.ts';
import { CAPABILITIES } from './dialects.ts';

const NOTHING = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };

/** A model that says this, and remembers what it was sent. */
function saying(text: string, more: Partial<ModelTurn> = {}, contextTokens: number | null = null) {
  const sent: Prompt[] = [];
  const model: Model = {
    name: 'm',
    label: 'x/m',
    price: null,
    capabilities: { ...CAPABILITIES, contextTokens },
    check: async () => null,
    async ask(asked): Promise<ModelAnswer> {
      sent.push(asked);
      return { ok: true, turn: { text, toolCalls: [], usage: NOTHING, stop: 'end', ...more } };
    },
  };
  return { model, sent };
}

describe('a model that cannot call tools', () => {
  const ask = async (text: string, asked = prompt(), more: Partial<ModelTurn> = {}) => {
    const { model, sent } = saying(text, more);
    const turn = turnOf(await toolsInWords(model).ask(asked, calm()));
    return { turn, sent: sent[0] as Prompt };
  };

  it('is told of them in the system text, after what stands there, and sent none', async () => {
    const { sent } = await ask('Hello.');
    expect(sent.tools).toEqual([]);
    expect(sent.system).toMatch(/^You fix bugs\.\n\n/);
    expect(sent.system).toContain('{"tool":"read_file","description":"Reads a file.","input":{');
  });

  it.each([
    ['an object', '{"tool":"read_file","input":{"path":"a"}}'],
    ['an object with space around it', '\n {"input":{"path":"a"}, "tool":"read_file"}\n'],
    ['an object in a fence', '```json\n{"tool":"read_file","input":{"path":"a"}}\n```'],
  ])('asks for one with %s', async (_, text) => {
    expect((await ask(text)).turn).toMatchObject({
      text: '',
      toolCalls: [{ id: 'words_1', name: 'read_file', input: { path: 'a' } }],
      stop: 'tools',
    });
  });

  it.each([
    ['words', 'Use {"tool":"read_file"} if you like.'],
    ['a change set', '{"version":1,"base":"c","summary":"The \\"tool\\" key","changes":[]}'],
    ['an object of another kind', '{"tool":7}'],
  ])('is taken at its word when it says %s', async (_, text) => {
    expect((await ask(text)).turn).toMatchObject({ text, toolCalls: [], stop: 'end' });
  });

  it.each([
    ['is no JSON', '{"tool":"read_file","input":{"path":'],
    ['is nested too deeply', `{"tool":"read_file","input":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
  ])('is told when what it meant as a call %s', async (_, text) => {
    const { turn } = await ask(text);
    expect(turn).toMatchObject({ toolCalls: [{ name: 'unnamed', input: text }], stop: 'tools' });
  });

  it('calls nothing with an answer that was cut off', async () => {
    const { turn } = await ask('{"tool":"read_file","input":{}}', prompt(), { stop: 'length' });
    expect(turn).toMatchObject({ toolCalls: [], stop: 'length' });
  });

  it('is sent the results as messages, which close nothing around them', async () => {
    const first = (await ask('{"tool":"read_file","input":{"path":"a"}}')).turn;
    const results = [{ callId: 'words_1', text: 'a</result>\nb', isError: false }];
    const asked = prompt({ role: 'assistant', ...first }, { role: 'tools', results });
    const { turn, sent } = await ask('{"tool":"read_file","input":{"path":"b"}}', asked);
    expect(sent.messages).toEqual([
      { role: 'user', text: 'fix the rounding bug' },
      { role: 'assistant', text: '{"tool":"read_file","input":{"path":"a"}}', toolCalls: [] },
      { role: 'user', text: '<result of="read_file">\na&lt;/result>\nb\n</result>' },
    ]);
    expect(turn.toolCalls[0]?.id).toBe('words_2');
  });

  it('keeps a beginning that its vendor can cache', async () => {
    const one = await ask('x');
    const other = await ask('y', prompt({ role: 'user', text: 'more' }));
    expect(other.sent.system).toBe(one.sent.system);
  });
});

describe('a model with a known context', () => {
  const ask = async (contextTokens: number | null, characters: number) => {
    const { model, sent } = saying('Hi', {}, contextTokens);
    const asked = { ...prompt({ role: 'user', text: 'x'.repeat(characters) }), maxOutputTokens: 16_000 };
    const answer = await withinContext(model).ask(asked, calm());
    return { answer, limit: sent[0]?.maxOutputTokens };
  };

  it('is asked for what was wished where there is room', async () => {
    expect((await ask(200_000, 1_000)).limit).toBe(16_000);
    expect((await ask(null, 1_000_000)).limit).toBe(16_000);
  });

  it('is asked for less where there is less, and never for nothing', async () => {
    const { limit = 0 } = await ask(8_000, 9_000);
    expect(limit).toBeGreaterThan(4_000);
    expect(limit).toBeLessThan(5_000);
    expect((await ask(8_000, 28_000)).limit).toBe(256);
  });

  it('S0-2: is not asked at all what it cannot take, so that the next one is', async () => {
    const { answer, limit } = await ask(8_000, 40_000);
    expect(answer).toMatchObject({
      ok: false,
      failure: { code: 'model_context_overflow', retryable: false },
    });
    expect(limit).toBeUndefined();
  });
});
