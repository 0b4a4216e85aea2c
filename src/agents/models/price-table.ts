import type { Price, Rates } from '../model.ts';
import { PRICES, type RateRow, TABLE } from './prices.ts';

/** What the table knows of a model. */
export interface KnownModel {
  readonly price: Price;
  /** Tokens in and out together; null: the table does not say. */
  readonly contextTokens: number | null;
}

/** Addresses where a vendor of the table sells to everybody at its list price. No gateway or reseller is among them. */
const VENDOR_AT: ReadonlyMap<string, string> = new Map([
  ['api.anthropic.com', 'anthropic'],
  ['api.openai.com', 'openai'],
  ['api.deepseek.com', 'deepseek'],
  ['generativelanguage.googleapis.com', 'google'],
  ['api.mistral.ai', 'mistral'],
  ['api.x.ai', 'x-ai'],
  ['api.groq.com', 'groq'],
  ['api.moonshot.ai', 'moonshotai'],
]);

/** The vendor whose own address this is; null: nobody's that the table knows. */
export function vendorAt(address: string): string | null {
  const url = URL.parse(address);
  return url?.protocol === 'https:' ? (VENDOR_AT.get(url.host) ?? null) : null;
}

/**
 * A model by its vendor, as the table names it, and its exact id; null when the table has no such model. An id that only
 * begins like a known one is never priced like it: `claude-sonnet-5-5` is not `claude-sonnet-5`.
 */
export function knownModel(vendor: string, id: string): KnownModel | null {
  const models = Object.hasOwn(PRICES, vendor) ? PRICES[vendor] : undefined;
  const row = Object.entries(models ?? {}).find(([ids]) => ids.split(' ').includes(id))?.[1];
  if (row === undefined) return null;
  const [input, output, cacheRead, cacheWrite, contextTokens, longer = [], dearest] = row;
  const source = dearest ? `${TABLE}, at its dearest` : TABLE;
  const tiers = longer.map(([overTokens, ...rates]) => ({ overTokens, ...ratesOf(rates) }));
  const base = ratesOf([input, output, cacheRead, cacheWrite]);
  return { price: { ...base, source, ...(tiers.length > 0 && { longer: tiers }) }, contextTokens };
}

function ratesOf([input, output, cacheRead, cacheWrite]: RateRow): Rates {
  return {
    input,
    output,
    ...(cacheRead !== null && { cacheRead }),
    ...(cacheWrite !== null && { cacheWrite }),
  };
}
