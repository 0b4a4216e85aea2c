import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { describe, expect, it } from 'vitest';
import { costOf } from '../../../src/agents/model.ts';
import { knownModel, vendorAt } from '../../../src/agents/models/price-table.ts';
import { PRICES, TABLE } from '../../../src/agents/models/prices.ts';

const root = join(import.meta.dirname, '../../..');
const rows = Object.entries(PRICES).flatMap(([vendor, models]) =>
  Object.entries(models).flatMap(([ids, row]) => ids.split(' ').map((id) => ({ vendor, id, row }))),
);
/** Where the price depends on the hour or on a later day, the table says the dearest. */
const fixed = rows.filter(({ row }) => row[6] === undefined);

describe('S2-10: the price table', () => {
  it('is fresh: written from the installed package as it is', () => {
    const check = spawnSync(process.execPath, ['scripts/write-prices.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect([check.stderr, check.status]).toEqual(['', 0]);
  });

  it('names its source, its version and its day', () => {
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules/@pydantic/genai-prices/package.json'), 'utf8'),
    );
    expect(TABLE).toBe(`genai-prices ${version}, 2026-09-23`);
    expect(knownModel('anthropic', 'claude-opus-5-5')?.price).toEqual({
      input: 4,
      output: 20,
      cacheRead: 0.2,
      cacheWrite: 5,
      source: TABLE,
    });
  });

  it('is small enough for the Action', () => {
    expect(readFileSync(join(root, 'src/agents/models/prices.ts')).length).toBeLessThan(40_000);
    expect(rows.length).toBeGreaterThan(250);
  });

  it.each([
    ['anthropic', 'claude-sonnet-5-5'],
    ['anthropic', 'claude-opus-5-5-20260922'],
    ['anthropic', 'Claude-Opus-5-5'],
    ['anthropic', 'claude-opus-5-5 '],
    ['anthropic', 'claude-opus-4-0 claude-opus-4'],
    ['anthropic', ''],
    ['openai', 'gpt-6'],
    ['openai', 'gpt-6-sol-mini'],
    ['openai', 'claude-opus-5-5'],
    ['openai', 'gpt-4o-audio-preview'],
    ['openai-compatible', 'gpt-6-sol'],
    ['constructor', 'name'],
    ['__proto__', 'toString'],
  ])('never guesses: %s %j is not known', (vendor, id) => {
    expect(knownModel(vendor, id)).toBeNull();
  });

  it('says what its source says, for every model, kind of token and length of prompt', () => {
    const usages = [1_000, 200_000, 200_001, 272_000, 272_001, 500_000].flatMap((total) => [
      { input: total, cacheRead: 0, cacheWrite: 0, output: 1_000 },
      { input: total - 500, cacheRead: 300, cacheWrite: 200, output: 10 },
    ]);
    for (const { vendor, id } of fixed) {
      const known = knownModel(vendor, id);
      for (const usage of usages) {
        const said = calcPrice(
          {
            input_tokens: usage.input + usage.cacheRead + usage.cacheWrite,
            cache_read_tokens: usage.cacheRead,
            cache_write_tokens: usage.cacheWrite,
            output_tokens: usage.output,
          },
          id,
          { providerId: vendor, timestamp: new Date('2026-09-23T12:00:00Z') },
        );
        expect(known && costOf(usage, known.price), `${vendor} ${id}`).toBeCloseTo(
          said?.total_price ?? -1,
          9,
        );
      }
    }
  });

  it('S2-13: says the dearest where the price depends on the hour', () => {
    const known = knownModel('deepseek', 'deepseek-v4-pro');
    expect(known?.price.source).toBe(`${TABLE}, at its dearest`);
    const usage = { input: 600, cacheRead: 400, cacheWrite: 0, output: 100 };
    const hours = Array.from({ length: 24 }, (_, hour) => new Date(Date.UTC(2026, 8, 23, hour, 30)));
    const costs = hours.map((timestamp) => {
      const all = { input_tokens: 1_000, cache_read_tokens: 400, output_tokens: 100 };
      return calcPrice(all, 'deepseek-v4-pro', { providerId: 'deepseek', timestamp })?.total_price ?? -1;
    });
    expect(Math.min(...costs)).toBeLessThan(Math.max(...costs));
    expect(known && costOf(usage, known.price)).toBeCloseTo(Math.max(...costs), 9);
  });

  it('knows vendors by their own addresses only', () => {
    expect(vendorAt('https://api.deepseek.com/v1')).toBe('deepseek');
    for (const address of [
      'http://api.deepseek.com/v1',
      'https://api.deepseek.com.example/v1',
      'https://api.deepseek.com:8443/v1',
      'https://gateway.example/api.deepseek.com',
      'not an address',
    ])
      expect(vendorAt(address)).toBeNull();
  });

  it('calls vendors by the names of its source', () => {
    for (const vendor of Object.keys(PRICES)) expect(findProvider({ providerId: vendor })?.id).toBe(vendor);
  });
});
