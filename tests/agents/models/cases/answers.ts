import { expect, it } from 'vitest';
import type { Dialect } from '../dialects.ts';
import { inPieces, stream } from '../vendor-server.ts';
import type { SaidCall } from '../wires/said.ts';
import { asking, prompt, turnOf } from './asking.ts';

const call = (path: string, id = 'call_1'): SaidCall => ({
  id,
  name: 'read_file',
  arguments: JSON.stringify({ path }),
});

/** What an adapter makes of an answer: one shape, whatever the vendor calls its parts. */
export function casesOfAnswers(dialect: Dialect): void {
  const { ask } = asking(dialect);
  const { frames } = dialect.wire;

  it('S2-10: counts each token once, whatever the vendor counts it as', async () => {
    const { answer } = await ask(stream(frames({ text: 'Hi', stop: 'end', cacheRead: 40, cacheWrite: 30 })));
    expect(turnOf(answer).usage).toEqual({ input: 100, cacheRead: 40, cacheWrite: 30, output: 7 });
  });

  it.each(['end', 'length', 'refusal'] as const)('tells that the model stopped for: %s', async (stop) => {
    const { answer } = await ask(stream(frames({ text: 'Well', stop })));
    expect(turnOf(answer)).toMatchObject({ text: 'Well', stop });
  });

  it('a call that was cut off at the limit is a cut, not a call to make', async () => {
    const half = { id: 'call_1', name: 'read_file', arguments: '{"path": "src/mo' };
    const { answer } = await ask(stream(frames({ calls: [half], stop: 'length' })));
    expect(turnOf(answer).stop).toBe('length');
  });

  it.each([
    ['text that is no JSON', '{"path": "src/mo', '{"path": "src/mo'],
    ['JSON that is no object', '[1,2]', [1, 2]],
    ['nothing', '', {}],
  ])('passes on tool arguments that are %s', async (_, sent, input) => {
    const { answer } = await ask(
      stream(frames({ calls: [{ ...call(''), arguments: sent }], stop: 'tools' })),
    );
    expect(turnOf(answer)).toMatchObject({ toolCalls: [{ id: 'call_1', input }], stop: 'tools' });
  });

  it('arguments nested too deeply to be written again stay text', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    const { answer } = await ask(
      stream(frames({ calls: [{ ...call(''), arguments: deep }], stop: 'tools' })),
    );
    expect(turnOf(answer).toolCalls[0]?.input).toBe(deep);
  });

  it('can say a malformed call again', async () => {
    const malformed = { id: 'call_1', name: 'read_file', input: '{"path": "src/mo' };
    const asked = prompt(
      { role: 'assistant', text: '', toolCalls: [malformed] },
      { role: 'tools', results: [{ callId: 'call_1', text: 'arguments are no JSON', isError: true }] },
    );
    const { answer, server } = await ask(stream(frames({ text: 'Sorry.', stop: 'end' })), asked);
    expect(answer.ok).toBe(true);
    const sent = JSON.stringify(server.requests[0]?.body);
    expect(sent).toContain('src/mo');
    expect(sent).toContain('arguments are no JSON');
  });

  it('passes on a call of a tool that there is not', async () => {
    const unknown = { id: 'call_1', name: 'launch_rockets', arguments: '{"at":"dawn"}' };
    const { answer } = await ask(stream(frames({ calls: [unknown], stop: 'tools' })));
    expect(turnOf(answer).toolCalls).toEqual([
      { id: 'call_1', name: 'launch_rockets', input: { at: 'dawn' } },
    ]);
  });

  it('two calls in one turn, whose pieces come in turns, stay two', async () => {
    const calls = [call('src/a-rather-long-path.ts', 'call_1'), call('docs/another-long-path.md', 'call_2')];
    const { answer } = await ask(stream(frames({ text: 'Both.', calls, stop: 'tools' })));
    expect(turnOf(answer)).toMatchObject({
      text: 'Both.',
      toolCalls: [
        { id: 'call_1', input: { path: 'src/a-rather-long-path.ts' } },
        { id: 'call_2', input: { path: 'docs/another-long-path.md' } },
      ],
      stop: 'tools',
    });
  });

  it('calls that share an id, or have none, get ids of their own', async () => {
    const calls = [call('a', 'call_1'), call('b', 'call_1'), call('c', '')];
    const earlier = { id: 'call_1', name: 'read_file', input: { path: 'z' } };
    const asked = prompt(
      { role: 'assistant', text: '', toolCalls: [earlier] },
      { role: 'tools', results: [{ callId: 'call_1', text: 'z', isError: false }] },
    );
    const { answer } = await ask(stream(frames({ calls, stop: 'tools' })), asked);
    const { toolCalls } = turnOf(answer);
    expect(toolCalls.map(({ input }) => input)).toEqual([{ path: 'a' }, { path: 'b' }, { path: 'c' }]);
    expect(new Set(['call_1', '', ...toolCalls.map(({ id }) => id)]).size).toBe(5);
  });

  it('text and arguments survive network pieces that end inside a character', async () => {
    const text = 'Größe: 1 € ≠ 1 ₿, 🧑‍🚀 naïve 漢字';
    const said = frames({ text, calls: [call(`src/${text}.ts`)], stop: 'tools' });
    for (const bytes of [1, 2, 3, 7]) {
      const { answer, server } = await ask(inPieces(said, bytes));
      expect(turnOf(answer)).toMatchObject({ text, toolCalls: [{ input: { path: `src/${text}.ts` } }] });
      await server.close();
    }
  });

  it('arguments of two megabytes come whole', async () => {
    const content = '0123456789abcdef\n"ü"\t'.repeat(100_000);
    const huge = { id: 'call_1', name: 'write_file', arguments: JSON.stringify({ path: 'a', content }) };
    const { answer } = await ask(stream(frames({ calls: [huge], stop: 'tools' })));
    expect(turnOf(answer).toolCalls[0]?.input).toEqual({ path: 'a', content });
  });

  it('what it thought goes back with the results of its calls, and to no other model', async () => {
    const thought = 'The cents are lost in the sum.';
    const { answer } = await ask(
      stream(frames({ thought, text: 'Look.', calls: [call('a')], stop: 'tools' })),
    );
    const { text, toolCalls, reasoning } = turnOf(answer);
    const asked = prompt(
      { role: 'assistant', text, toolCalls, reasoning: JSON.parse(JSON.stringify(reasoning)) },
      { role: 'tools', results: [{ callId: 'call_1', text: 'a', isError: false }] },
    );
    const sent = await ask(stream(frames({ text: 'Done.', stop: 'end' })), asked);
    const body = JSON.stringify(sent.server.requests[0]?.body);
    expect(body).toMatch(/sealed|The cents are lost/);
    expect(body.match(/Look\./g)).toHaveLength(1);
    expect(body.match(/\\"path\\":\\"a\\"|"path":"a"/g)).toHaveLength(1);

    const other = await ask(stream(frames({ text: 'Done.', stop: 'end' })), asked, undefined, {
      label: 'x/y',
    });
    expect(JSON.stringify(other.server.requests[0]?.body)).not.toMatch(/sealed|The cents are lost/);
  });
}
