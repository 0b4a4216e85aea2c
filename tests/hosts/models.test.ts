import { describe, expect, it } from 'vitest';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { configuredModels } from '../../src/hosts/models.ts';

const KEYS = { ANTHROPIC_API_KEY: 'the-host’s-key', OPENAI_API_KEY: 'another' };

/** How a model at this address opens, where Conductor runs with these variables. */
async function open(address: string, variables: Record<string, string> = {}, provider = 'openai-compatible') {
  const parsed = parseConfig(`models: { m: { provider: ${provider}, model: x, base_url: "${address}" } }`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const models = configuredModels({ ...KEYS, ...variables });
  const opened = await models.open(parsed.config, 'm', memoryWorkspace('c', {}));
  return opened.ok ? opened.value.label : opened.outcome.code;
}

describe('where the host’s keys may go', () => {
  it.each(['openai-compatible', 'openai', 'anthropic'])(
    'not to an address that a repository names: %s',
    async (provider) => {
      expect(await open('https://collector.example/v1', {}, provider)).toBe('model_address_not_allowed');
    },
  );

  it('to this machine', async () => {
    expect(await open('http://127.0.0.1:11434/v1')).toBe('openai-compatible/x');
  });

  it('to what the host lists, and to nothing that only begins like it', async () => {
    const listed = { MODEL_BASE_URLS: 'https://one.example/v1, https://two.example/v1/' };
    expect(await open('https://two.example/v1', listed)).toBe('openai-compatible/x');
    expect(await open('https://two.example/v1/more', listed)).toBe('model_address_not_allowed');
    expect(await open('https://two.example.evil.example/v1', listed)).toBe('model_address_not_allowed');
  });

  it('to an address that the host itself has set for a vendor', async () => {
    const own = { OPENAI_BASE_URL: 'https://gateway.example/v1' };
    expect(await open('https://gateway.example/v1', own)).toBe('openai-compatible/x');
  });
});
