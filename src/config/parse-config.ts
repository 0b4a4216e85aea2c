import type { Document } from 'yaml';
import type { z } from 'zod';
import { crossChecks } from './cross-checks.ts';
import { describeIssue } from './describe-issue.ts';
import { keyOffset, valueOffset } from './locate.ts';
import { type Position, type Problem, readYaml } from './read-yaml.ts';
import { type Config, configSchema } from './schema.ts';

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads the text of a `.github/conductor.yml`. One mistake makes the whole config
 * invalid: no part of it is used. An empty file is the default config. Never throws.
 */
export function parseConfig(text: string): ParsedConfig {
  const read = readYaml(text);
  if (!read.ok) return read;
  const { value, document, position } = read;
  const parsed = configSchema.safeParse(value, { reportInput: true });
  if (!parsed.success) {
    return {
      ok: false,
      problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, document, position)),
    };
  }
  const contradictions = crossChecks(parsed.data);
  if (contradictions.length > 0) {
    const problems = contradictions.map(({ path, message }) => ({
      path: path.join('.'),
      ...position(valueOffset(document, path)),
      message,
    }));
    return { ok: false, problems };
  }
  return { ok: true, config: parsed.data };
}

/** What holds where a repository has no config file. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}

function problemsOf(
  issue: z.core.$ZodIssue,
  document: Document,
  position: (offset: number) => Position,
): Problem[] {
  return describeIssue(issue).map(({ path, message, isAboutKey }) => {
    const key = isAboutKey ? keyOffset(document, path) : null;
    return { path: path.join('.'), ...position(key ?? valueOffset(document, path)), message };
  });
}
