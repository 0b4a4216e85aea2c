import { javascript, typescript } from './javascript.ts';
import { json } from './json.ts';
import type { Language } from './language.ts';
import { toml } from './toml.ts';
import { yaml } from './yaml.ts';

/** Every language that is checked. Files of all others are left alone. */
const LANGUAGES: readonly Language[] = [javascript, typescript, json, yaml, toml];

/** The input of tests, which is often meant to be broken. */
const TEST_INPUT = /(?:^|\/)(?:__)?(?:fixtures?|test-?data)(?:__)?\//i;

/** The language of the file at this path; null: it is left alone. */
export function languageOf(path: string): Language | null {
  if (TEST_INPUT.test(path)) return null;
  return LANGUAGES.find((language) => language.path.test(path)) ?? null;
}
