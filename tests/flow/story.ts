import type { Scenario } from '../../src/hosts/scenario.ts';

/** A turn of the scripted model, as its script file writes it. */
export interface Turn {
  readonly text?: string;
  readonly tool_calls?: readonly { readonly name: string; readonly input: unknown }[];
  readonly usage?: { readonly input?: number; readonly output?: number };
  readonly stop?: 'end' | 'tools' | 'length' | 'refusal';
  readonly delay_ms?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Plays when all texts of `when` stand in the agent's instructions or in the request. */
export interface Scene {
  readonly when: readonly string[];
  readonly turns: readonly Turn[];
}

type Level = 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** A repository, its people and its scripted model, from literals. */
export interface Story {
  readonly files?: Readonly<Record<string, string>>;
  /** Keys over those of `CONFIG`; a text stands as it is; null: the repository has no config. */
  readonly config?: Readonly<Record<string, unknown>> | string | null;
  readonly script?: readonly Scene[];
  /** Default: ada may write, visitor may read. */
  readonly people?: Readonly<Record<string, Level>>;
  readonly private?: boolean;
}

/** The config that stories start from: one scripted model with a price. */
export const CONFIG = {
  agent: { default: 'coder', models: ['demo'] },
  models: {
    demo: {
      provider: 'scripted',
      model: 'demo',
      script: '.github/conductor/script.yml',
      price: { input: 4, output: 20 },
    },
  },
} as const;

export const use = (name: string, input: unknown) => ({ name, input });
export const finish = (summary: string) => use('finish', { summary });

/** A scene of one turn that uses these tools and ends. */
export function edits(when: string, summary: string, ...calls: ReturnType<typeof use>[]): Scene {
  const usage = { input: 1_000, output: 100 };
  return { when: [when], turns: [{ tool_calls: [...calls, finish(summary)], usage }] };
}

/** A scene in which the model says one thing. */
export function says(when: string, text: string): Scene {
  return { when: [when], turns: [{ text, usage: { input: 1_000, output: 50 } }] };
}

export const PEOPLE = { ada: 'write', visitor: 'read' } as const;

const FILES = {
  'README.md': '# Shop\n',
  'src/total.js': 'export const total = (lines) => Math.floor(sum(lines) * 100) / 100;\n',
};

export function scenarioOf({
  files = FILES,
  config = {},
  script = [],
  people = PEOPLE,
  private: hidden,
}: Story): Scenario {
  const texts: Record<string, string> = {
    ...files,
    // YAML holds JSON, so that literals can be written as they are.
    '.github/conductor/script.yml': JSON.stringify({ version: 1, scenes: script }, null, 1),
  };
  if (config !== null)
    texts['.github/conductor.yml'] =
      typeof config === 'string' ? config : JSON.stringify({ ...CONFIG, ...config }, null, 1);
  return {
    title: 'a test',
    repository: { owner: 'acme', name: 'shop', private: hidden ?? false },
    people: Object.entries(people).map(([login, permission]) => ({ login, permission })),
    files: Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)])),
    acts: [],
  };
}
