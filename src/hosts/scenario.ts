import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { SettingError } from './environment.ts';

const login = z.string().regex(/^[a-z\d](?:[a-z\d-]{0,38})$/i);

const actSchema = z.union([
  z.strictObject({ issue: z.strictObject({ by: login, title: z.string(), body: z.string().default('') }) }),
  z.strictObject({ comment: z.strictObject({ by: login, issue: z.int().min(1), body: z.string() }) }),
  z.strictObject({
    pull_request: z.strictObject({
      by: login,
      branch: z.string(),
      title: z.string(),
      body: z.string().default(''),
      files: z.record(z.string(), z.string()),
    }),
  }),
]);

const scenarioSchema = z.strictObject({
  title: z.string(),
  repository: z.strictObject({
    owner: login,
    name: z.string(),
    folder: z.string(),
    private: z.boolean().default(false),
  }),
  people: z.array(
    z.strictObject({ login, permission: z.enum(['read', 'triage', 'write', 'maintain', 'admin']) }),
  ),
  acts: z.array(actSchema),
});

export type Act = z.output<typeof actSchema>;

/** A story to play on the simulator: a repository, people, and what they do. */
export interface Scenario {
  readonly title: string;
  readonly repository: { readonly owner: string; readonly name: string; readonly private: boolean };
  readonly people: readonly {
    readonly login: string;
    readonly permission: 'read' | 'triage' | 'write' | 'maintain' | 'admin';
  }[];
  readonly files: Readonly<Record<string, Uint8Array>>;
  readonly acts: readonly Act[];
}

/** Reads a scenario file and the repository folder that it names. Throws SettingError with the file and what is wrong. */
export async function readScenario(path: string): Promise<Scenario> {
  const file = path.endsWith('.yml') || path.endsWith('.yaml') ? path : join(path, 'scenario.yml');
  const text = await readFile(file, 'utf8').catch(() => {
    throw new SettingError(
      `There is no scenario at ${file}.`,
      'Name a scenario.yml, or a folder that holds one; examples/scenarios has some.',
    );
  });
  const parsed = scenarioSchema.safeParse(parse(text));
  if (!parsed.success)
    throw new SettingError(
      `${file} is not a scenario: ${z.prettifyError(parsed.error)}`,
      'See examples/scenarios.',
    );
  const { repository, ...scenario } = parsed.data;
  return { ...scenario, repository, files: await filesUnder(resolve(dirname(file), repository.folder)) };
}

async function filesUnder(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(folder, path).replaceAll('\\', '/')] = await readFile(path);
  }
  return files;
}
