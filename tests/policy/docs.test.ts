import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse-config.ts';
import { RULES } from '../../src/policy/rules/index.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/policy.md'), 'utf8');

it('every rule stands in docs/policy.md, and its examples are valid', () => {
  expect(RULES.map(({ name }) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  const examples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => parseConfig(text!));
  expect(examples.length).toBeGreaterThan(1);
  expect(examples.filter(({ ok }) => !ok)).toEqual([]);
});
