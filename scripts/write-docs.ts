/**
 * Writes docs/configuration.md and docs/conductor.schema.json from the config's schema.
 * With --check it writes nothing, and exits 1 when one of them is stale.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseConfig } from '../src/config/parse-config.ts';
import { configSchema } from '../src/config/schema.ts';

/** The part of JSON Schema that the config's schema comes out as. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly maxItems?: number;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
}

const EXAMPLE = `# .github/conductor.yml - every key is optional
trigger: conductor                 # people write @conductor
models:                            # named backends; lists below are tried in order
  claude: { provider: anthropic, model: claude-opus-5-5 }
  gpt:    { provider: openai, model: gpt-6-sol }
  local:  { provider: openai-compatible, model: qwen3-coder, base_url: http://127.0.0.1:11434/v1, api_key_env: LOCAL_KEY, price: { input: 0, output: 0 } }
agent:   { type: llm, default: coder, models: [claude, gpt] }   # type: mock is the scripted model
session: { timeout_minutes: 30, max_participants: 8, max_turns: 40 }
budget:  { per_run_usd: 5, per_thread_usd: 20, per_day_usd: 50, unpriced: refuse }
change_limits: { max_files: 20, max_lines_changed: 800 }
policy:
  auto: { enabled: false, paths: ["docs/**"], max_files: 2, max_lines_changed: 50 }
  forbidden_paths: [".github/workflows/**"]
  protected_paths: ["src/billing/**"]          # need an owner's approval
  approvals: { required: 1, from: [owners, "team:acme/leads", "permission:maintain"] }
security: { rate_limit_per_minute: 10, allowed_bots: [] }
audit:    { retention_days: 400 }
logging:  { level: info }
`;

const root = join(import.meta.dirname, '..');
const files: readonly (readonly [string, string])[] = [
  ['docs/configuration.md', page()],
  ['docs/conductor.schema.json', formatted('conductor.schema.json', JSON.stringify(jsonSchema(), null, 2))],
];

const stale = files.filter(([path, text]) => current(path) !== text);
if (process.argv.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is stale: run \`npm run docs\`.`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) writeFileSync(join(root, path), text);
  console.log(stale.length > 0 ? stale.map(([path]) => `wrote ${path}`).join('\n') : 'The docs are fresh.');
}

function jsonSchema(): Schema {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input' });
  const about = { title: 'Conductor', description: 'The configuration of Conductor: .github/conductor.yml.' };
  return { $schema, ...about, ...schema } as Schema;
}

function page(): string {
  const example = parseConfig(EXAMPLE);
  if (!example.ok) throw new Error(`The example is not valid: ${JSON.stringify(example.problems)}`);
  const top = jsonSchema().properties ?? {};
  const sections = Object.entries(top).flatMap(([name, schema]) => sectionOf(name, schema));
  const plain = Object.entries(top).filter(
    ([, { properties, additionalProperties }]) => !properties && !isEntry(additionalProperties),
  );
  return [
    '<!-- Written by scripts/write-docs.ts from src/config/schema.ts. Do not edit: run `npm run docs`. -->',
    '# Configuration',
    'Conductor reads `.github/conductor.yml` from the base branch, never from a pull request. Every key is optional, and an unknown key is an error. `conductor config validate FILE` checks a file and names line and column. Editors check it with [conductor.schema.json](conductor.schema.json).',
    '## The complete file',
    `\`\`\`yaml\n${EXAMPLE}\`\`\``,
    '## Top level',
    table(plain.map(([key, schema]) => row(key, schema, []))),
    ...sections,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** The heading, sentence and table of a section, with its inner sections' keys dotted. */
function sectionOf(name: string, schema: Schema): string[] {
  const entry = isEntry(schema.additionalProperties) ? schema.additionalProperties : null;
  const inside = entry ?? schema;
  if (!inside.properties) return [];
  const intro = entry
    ? `${schema.description} Each entry, \`${name}.NAME\`, has these keys.`
    : (schema.description ?? '');
  return [`## \`${name}\``, intro, table(rowsOf('', inside))];
}

function rowsOf(prefix: string, schema: Schema): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const dotted = `${prefix}${key}`;
    if (inner.properties) return rowsOf(`${dotted}.`, inner);
    const required = (schema.required ?? []).map((name) => `${prefix}${name}`);
    const own = row(dotted, inner, prefix === '' || prefix.endsWith('[].') ? required : []);
    return [own, ...(inner.items?.properties ? rowsOf(`${dotted}[].`, inner.items) : [])];
  });
}

function row(key: string, schema: Schema, required: readonly string[]): string {
  const standard = required.includes(key)
    ? 'required'
    : schema.default === undefined
      ? '–'
      : `\`${JSON.stringify(schema.default)}\``;
  return `| \`${key}\` | ${typeOf(schema)} | ${standard} | ${schema.description ?? ''} |`;
}

function manyOf({ type, anyOf }: Schema): string {
  if (anyOf) return 'texts, or of lists of them';
  if (type === 'object') return 'entries, with the keys below';
  return type === 'string' ? 'texts' : 'whole numbers';
}

function typeOf(schema: Schema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(', or ');
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.type === 'array') return `list of ${manyOf(schema.items ?? {})}`;
  if (schema.type === 'string') return 'text';
  if (schema.type === 'boolean') return '`true`, `false`';
  const kind = schema.type === 'integer' ? 'whole number' : 'number';
  const least = schema.exclusiveMinimum === undefined ? schema.minimum : `over ${schema.exclusiveMinimum}`;
  // zod bounds every whole number by what JavaScript can count; that is no limit of ours.
  const most =
    schema.maximum === undefined || schema.maximum >= Number.MAX_SAFE_INTEGER ? null : schema.maximum;
  if (least === undefined) return kind;
  return most === null ? kind : `${kind}, ${least} to ${most}`;
}

/** As the repository's own formatter writes it, so that the lint agrees with what is written here. */
function formatted(name: string, text: string): string {
  const biome = join(root, 'node_modules/.bin/biome');
  return execFileSync(biome, ['format', `--stdin-file-path=docs/${name}`], {
    cwd: root,
    input: text,
    encoding: 'utf8',
  });
}

function table(rows: readonly string[]): string {
  return ['| key | type | default | what it does |', '|---|---|---|---|', ...rows].join('\n');
}

function isEntry(schema: Schema | boolean | undefined): schema is Schema {
  return typeof schema === 'object' && schema.properties !== undefined;
}

function current(path: string): string | null {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}
