import { describe, expect, it } from 'vitest';
import type { Message, Prompt } from '../../../src/agents/model.ts';
import { anthropicBedrock } from '../../../src/agents/models/anthropic-messages.ts';
import { calm, prompt, turnOf } from './cases/asking.ts';
import { CAPABILITIES, DIALECTS, type Dialect, PRICE } from './dialects.ts';
import { stream, vendorServer } from './vendor-server.ts';
import { frame } from './wires/said.ts';

const [anthropic, legacy] = DIALECTS as readonly [Dialect, Dialect];
const MARK = { cache_control: { type: 'ephemeral' } };

async function sentFor(asked: Prompt, dialect = anthropic) {
  const server = await vendorServer(stream(dialect.wire.frames({ text: 'Hi', stop: 'end' })));
  await dialect.make(server.url).ask(asked, calm());
  await server.close();
  return server.requests[0];
}

/** A turn that read as many files at once, and what it was given. */
function turnOfReads(turn: number, files: number): Message[] {
  const calls = Array.from({ length: files }, (_, at) => ({
    id: `call_${turn}_${at}`,
    name: 'read_file',
    input: { path: `${at}.ts` },
  }));
  const results = calls.map(({ id }) => ({ callId: id, text: 'text', isError: false }));
  return [
    { role: 'assistant', text: '', toolCalls: calls },
    { role: 'tools', results },
  ];
}

describe('Anthropic’s wire format', () => {
  it('marks the end of the system text and the end of the conversation for the cache', async () => {
    const sent = await sentFor(prompt());
    expect(sent?.body).toMatchObject({ system: [{ type: 'text', text: 'You fix bugs.', ...MARK }] });
    expect(sent?.body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'fix the rounding bug', ...MARK }] },
    ]);
  });

  it('marks where the call before ended too, so that no turn is too long to be found', async () => {
    const conversation = [...turnOfReads(1, 32), ...turnOfReads(2, 32), ...turnOfReads(3, 32)];
    const sent = await sentFor(prompt(...conversation));
    const messages = sent?.body.messages as { content: { cache_control?: unknown }[] }[];
    const marked = messages.flatMap(({ content }, message) =>
      content.flatMap((block, at) => (block.cache_control ? [[message, at]] : [])),
    );
    expect(marked).toEqual([
      [4, 31],
      [6, 31],
    ]);
    const marks = JSON.stringify(sent?.body).match(/cache_control/g);
    expect(marks?.length).toBeLessThanOrEqual(4);
  });

  it('leaves out an empty turn of the model, which the API would refuse', async () => {
    const asked = prompt({ role: 'assistant', text: ' \n', toolCalls: [] }, { role: 'user', text: 'Go on.' });
    expect((await sentFor(asked))?.body.messages).toMatchObject([
      { role: 'user', content: [{ text: 'fix the rounding bug' }] },
      { role: 'user', content: [{ text: 'Go on.' }] },
    ]);
  });

  it('says another model’s calls again under ids that it takes', async () => {
    const call = { id: 'functions.read_file:0', name: 'read_file', input: { path: 'a' } };
    const results = [{ callId: call.id, text: 'a', isError: false }];
    const asked = prompt({ role: 'assistant', text: '', toolCalls: [call] }, { role: 'tools', results });
    expect((await sentFor(asked))?.body.messages).toMatchObject([
      {},
      { content: [{ type: 'tool_use', id: 'functions_read_file_0' }] },
      { content: [{ type: 'tool_result', tool_use_id: 'functions_read_file_0' }] },
    ]);
  });

  it('sends thoughts back as they came and where they stood, the hidden ones too', async () => {
    const thinking = { type: 'thinking', thinking: 'Hm.', signature: 'sealed' };
    const hidden = { type: 'redacted_thinking', data: 'hidden' };
    const said = anthropic.wire.frames({ thought: 'Hm.', text: 'Look.', calls: [], stop: 'tools' });
    const more = [
      { index: 6, content_block: hidden },
      {
        index: 7,
        content_block: { type: 'tool_use', id: 'call_1', name: 'read_file', input: { path: 'a' } },
      },
    ].map((block) => frame({ type: 'content_block_start', ...block }, 'content_block_start'));
    const server = await vendorServer(stream([...said.slice(0, -2), ...more, ...said.slice(-2)]));
    const { text, toolCalls, reasoning } = turnOf(await anthropic.make(server.url).ask(prompt(), calm()));
    await server.close();
    expect(toolCalls).toEqual([{ id: 'call_1', name: 'read_file', input: { path: 'a' } }]);
    const asked = prompt(
      { role: 'assistant', text, toolCalls, reasoning },
      { role: 'tools', results: [{ callId: 'call_1', text: 'a', isError: false }] },
    );
    expect((await sentFor(asked))?.body.messages).toMatchObject([
      {},
      {
        role: 'assistant',
        content: [
          thinking,
          { type: 'text', text: 'Look.' },
          hidden,
          { type: 'tool_use', id: 'call_1', input: { path: 'a' } },
        ],
      },
      { role: 'user', content: [{ type: 'tool_result', ...MARK }] },
    ]);
  });

  it('speaks the version of the API that is asked for', async () => {
    expect((await sentFor(prompt()))?.headers['anthropic-version']).not.toBe('2023-06-01');
    const sent = await sentFor(prompt(), legacy);
    expect(sent?.headers).toMatchObject({ 'anthropic-version': '2023-06-01' });
    expect(sent?.headers.authorization).toBeUndefined();
  });
});

describe('Bedrock', () => {
  const options = {
    name: 'main',
    label: 'bedrock/x',
    model: 'x',
    apiKey: 'k',
    baseUrl: null,
    price: PRICE,
    capabilities: CAPABILITIES,
    region: 'eu-west-1',
    credentials: null,
  };
  const isInstalled = DIALECTS.some(({ title }) => title === 'bedrock');

  it(`opens when its optional package is installed (here it is ${isInstalled ? '' : 'not'})`, async () => {
    const model = await anthropicBedrock(options);
    expect(model?.label).toBe(isInstalled ? 'bedrock/x' : undefined);
  });
});
