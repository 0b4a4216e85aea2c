import { describe, expect, it } from 'vitest';
import { calm, prompt, turnOf } from './cases/asking.ts';
import { DIALECTS, type Dialect } from './dialects.ts';
import { refuse, stream, vendorServer } from './vendor-server.ts';
import { frame } from './wires/said.ts';

const [overChat, compatible] = ['openai, wire chat', 'openai-compatible'].map((title) =>
  DIALECTS.find((dialect) => dialect.title === title),
) as [Dialect, Dialect];

const chunk = (delta: object, finish_reason: string | null = null) =>
  frame({ choices: [{ index: 0, delta, finish_reason }] });

async function answerTo(frames: readonly string[], dialect = compatible) {
  const server = await vendorServer(stream(frames));
  const answer = await dialect.make(server.url).ask(prompt(), calm());
  await server.close();
  return { turn: turnOf(answer), sent: server.requests[0]?.body };
}

describe('Chat Completions as servers really speak them', () => {
  it('names the limit of output as each takes it', async () => {
    const hello = compatible.wire.frames({ text: 'Hi', stop: 'end' });
    expect((await answerTo(hello)).sent).toMatchObject({ max_tokens: 512 });
    expect((await answerTo(hello)).sent).not.toHaveProperty('max_completion_tokens');
    expect((await answerTo(hello, overChat)).sent).toMatchObject({ max_completion_tokens: 512 });
    expect((await answerTo(hello, overChat)).sent).not.toHaveProperty('max_tokens');
  });

  it('tells calls apart by their ids where a server counts all of them as the first', async () => {
    const call = (id: string, path: string) =>
      chunk({
        tool_calls: [{ index: 0, id, function: { name: 'read_file', arguments: JSON.stringify({ path }) } }],
      });
    const { turn } = await answerTo([call('call_1', 'a'), call('call_2', 'b'), chunk({}, 'tool_calls')]);
    expect(turn.toolCalls).toMatchObject([{ input: { path: 'a' } }, { input: { path: 'b' } }]);
  });

  it('takes arguments that come as an object', async () => {
    const part = { index: 0, id: 'call_1', function: { name: 'read_file', arguments: { path: 'a' } } };
    const { turn } = await answerTo([chunk({ tool_calls: [part] }), chunk({}, 'stop')]);
    expect(turn).toMatchObject({ toolCalls: [{ input: { path: 'a' } }], stop: 'tools' });
  });

  it('S2-13: counts what DeepSeek calls a hit', async () => {
    const usage = { prompt_tokens: 140, completion_tokens: 7, prompt_cache_hit_tokens: 40 };
    const { turn } = await answerTo([chunk({ content: 'Hi' }, 'stop'), frame({ choices: [], usage })]);
    expect(turn.usage).toEqual({ input: 100, cacheRead: 40, cacheWrite: 0, output: 7 });
  });

  it('S2-13: sends DeepSeek’s thoughts back with the results of its calls', async () => {
    const calls = [{ id: 'call_1', name: 'read_file', arguments: '{"path":"a"}' }];
    const { turn } = await answerTo(
      compatible.wire.frames({ thought: 'Hm. Let me look.', calls, stop: 'tools' }),
    );
    const server = await vendorServer(stream(compatible.wire.frames({ text: 'Hi', stop: 'end' })));
    const asked = prompt(
      { role: 'assistant', ...turn },
      { role: 'tools', results: [{ callId: 'call_1', text: 'a', isError: false }] },
    );
    await compatible.make(server.url).ask(asked, calm());
    await server.close();
    expect(server.requests[0]?.body.messages).toMatchObject([
      { role: 'system' },
      { role: 'user' },
      { role: 'assistant', reasoning_content: 'Hm. Let me look.', tool_calls: [{ id: 'call_1' }] },
      { role: 'tool', tool_call_id: 'call_1' },
    ]);
  });

  it.each([
    ['lists others', { data: [{ id: 'model-b' }] }, 'model_unknown'],
    ['lists it as its latest', { data: [{ id: 'model-a:latest' }] }, undefined],
    ['lists none', { data: [] }, undefined],
    ['lists nonsense', { data: [null, 7] }, 'model_unknown'],
  ])('asked whether all is well, a server that %s', async (_, body, code) => {
    const server = await vendorServer(refuse(200, body));
    expect((await compatible.make(server.url).check(calm()))?.code).toBe(code);
    await server.close();
  });

  it('asked whether all is well, a server that lists no models is taken at its word', async () => {
    const server = await vendorServer(refuse(404, 'no such page'));
    expect(await compatible.make(server.url).check(calm())).toBeNull();
    await server.close();
  });
});
