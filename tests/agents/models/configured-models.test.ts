import { describe, expect, it } from 'vitest';
import { TABLE } from '../../../src/agents/models/prices.ts';
import { memoryWorkspace } from '../../../src/changes/memory-workspace.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { configuredModels } from '../../../src/hosts/models.ts';
import { DIALECTS } from './dialects.ts';

const KEYS = {
  ANTHROPIC_API_KEY: 'a',
  OPENAI_API_KEY: 'o',
  MODEL_BASE_URLS: 'https://gateway.example/v1 https://api.deepseek.com',
};
const PRICE = 'price: { input: 1, output: 2, cache_read: 0.1 }';

/** How an entry opens, where Conductor runs with these variables. */
async function opened(entry: string, variables: Record<string, string> = {}) {
  const parsed = parseConfig(`models: { m: { ${entry} } }`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const files = { 'mock.yml': 'version: 1\nscenes: []\n' };
  return configuredModels({ ...KEYS, ...variables }).open(parsed.config, 'm', memoryWorkspace('c', files));
}

async function model(entry: string, variables: Record<string, string> = {}) {
  const result = await opened(entry, variables);
  if (!result.ok) throw new Error(result.outcome.message);
  return result.value;
}

describe('S2-10: where a price is from', () => {
  it('from the config first, and it says so', async () => {
    const { price } = await model(`provider: anthropic, model: claude-opus-5-5, ${PRICE}`);
    expect(price).toEqual({ input: 1, output: 2, cacheRead: 0.1, cacheWrite: undefined, source: 'config' });
  });

  it.each([
    ['provider: anthropic, model: claude-opus-5-5', 4],
    ['provider: openai, model: gpt-6-sol', 2],
    ['provider: openai, model: gpt-6-sol, wire: chat', 2],
    ['provider: openai-compatible, model: deepseek-v4-pro, base_url: "https://api.deepseek.com"', 1.32],
    ['provider: anthropic, model: claude-opus-5-5, base_url: "https://gateway.example/v1"', 4],
    ['provider: anthropic, model: claude-opus-5-5, base_url: "http://127.0.0.1:1"', 4],
  ])('else from the table, with its day: %s', async (entry, input) => {
    const { price } = await model(entry);
    expect(price?.input).toBe(input);
    expect(price?.source).toContain(TABLE);
  });

  it.each([
    'provider: anthropic, model: claude-sonnet-5-5',
    'provider: anthropic, model: gpt-6-sol',
    'provider: openai-compatible, model: gpt-6-sol, base_url: "https://gateway.example/v1"',
    'provider: openai-compatible, model: deepseek-v4-pro, base_url: "http://127.0.0.1:1"',
  ])('else from nowhere: %s', async (entry) => {
    expect((await model(entry)).price).toBeNull();
  });

  it('at an address that the host has set, as at the vendor’s own', async () => {
    const at = { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' };
    expect((await model('provider: anthropic, model: claude-opus-5-5', at)).price?.input).toBe(4);
  });
});

describe('S2-14: what a model can do', () => {
  it('is known from the table, and corrected by the config', async () => {
    expect((await model('provider: openai, model: gpt-6-sol')).capabilities).toEqual({
      tools: true,
      images: false,
      caching: true,
      contextTokens: 1_050_000,
    });
    const entry = 'provider: openai, model: gpt-6-sol, context_tokens: 9000, tools: false';
    expect((await model(entry)).capabilities).toMatchObject({ tools: false, contextTokens: 9_000 });
  });

  it.each([
    ['provider: openai-compatible, model: x, base_url: "http://127.0.0.1:1"', false],
    [`provider: openai-compatible, model: x, base_url: "http://127.0.0.1:1", ${PRICE}`, true],
    [
      'provider: openai-compatible, model: x, base_url: "http://127.0.0.1:1", price: { input: 1, output: 1 }',
      false,
    ],
    ['provider: openai, model: no-such-model', true],
    ['provider: openai, model: gpt-4', false],
  ])('caching, by what is charged for it: %s', async (entry, caching) => {
    expect((await model(entry)).capabilities.caching).toBe(caching);
  });
});

describe('Bedrock', () => {
  const entry = 'provider: bedrock, model: global.anthropic.claude-opus-5-5';
  const at = { AWS_REGION: 'eu-west-1', AWS_BEARER_TOKEN_BEDROCK: 'k' };
  const isInstalled = DIALECTS.some(({ title }) => title === 'bedrock');

  it('needs a region', async () => {
    expect(await opened(entry)).toMatchObject({
      outcome: { state: 'refused', code: 'model_region_missing' },
    });
  });

  it(`says which package to install, where it is not (here it is ${isInstalled ? '' : 'not'})`, async () => {
    const result = await opened(entry, at);
    expect(result).toMatchObject(
      isInstalled
        ? { value: { label: 'bedrock/global.anthropic.claude-opus-5-5', price: { input: 4 } } }
        : {
            outcome: {
              code: 'model_package_missing',
              next: expect.stringContaining('npm install --save-prod @anthropic-ai/bedrock-sdk'),
            },
          },
    );
  });

  it('needs the key that the config names', async () => {
    const result = await opened(`${entry}, api_key_env: OUR_KEY`, at);
    expect(result).toMatchObject({ outcome: { code: 'model_key_missing' } });
  });

  it.each(['AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])('no config may have %s sent as a key', (name) => {
    const config = `models: { m: { provider: openai, model: x, api_key_env: ${name} } }`;
    expect(parseConfig(config)).toMatchObject({ ok: false });
  });
});

describe('keys that do not go with a provider', () => {
  it.each([
    [
      'provider: anthropic, model: x, wire: chat',
      '`wire` is for the providers `openai` and `openai-compatible` only',
    ],
    ['provider: openai, model: x, compat: legacy', '`compat` is for the provider `anthropic` only'],
    ['provider: bedrock, model: x, script: a.yml', '`script` is for the provider `scripted` only'],
  ])('%s is refused', (entry, message) => {
    const parsed = parseConfig(`models: { m: { ${entry} } }`);
    expect(parsed).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining(message) }] });
  });
});
