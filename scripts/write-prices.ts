/**
 * Writes src/agents/models/prices.ts from the table of @pydantic/genai-prices, which is needed for nothing else.
 * With --check it writes nothing, and exits 1 when the file is stale.
 *
 * To take a newer table: install the package's new version, set TABLE here, run `npm run prices`, read the difference.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConditionalPrice,
  calcPrice,
  findProvider,
  type MatchLogic,
  type ModelInfo,
} from '@pydantic/genai-prices';

/** The package says its version and not its day: https://registry.npmjs.org/@pydantic/genai-prices, `time`. */
const TABLE = { name: 'genai-prices', version: '0.1.8', date: '2026-09-23' };

/** By the table's own names. What is left out would cost more bytes in the Action than it is asked for. */
const VENDORS = ['anthropic', 'openai', 'deepseek', 'google', 'mistral', 'x-ai', 'groq', 'moonshotai', 'aws'];
/** What these vendors sell that can be asked by the ids they use. `regional.` is a name of the table's own. */
const IDS: Readonly<Record<string, RegExp>> = { aws: /^(?!regional\.).*\banthropic\./, google: /^gem/ };
/** They take or give something else than text. */
const NOT_TEXT =
  /audio|davinci|embed|image|lyria|moderation|ocr|realtime|robotics|search|transcribe|tts|veo|voice|voxtral|whisper/;

const MOST_BYTES = 40_000;
const MOST_LINES = 300;

/** Dollars per million tokens at one length of prompt: input, output, cache read, cache write. */
type Rates = readonly [number, number, number | null, number | null];
type Prices = ConditionalPrice['prices'];

const root = join(import.meta.dirname, '..');
const path = 'src/agents/models/prices.ts';
const text = file();
const isStale = !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text;
if (process.argv.includes('--check')) {
  if (isStale) console.error(`${path} is stale: run \`npm run prices\`.`);
  process.exitCode = isStale ? 1 : 0;
} else {
  if (isStale) writeFileSync(join(root, path), text);
  console.log(isStale ? `wrote ${path}, ${text.length} bytes` : 'The prices are fresh.');
}

function file(): string {
  const installed = JSON.parse(
    readFileSync(join(root, 'node_modules/@pydantic/genai-prices/package.json'), 'utf8'),
  ).version;
  if (installed !== TABLE.version)
    throw new Error(`TABLE is of ${TABLE.version}, and ${installed} is installed.`);
  const vendors = VENDORS.map((vendor) => {
    const rows = findProvider({ providerId: vendor })?.models.flatMap((model) => rowOf(vendor, model)) ?? [];
    return `  ${JSON.stringify(vendor)}: {\n${rows.map((row) => `    ${row},\n`).join('')}  },\n`;
  });
  const written = [
    '// Written by scripts/write-prices.ts from @pydantic/genai-prices (MIT). Do not edit: run `npm run prices`.',
    '// biome-ignore-all format: one model a line',
    '',
    '/** US dollars per million tokens: input, output, cache read, cache write. */',
    'export type RateRow = readonly [number, number, number | null, number | null];',
    '',
    '/**',
    ' * A model: its rates, its tokens in and out together, other rates for calls of over so many tokens in, and `dearest`',
    ' * where the true price depends on the hour, or rises on a day that is announced.',
    ' */',
    'export type PriceRow = readonly [',
    '  ...RateRow,',
    '  number | null,',
    '  (readonly (readonly [number, ...RateRow])[])?,',
    "  'dearest'?,",
    '];',
    '',
    `export const TABLE = '${TABLE.name} ${TABLE.version}, ${TABLE.date}';`,
    '',
    '/** By vendor, and by the exact ids of a model, with a space between them. */',
    'export const PRICES: Readonly<Record<string, Readonly<Record<string, PriceRow>>>> = {',
    `${vendors.join('')}};`,
    '',
  ].join('\n');
  if (written.length > MOST_BYTES || written.split('\n').length > MOST_LINES)
    throw new Error(`The table has become too large: ${written.length} bytes. Leave a vendor out.`);
  return written;
}

/** A model's line; none for what is not text, or whose price this table can't say. */
function rowOf(vendor: string, model: ModelInfo): string[] {
  const ids = exactIds(vendor, model);
  const all = Array.isArray(model.prices) ? model.prices : [{ prices: model.prices }];
  const valid = validNow(all);
  if (ids.length === 0 || isBorrowed(model) || !valid.every(isPerToken)) return [];
  const starts = [...new Set(valid.flatMap(tierStarts))].sort((one, other) => one - other);
  const [first, ...longer] = [-1, ...starts].map((over) => [over, dearest(valid, over)] as const);
  const row: unknown[] = [...(first?.[1] ?? []), model.context_window ?? null];
  if (longer.length > 0 || valid.length > 1) row.push(longer.map(([over, rates]) => [over, ...rates]));
  if (valid.length > 1) row.push('dearest');
  return [`${JSON.stringify(ids.join(' '))}: ${JSON.stringify(row)}`];
}

/**
 * Its id, and the other names that the table says are exactly it. A name that only begins so is another model. Where
 * two models of the table claim one name, the package's own answer decides.
 */
function exactIds(vendor: string, model: ModelInfo): string[] {
  const named = (match: MatchLogic): string[] => {
    if ('equals' in match) return [match.equals];
    return 'or' in match ? match.or.flatMap(named) : [];
  };
  return [...new Set([model.id, ...named(model.match)])].filter(
    (id) =>
      /^[^\s]*[^\s-]$/.test(id) &&
      !NOT_TEXT.test(id) &&
      (IDS[vendor]?.test(id) ?? true) &&
      calcPrice({ input_tokens: 1 }, id, { providerId: vendor })?.model.id === model.id,
  );
}

/**
 * The prices that a call can have from the table's day on: the last that has begun, those of certain hours, and those
 * that are announced for later.
 */
function validNow(all: readonly ConditionalPrice[]): readonly Prices[] {
  const begun = all.findLast(({ constraint }) => {
    return (
      constraint === undefined || (constraint.type === 'start_date' && constraint.start_date <= TABLE.date)
    );
  });
  const sometimes = all.filter(({ constraint }) => {
    return constraint?.type === 'time_of_date' || (constraint && constraint.start_date > TABLE.date);
  });
  return [...(begun ? [begun] : []), ...sometimes].map(({ prices }) => prices);
}

/** True for a price that the table has from a reseller, and asks to be verified. */
function isBorrowed({ price_comments: comments = '' }: ModelInfo): boolean {
  return comments.includes('OpenRouter');
}

/** True when tokens in and out are all that is paid for, besides searches that Conductor does not ask for. */
function isPerToken(prices: Prices): boolean {
  return (
    prices.input_mtok !== undefined && prices.output_mtok !== undefined && !('requests_kcount' in prices)
  );
}

function tierStarts(prices: Prices): number[] {
  const keys = ['input_mtok', 'output_mtok', 'cache_read_mtok', 'cache_write_mtok'];
  return keys.flatMap((key) => {
    const price = prices[key];
    return typeof price === 'object' ? price.tiers.map(({ start }) => start) : [];
  });
}

/** Where the price depends on the hour, or rises on a day that is announced, the dearest counts: a budget must hold. */
function dearest(valid: readonly Prices[], over: number): Rates {
  const at = (prices: Prices, key: string): number | null => {
    const price = prices[key];
    if (typeof price !== 'object') return price ?? null;
    return (
      price.tiers.toSorted((one, other) => one.start - other.start).findLast(({ start }) => start <= over)
        ?.price ?? price.base
    );
  };
  const most = (key: string) =>
    Math.max(...valid.map((prices) => at(prices, key) ?? at(prices, 'input_mtok') ?? 0));
  const ifNamed = (key: string) => (valid.some((prices) => prices[key] !== undefined) ? most(key) : null);
  return [most('input_mtok'), most('output_mtok'), ifNamed('cache_read_mtok'), ifNamed('cache_write_mtok')];
}
