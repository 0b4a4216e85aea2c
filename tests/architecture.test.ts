/**
 * The walls of the house. A room may reach exactly what its row says; a folder without a row is refused.
 * To open a door, change the row here and say why in docs/adr/.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycles } from './architecture/find-cycles.ts';
import { type Ambient, type Import, type Source, scanSource } from './architecture/scan-source.ts';

interface Wall {
  /** How the test's title goes on after the room's name. */
  readonly title: string;
  /** Rooms that it may import: all of one, or with a slash one file. `*` is every room but hosts, cli and web. */
  readonly rooms: readonly string[];
  /** Packages, `@scope/*`, and node's built-in modules as `node:…`; `*` is anything, `node:*` any built-in. */
  readonly packages: readonly string[];
  /** Packages of which it may know types, and nothing at run time. */
  readonly types?: readonly string[];
  readonly never: readonly Ambient[];
}

const TEXT = [
  'diff',
  'mdast',
  'mdast-util-from-markdown',
  'mdast-util-gfm-autolink-literal',
  'mdast-util-gfm-footnote',
  'mdast-util-gfm-table',
  'micromark-extension-gfm-autolink-literal',
  'micromark-extension-gfm-footnote',
  'micromark-extension-gfm-table',
  'unist-util-visit',
];
const RUN_RECORD = ['runs/run-events.ts', 'runs/run-view.ts', 'runs/outcome.ts', 'runs/run-id.ts'];
const SDKS = ['openai', '@anthropic-ai/sdk'];
const PURE: readonly Ambient[] = ['clock', 'randomness', 'environment', 'network'];
const OFFLINE: readonly Ambient[] = ['environment', 'network'];

const WALLS: Readonly<Record<string, Wall>> = {
  commands: {
    title: 'never reaches another room, the clock, files or the network',
    rooms: [],
    packages: ['zod', ...TEXT],
    never: PURE,
  },
  changes: {
    title: 'never reaches another room, the clock, files or the network',
    rooms: [],
    packages: ['zod', 'yaml', 'diff', 'node:crypto'],
    never: PURE,
  },
  policy: {
    title: 'never reaches GitHub, the clock, files or the network',
    rooms: ['changes'],
    packages: ['zod', 'yaml', 'minimatch', 'node:crypto'],
    never: PURE,
  },
  config: {
    title: 'knows the rules’ settings, and never reads a file or the environment',
    rooms: ['policy'],
    packages: ['zod', 'yaml'],
    never: OFFLINE,
  },
  handlers: {
    title: 'turn a payload into a command, and never reach Octokit, runs, policy or the environment',
    rooms: ['commands'],
    packages: ['zod'],
    types: ['@octokit/webhooks'],
    never: OFFLINE,
  },
  threads: {
    title: 'never reach GitHub, runs or files',
    rooms: ['commands', 'changes', 'agents'],
    packages: ['zod', ...TEXT],
    never: OFFLINE,
  },
  agents: {
    title: 'hold a workspace and tools, never GitHub, policy, a token or the environment',
    rooms: ['changes'],
    packages: ['zod', 'yaml', 'minimatch', ...TEXT],
    never: OFFLINE,
  },
  'agents/models': {
    title: 'know the model contract and one vendor each',
    rooms: ['agents/model.ts'],
    packages: ['zod', 'node:timers/promises', ...SDKS],
    never: ['environment'],
  },
  runs: {
    title: 'reach the domain and their own ports, never a host, GitHub, an SDK or the clock',
    rooms: ['commands', 'config', 'changes', 'policy', 'agents', 'threads'],
    packages: ['zod', 'node:crypto'],
    never: PURE,
  },
  audit: {
    title: 'folds run events, and never reaches GitHub or agents',
    rooms: [...RUN_RECORD, 'policy', 'changes', 'commands'],
    packages: ['zod', 'node:crypto'],
    never: OFFLINE,
  },
  messages: {
    title: 'fold run events and audit records into text, and never reach GitHub or agents',
    rooms: [...RUN_RECORD, 'runs/check-config.ts', 'audit', 'policy', 'changes', 'commands'],
    packages: ['zod', 'node:crypto', '@secretlint/*', ...TEXT],
    never: OFFLINE,
  },
  github: {
    title: 'is the one place that knows Octokit and git, and never Probot, handlers or the environment',
    rooms: ['runs', 'commands', 'config', 'changes', 'policy', 'threads', 'messages', 'audit'],
    packages: ['@octokit/*', 'zod', 'node:*'],
    never: ['environment'],
  },
  storage: {
    title: 'keeps the journal, and never reaches GitHub, handlers or the environment',
    rooms: ['runs', 'commands', 'policy', 'audit'],
    packages: ['@dbos-inc/*', '@electric-sql/*', 'kysely', 'pg', 'zod', 'node:*'],
    never: OFFLINE,
  },
  simulator: {
    title: 'stands alone: a GitHub that Conductor only meets over HTTP',
    rooms: [],
    packages: ['hono', '@hono/node-server', 'zod', 'yaml', 'node:*'],
    types: ['@octokit/openapi-types'],
    never: ['environment'],
  },
  web: { title: 'shows everything below', rooms: ['*'], packages: ['*'], never: ['environment'] },
  hosts: { title: 'wire everything below', rooms: ['*', 'web'], packages: ['*'], never: [] },
  cli: {
    title: 'may use everything, and reads the environment only where it starts',
    rooms: ['*', 'web', 'hosts'],
    packages: ['*'],
    never: ['environment'],
  },
};

/** Files that start a process. They alone, beside the hosts, read the environment. */
const ENTRY_POINTS = ['app.ts', 'action.ts', 'cli/main.ts'];
/** They start the git command, and read where programs are found, once, and nothing else of the environment. */
const FIND_PROGRAMS = ['github/git.ts', 'simulator/git/run.ts'];
/** One wire format each; none knows of another. */
const ADAPTERS: Readonly<Record<string, readonly string[]>> = {
  'agents/models/anthropic-messages.ts': ['@anthropic-ai/sdk'],
  'agents/models/openai-chat.ts': ['openai'],
  'agents/models/openai-responses.ts': ['openai'],
  'agents/models/scripted.ts': [],
};
const BAGS = ['utils', 'util', 'helpers', 'common', 'types', 'shared', 'misc'];
const LONGEST_FILE = 300;

const SRC = join(import.meta.dirname, '../src');
const paths = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.[cm]?[jt]sx?$/.test(path))
  .map((path) => path.split(sep).join('/'))
  .sort();
const sources = paths.map((path) => scanSource(path, readFileSync(join(SRC, path), 'utf8')));

describe('walls', () => {
  for (const [room, wall] of Object.entries(WALLS)) {
    it(`walls: ${room} ${wall.title}`, () => {
      expect(sources.filter(({ path }) => roomOf(path) === room).flatMap(breachesOf)).toEqual([]);
    });
  }

  it('walls: every folder of src is a room with a row, and only entry points lie outside', () => {
    expect(sources.filter(({ path }) => WALLS[roomOf(path)] === undefined).flatMap(breachesOf)).toEqual([]);
  });

  it('walls: who starts git reads PATH, once, and nothing else of the environment', () => {
    for (const path of FIND_PROGRAMS) {
      expect(readFileSync(join(SRC, path), 'utf8').match(/process\.env\S*/g), path).toEqual([
        'process.env.PATH',
      ]);
    }
  });

  it('walls: no folder is a bag', () => {
    expect(paths.filter(liesInABag)).toEqual([]);
  });

  it(`walls: no file of src is over ${LONGEST_FILE} lines`, () => {
    expect(sources.filter(isTooLong).map(({ path, lineCount }) => `${path}: ${lineCount} lines`)).toEqual([]);
  });

  it('walls: no two files import each other, however far around', () => {
    expect(findCycles(importsBetween(sources))).toEqual([]);
  });
});

describe('the checker', () => {
  const breaches = (path: string, text: string) => breachesOf(scanSource(path, text));

  it.each([
    ['policy/rules/a.ts', "import { Octokit } from '@octokit/rest';", 'policy may not import @octokit/rest'],
    ['policy/a.ts', "import type { Run } from '../runs/run.ts';", 'policy may not import runs/run.ts'],
    [
      'policy/a.ts',
      "import {\n  readFile,\n  // why\n  writeFile,\n} from 'node:fs/promises';",
      'node:fs/promises',
    ],
    ['policy/a.ts', "import fs from 'fs';", 'policy may not import node:fs'],
    ['policy/a.ts', 'const now = Date.now();', 'policy may not use the clock'],
    ['policy/a.ts', 'const now = new Date();', 'policy may not use the clock'],
    ['policy/a.ts', 'const now = new Date;', 'policy may not use the clock'],
    ['policy/a.ts', `const text = \`\${\`\${Date.now()}\`}\`;`, 'policy may not use the clock'],
    ['changes/a.ts', "import { randomUUID } from 'node:crypto';", 'changes may not use randomness'],
    ['runs/a.ts', 'const id = Math.random();', 'runs may not use randomness'],
    ['runs/a.ts', "export { say } from '../messages/say.ts';", 'runs may not import messages/say.ts'],
    ['runs/a.ts', "export * from '../github/publish.ts';", 'runs may not import github/publish.ts'],
    ['runs/a.ts', "import '../hosts/app.ts';", 'runs may not import hosts/app.ts'],
    ['runs/a.ts', "const sdk = await import('openai');", 'runs may not import openai'],
    ['runs/a.ts', 'const x = await import(name);', 'hides what it imports'],
    ['runs/a.ts', 'const require = createRequire(import.meta.url);', 'hides what it imports'],
    [
      'runs/a.ts',
      "type X = import('../agents/models/scripted.ts').Script;",
      'may not import agents/models/scripted.ts',
    ],
    ['commands/a.ts', "import x from '../changes/x.ts';", 'commands may not import changes/x.ts'],
    ['commands/a.ts', "const page = await fetch('https://example.com');", 'commands may not use the network'],
    [
      'handlers/a.ts',
      "import { Webhooks } from '@octokit/webhooks';",
      'handlers may import only types of @octokit/webhooks',
    ],
    ['handlers/a.ts', "import { type EventPayload } from '@octokit/webhooks';", 'only types of'],
    [
      'messages/a.ts',
      "import type { Reader } from '../runs/ports.ts';",
      'messages may not import runs/ports.ts',
    ],
    [
      'messages/a.ts',
      "import type { Model } from '../agents/model.ts';",
      'messages may not import agents/model.ts',
    ],
    ['agents/a.ts', "import { policy } from '../policy/judge.ts';", 'agents may not import policy/judge.ts'],
    [
      'agents/a.ts',
      "import { scripted } from './models/scripted.ts';",
      'may not import agents/models/scripted.ts',
    ],
    ['agents/models/openai-chat.ts', "import './openai-responses.ts';", 'an adapter knows no other adapter'],
    [
      'agents/models/openai-chat.ts',
      "import type A from '@anthropic-ai/sdk';",
      'may not import @anthropic-ai/sdk',
    ],
    ['agents/models/openai-chat.ts', "import OpenAI from 'openai';", 'loads openai before it is asked'],
    ['agents/models/failure.ts', "import type OpenAI from 'openai';", 'may not import openai'],
    [
      'agents/models/a.ts',
      "import { runAgent } from '../run-agent.ts';",
      'may not import agents/run-agent.ts',
    ],
    ['github/a.ts', "import { Probot } from 'probot';", 'github may not import probot'],
    ['github/a.ts', "import x from '../handlers/x.ts';", 'github may not import handlers/x.ts'],
    ['github/a.ts', 'const home = process.env.HOME;', 'github may not use the environment'],
    ['github/a.ts', "const home = process['env']['HOME'];", 'github may not use the environment'],
    ['github/a.ts', 'const { env } = process;', 'github may not use the environment'],
    ['github/a.ts', "import { env } from 'node:process';", 'github may not use the environment'],
    [
      'simulator/a.ts',
      "import { VERBS } from '../commands/verbs.ts';",
      'simulator may not import commands/verbs.ts',
    ],
    ['web/a.ts', "import { serve } from '../hosts/serve.ts';", 'web may not import hosts/serve.ts'],
    ['hosts/a.ts', "import '../cli/main.ts';", 'hosts may not import cli/main.ts'],
    ['cli/doctor.ts', 'const port = process.env.PORT;', 'cli may not use the environment'],
    ['hosts/a.ts', "import x from '../../tests/x.ts';", 'leaves src'],
    ['kitchen/a.ts', '', 'kitchen is no room'],
    ['loose.ts', '', 'loose.ts is no room'],
  ])('in %s refuses %j', (path, text, breach) => {
    expect(breaches(path, text).join('\n')).toContain(breach);
  });

  it.each([
    ['policy/a.ts', "// import fs from 'node:fs';\n/* Date.now() */\nconst at = new Date(0);"],
    ['policy/a.ts', "const text = 'import x from \"node:fs\"'; const more = `import('openai') Date.now()`;"],
    ['policy/a.ts', 'const quote = /[\'"`]/; const half = 4 / 2; const date: Date = new Date(text);'],
    ['policy/a.ts', "import type { FileChange } from '../changes/file-change.ts';\nimport { z } from 'zod';"],
    ['policy/rules/a.ts', "import { minimatch } from 'minimatch';\nimport type { Rule } from '../rule.ts';"],
    ['handlers/a.ts', "import type { EventPayloadMap } from '@octokit/webhooks';"],
    [
      'agents/models/openai-chat.ts',
      "import type OpenAI from 'openai';\nconst { default: Sdk } = await import('openai');",
    ],
    [
      'agents/models/openai-chat.ts',
      "import { failureFrom } from './failure.ts';\nimport type { Model } from '../model.ts';",
    ],
    ['messages/a.ts', "import { viewOf } from '../runs/run-view.ts';"],
    ['runs/a.ts', 'interface Source {\n  fetch(ref: string): Promise<string>;\n}\nsource.fetch(ref);'],
    ['hosts/a.ts', 'const port = process.env.PORT;'],
    ['cli/main.ts', "const port = process.env.PORT;\nimport { serve } from '../hosts/serve.ts';"],
    ['app.ts', "import { app } from './hosts/app.ts';\nconst port = process.env.PORT;"],
    ['runs/a.ts', 'const at = clock.now(); const of = process(step); const p = data.process;'],
  ])('in %s allows %j', (path, text) => {
    expect(breaches(path, text)).toEqual([]);
  });

  it('sees a circle of any length, and no circle where there is none', () => {
    const files = (...texts: [string, string][]) => texts.map(([path, text]) => scanSource(path, text));
    const circle = files(
      ['runs/a.ts', "import { b } from './b.ts';"],
      ['runs/b.ts', "import type { C } from './deep/c.ts';"],
      ['runs/deep/c.ts', "export { a } from '../a.ts';"],
      ['runs/d.ts', "import { a } from './a.ts';"],
    );
    expect(findCycles(importsBetween(circle))).toEqual([['runs/a.ts', 'runs/b.ts', 'runs/deep/c.ts']]);
    expect(findCycles(importsBetween(circle.slice(0, 2)))).toEqual([]);
  });

  it('sees bags and long files', () => {
    expect(liesInABag('runs/utils/a.ts')).toBe(true);
    expect(liesInABag('runs/utils.ts')).toBe(false);
    expect(isTooLong(scanSource('runs/a.ts', 'x\n'.repeat(LONGEST_FILE + 1)))).toBe(true);
    expect(isTooLong(scanSource('runs/a.ts', 'x\n'.repeat(LONGEST_FILE)))).toBe(false);
  });
});

/** The room that a path below src belongs to: its folder, an adapter's subfolder, or a lone file's own name. */
function roomOf(path: string): string {
  if (path.startsWith('agents/models/')) return 'agents/models';
  return path.split('/')[0] ?? path;
}

function breachesOf(source: Source): string[] {
  const { path } = source;
  const room = roomOf(path);
  const isEntryPoint = ENTRY_POINTS.includes(path);
  const wall = WALLS[room] ?? (isEntryPoint ? WALLS.cli : undefined);
  if (wall === undefined) return [`${path}: ${room} is no room of the table`];

  const mayLook = (what: Ambient) => isEntryPoint || (what === 'environment' && FIND_PROGRAMS.includes(path));
  const inTheAir = source.ambient.filter(({ what }) => wall.never.includes(what) && !mayLook(what));
  return [
    ...source.imports.flatMap((found) =>
      breachesOfImport(path, room, wall, found).map((breach) => `${path}:${found.line} ${breach}`),
    ),
    ...inTheAir.map(
      ({ what, line }) => `${path}:${line} ${room} may not use ${what === 'randomness' ? '' : 'the '}${what}`,
    ),
  ];
}

function breachesOfImport(path: string, room: string, wall: Wall, found: Import): string[] {
  const { specifier } = found;
  if (specifier === null) return ['hides what it imports: a literal import can be checked'];
  if (specifier.startsWith('.')) return breachesOfReach(path, room, wall, target(path, specifier));
  if (/^(node:)?process$/.test(specifier)) {
    return wall.never.includes('environment')
      ? [`${room} may not use the environment, nor ${specifier}`]
      : [];
  }
  const name = packageOf(specifier);
  const adapterMay = room === 'agents/models' && SDKS.includes(name) ? (ADAPTERS[path] ?? []) : wall.packages;
  if (!allows(adapterMay, name)) {
    if (!allows(wall.types ?? [], name)) return [`${room} may not import ${name}`];
    return found.typeOnly ? [] : [`${room} may import only types of ${name}`];
  }
  const early = SDKS.includes(name) && !found.typeOnly && !found.dynamic;
  return early
    ? [`loads ${name} before it is asked: import() it, so that one vendor's users load one SDK`]
    : [];
}

function breachesOfReach(path: string, room: string, wall: Wall, reached: string): string[] {
  if (reached.startsWith('..')) return [`leaves src for ${reached}`];
  if (path in ADAPTERS && reached in ADAPTERS)
    return [`imports ${reached}: an adapter knows no other adapter`];
  const next = roomOf(reached);
  const isAbove = ['hosts', 'cli', 'web'].includes(next);
  const inside = next === room || wall.rooms.includes(next) || wall.rooms.includes(reached);
  return inside || (wall.rooms.includes('*') && !isAbove) ? [] : [`${room} may not import ${reached}`];
}

function allows(list: readonly string[], name: string): boolean {
  return list.some(
    (entry) =>
      entry === '*' || entry === name || (entry.endsWith('*') && name.startsWith(entry.slice(0, -1))),
  );
}

/** `node:fs` for any spelling of a built-in module, else the package's name without the path inside it. */
function packageOf(specifier: string): string {
  if (isBuiltin(specifier)) return specifier.startsWith('node:') ? specifier : `node:${specifier}`;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

function target(path: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(path), specifier));
}

function importsBetween(all: readonly Source[]): Map<string, string[]> {
  return new Map(
    all.map(({ path, imports }) => [
      path,
      imports.flatMap(({ specifier }) => (specifier?.startsWith('.') ? [target(path, specifier)] : [])),
    ]),
  );
}

function liesInABag(path: string): boolean {
  return posix
    .dirname(path)
    .split('/')
    .some((folder) => BAGS.includes(folder));
}

function isTooLong({ lineCount }: Source): boolean {
  return lineCount > LONGEST_FILE;
}
