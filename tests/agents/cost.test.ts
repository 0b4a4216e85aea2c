import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type Price, type Rates, type Usage, worstCostOf } from '../../src/agents/model.ts';
import { knownModel } from '../../src/agents/models/price-table.ts';
import { calm, prompt, turnOf } from './models/cases/asking.ts';
import { DIALECTS } from './models/dialects.ts';
import { stream, vendorServer } from './models/vendor-server.ts';
import { frame } from './models/wires/said.ts';

/** What the vendors count, in the shape in which they send it: the numbers are made up, the fields are all there. */
const ANTHROPIC = {
  input_tokens: 2_095,
  cache_creation_input_tokens: 1_203,
  cache_read_input_tokens: 48_230,
  cache_creation: { ephemeral_5m_input_tokens: 1_203, ephemeral_1h_input_tokens: 0 },
  output_tokens: 503,
  output_tokens_details: { thinking_tokens: 211 },
  server_tool_use: null,
  service_tier: 'standard',
};
const RESPONSES = {
  input_tokens: 52_000,
  input_tokens_details: { cached_tokens: 49_152, cache_write_tokens: 1_024 },
  output_tokens: 812,
  output_tokens_details: { reasoning_tokens: 512 },
  total_tokens: 52_812,
};
const CHAT = {
  prompt_tokens: 52_000,
  completion_tokens: 812,
  total_tokens: 52_812,
  prompt_tokens_details: { cached_tokens: 49_152, cache_write_tokens: 1_024, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 512, audio_tokens: 0 },
};
const DEEPSEEK = {
  prompt_tokens: 5_000,
  completion_tokens: 321,
  total_tokens: 5_321,
  prompt_tokens_details: { cached_tokens: 4_096 },
  prompt_cache_hit_tokens: 4_096,
  prompt_cache_miss_tokens: 904,
};

/** The frames of an answer with the counts of a fixture in place of its own. */
function counted(title: string, usage: object): string[] {
  const dialect = DIALECTS.find((each) => each.title === title);
  if (dialect?.wire === undefined) throw new Error(`There is no ${title}.`);
  const frames = dialect.wire.frames({ text: 'Hi', stop: 'end' });
  return frames.map((each) => {
    const [, event, data = '{}'] = /^(?:event: (.*)\n)?data: (.*)\n\n$/.exec(each) ?? [];
    if (data === '[DONE]') return each;
    const of = JSON.parse(data);
    if (of.type === 'message_start') of.message.usage = { ...usage, output_tokens: 1 };
    if (of.type === 'message_delta') of.usage = usage;
    if (of.response?.usage) of.response.usage = usage;
    if (of.object === 'chat.completion.chunk' && of.usage) of.usage = usage;
    return frame(of, event);
  });
}

async function usageOf(title: string, usage: object): Promise<Usage> {
  const server = await vendorServer(stream(counted(title, usage)));
  const dialect = DIALECTS.find((each) => each.title === title);
  const answer = await dialect?.make(server.url).ask(prompt(), calm());
  await server.close();
  if (answer === undefined) throw new Error(`There is no ${title}.`);
  expect(JSON.stringify(server.requests[0]?.body)).not.toContain('ttl');
  return turnOf(answer).usage;
}

describe('S2-10: cost equals usage times table', () => {
  it.each([
    // Cached tokens stand beside the others; entries of five minutes, the only ones that are asked for.
    ['anthropic', ANTHROPIC, 'anthropic', 'claude-opus-5-5', 2_095 * 4 + 48_230 * 0.2 + 1_203 * 5 + 503 * 20],
    [
      'anthropic, compat legacy',
      ANTHROPIC,
      'anthropic',
      'claude-opus-4-8',
      2_095 * 5 + 48_230 * 0.5 + 1_203 * 6.25 + 503 * 25,
    ],
    // Cached tokens stand among the others, and thoughts among what comes out.
    ['openai', RESPONSES, 'openai', 'gpt-6-sol', 1_824 * 2 + 49_152 * 0.2 + 1_024 * 2.5 + 812 * 10],
    [
      'openai, wire chat',
      CHAT,
      'openai',
      'gpt-6-luna',
      1_824 * 0.1 + 49_152 * 0.01 + 1_024 * 0.125 + 812 * 0.5,
    ],
    // The table has no price for writing: it costs what other input does.
    ['openai, wire chat', CHAT, 'openai', 'gpt-5.4', 2_848 * 2.5 + 49_152 * 0.25 + 812 * 15],
    ['openai-compatible', DEEPSEEK, 'deepseek', 'deepseek-v4-pro', 904 * 1.32 + 4_096 * 0.044 + 321 * 3.96],
  ])('%s', async (title, counts, vendor, id, millionths) => {
    const usage = await usageOf(title, counts);
    const price = knownModel(vendor, id)?.price;
    expect(price && costOf(usage, price)).toBeCloseTo(millionths / 1_000_000, 9);
  });

  it.each([
    ['gpt-6-sol', 272_000, 2, 10],
    ['gpt-6-sol', 272_001, 4, 15],
    ['gpt-5.6-sol', 271_999, 4, 20],
    ['gpt-5.6-sol', 272_000, 8, 30],
  ])(
    '%s with %i tokens in costs %d for each million of them, and %d for those out',
    (id, sent, input, output) => {
      const price = knownModel('openai', id)?.price as Price;
      const usage = { input: sent, cacheRead: 0, cacheWrite: 0, output: 1_000 };
      expect(costOf(usage, price)).toBeCloseTo((sent * input + 1_000 * output) / 1_000_000, 9);
    },
  );

  it('counts what was cached towards the length of a call', () => {
    const price = knownModel('openai', 'gpt-6-sol')?.price as Price;
    const usage = { input: 1, cacheRead: 272_000, cacheWrite: 0, output: 0 };
    expect(costOf(usage, price)).toBeCloseTo((4 + 272_000 * 0.4) / 1_000_000, 9);
  });
});

const rate = fc.double({ min: 0, max: 1_000, noNaN: true });
const rates: fc.Arbitrary<Rates> = fc.record(
  { input: rate, output: rate, cacheRead: rate, cacheWrite: rate },
  { requiredKeys: ['input', 'output'] },
);
const tokens = fc.integer({ min: 0, max: 2_000_000 });
const prices: fc.Arbitrary<Price> = fc
  .tuple(rates, fc.array(fc.tuple(tokens, rates), { maxLength: 3 }))
  .map(([base, tiers]) => ({
    ...base,
    source: 'test',
    longer: tiers
      .toSorted(([one], [other]) => one - other)
      .map(([overTokens, tier]) => ({ ...tier, overTokens })),
  }));
const usages = fc.record({ input: tokens, cacheRead: tokens, cacheWrite: tokens, output: tokens });

describe('the most that a call can cost', () => {
  it('is never less than what it costs, whatever of it was cached and however much shorter it was', () => {
    fc.assert(
      fc.property(prices, usages, tokens, tokens, (price, usage, fewerIn, fewerOut) => {
        const sent = usage.input + usage.cacheRead + usage.cacheWrite;
        const most = worstCostOf(sent + fewerIn, usage.output + fewerOut, price);
        expect(most + 1e-9).toBeGreaterThanOrEqual(costOf(usage, price));
        expect(worstCostOf(sent, usage.output, price) + 1e-9).toBeGreaterThanOrEqual(costOf(usage, price));
      }),
      { numRuns: 500 },
    );
  });

  it('is reached: no call of that length costs less than it must', () => {
    const price: Price = { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5, source: 'test' };
    const usage = { input: 0, cacheRead: 0, cacheWrite: 1_000, output: 100 };
    expect(worstCostOf(1_000, 100, price)).toBe(costOf(usage, price));
  });
});
