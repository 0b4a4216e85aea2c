import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../src/config/parse-config.ts';
import { HOST_DEFAULTS } from '../../src/hosts/environment.ts';
import type { HostSettings } from '../../src/runs/ports.ts';
import { readOptions } from '../../src/runs/read-options.ts';

const config = { ...defaultConfig(), budget: { ...defaultConfig().budget, per_run_usd: 5 } };
const host = { ...HOST_DEFAULTS, maxCostUsd: 3, maxTurns: 20, model: 'host-model' };

/** What the options come to, or the code of the refusal. */
function read(options: Record<string, string>, from: HostSettings = host) {
  const result = readOptions(options, from, config);
  return result.ok ? result.value : result.outcome.code;
}

describe('the options of a request', () => {
  it('can lower what the config and the host allow, and never raise it', () => {
    expect(read({})).toMatchObject({ maxCostUsd: 3, maxTurns: 20, model: 'host-model' });
    expect(read({ max_cost_usd: '0.5', max_turns: '2', model: 'other' })).toMatchObject({
      maxCostUsd: 0.5,
      maxTurns: 2,
      model: 'other',
    });
    expect(read({ max_cost_usd: '9999', max_turns: '999' })).toMatchObject({ maxCostUsd: 3, maxTurns: 20 });
    expect(read({ max_cost_usd: '4' }, HOST_DEFAULTS)).toMatchObject({ maxCostUsd: 4, maxTurns: 40 });
    expect(read({ max_cost_usd: '6' }, HOST_DEFAULTS)).toMatchObject({ maxCostUsd: 5 });
  });

  it.each([
    [{ max_cost_usd: 'all' }, 'bad_option'],
    [{ max_cost_usd: '-1' }, 'bad_option'],
    [{ max_cost_usd: '1e9' }, 'bad_option'],
    [{ max_cost_usd: 'NaN' }, 'bad_option'],
    [{ max_turns: '0' }, 'bad_option'],
    [{ modle: 'gpt' }, 'unknown_option'],
    [{ constructor: 'x' }, 'unknown_option'],
  ])('%j is refused', (options, code) => {
    expect(read(options as Record<string, string>)).toBe(code);
  });
});
