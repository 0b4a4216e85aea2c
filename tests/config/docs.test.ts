import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../../src/config/parse-config.ts';
import { configSchema } from '../../src/config/schema.ts';

const root = join(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');
const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

interface Described {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly additionalProperties?: Described | boolean;
}

function undescribed(schema: Described, path: string): string[] {
  const inner = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : schema;
  return Object.entries(inner.properties ?? {}).flatMap(([key, value]) => [
    ...(value.description ? [] : [`${path}${key}`]),
    ...undescribed(value, `${path}${key}.`),
  ]);
}

describe('S0-17: the docs say what the schema says', () => {
  it('every key has a sentence', () => {
    expect(undescribed(z.toJSONSchema(configSchema, { io: 'input' }) as Described, '')).toEqual([]);
  });

  it('docs/configuration.md and docs/conductor.schema.json are fresh', () => {
    const check = spawnSync(process.execPath, ['scripts/write-docs.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(check.stderr).toBe('');
    expect(check.status).toBe(0);
  });

  it('the complete file on the page is valid, for us and for editors', () => {
    const parsed = parseConfig(example);
    expect(parsed).toMatchObject({ ok: true, config: { models: { local: { api_key_env: 'LOCAL_KEY' } } } });
    const schema = JSON.parse(readFileSync(join(root, 'docs/conductor.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate({ session: { max_turns: 3 } })).toBe(true);
    expect(validate({ sesion: {} })).toBe(false);
  });
});
