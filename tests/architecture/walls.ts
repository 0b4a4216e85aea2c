/**
 * The walls of the house. A room may reach exactly what its row says; a folder without a row is refused.
 * To open a door, change the row here and say why in docs/adr/.
 */
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Ambient, Import, Source } from './scan-source.ts';

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
const RUN_RECORD = [
  'runs/asks-mark.ts',
  'runs/cost-mark.ts',
  'runs/pressed-mark.ts',
  'runs/repair-mark.ts',
  'runs/head-marks.ts',
  'runs/run-events.ts',
  'runs/run-figures.ts',
  'runs/run-view.ts',
  'runs/outcome.ts',
  'runs/run-id.ts',
];
const SDKS = ['openai', '@anthropic-ai/sdk'];
/** Loaded when a file of their language has changed. */
const PARSERS = ['@babel/parser', 'smol-toml'];
/** Loaded when a change has new lines. */
const SECRETS = ['@secretlint/secretlint-rule-preset-recommend'];
const PURE: readonly Ambient[] = ['clock', 'randomness', 'environment', 'network'];
const OFFLINE: readonly Ambient[] = ['environment', 'network'];

export const WALLS: Readonly<Record<string, Wall>> = {
  commands: {
    title: 'never reaches another room, the clock, files or the network',
    rooms: [],
    packages: ['zod', ...TEXT],
    never: PURE,
  },
  changes: {
    title: 'never reaches another room, the clock, files or the network',
    rooms: [],
    // Node's vm ends a parser whose time is up (docs/adr/0013-validation-before-policy.md).
    packages: ['zod', 'yaml', 'diff', 'node:crypto', 'node:vm', ...PARSERS],
    never: PURE,
  },
  policy: {
    title: 'never reaches GitHub, the clock, files or the network',
    rooms: ['changes'],
    // secretlint's rules are functions of a text; the one that reads a file is never told of one.
    packages: ['zod', 'yaml', 'minimatch', 'node:crypto', ...SECRETS],
    types: ['@secretlint/types'],
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
    packages: ['zod', 'node:timers/promises', '@anthropic-ai/bedrock-sdk', ...SDKS],
    never: ['environment'],
  },
  'agents/cli': {
    title: 'let a coding CLI work in a cage, and never reach the network, a token or our own environment',
    rooms: ['agents', 'changes'],
    packages: [
      'node:child_process',
      'node:crypto',
      'node:fs',
      'node:fs/promises',
      'node:os',
      'node:path',
      'node:string_decoder',
      'node:timers/promises',
      'node:util',
    ],
    never: OFFLINE,
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
  git: {
    title: 'starts the git command, and knows nothing of what it is for',
    rooms: [],
    packages: ['node:child_process', 'node:path', 'node:url'],
    never: PURE,
  },
  github: {
    title: 'is the one place that knows Octokit and git, and never Probot, handlers or the environment',
    rooms: ['git', 'runs', 'commands', 'config', 'changes', 'policy', 'threads', 'messages', 'audit'],
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
    rooms: ['git'],
    packages: ['hono', '@hono/node-server', 'zod', 'yaml', 'graphql', 'node:*'],
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
export const FIND_PROGRAMS = ['github/git.ts', 'simulator/git/run.ts'];
/** One wire format each; none knows of another. */
const ADAPTERS: Readonly<Record<string, readonly string[]>> = {
  'agents/models/anthropic-messages.ts': ['@anthropic-ai/sdk'],
  'agents/models/bedrock-sdk.d.ts': ['@anthropic-ai/sdk'],
  'agents/models/openai-chat.ts': ['openai'],
  'agents/models/openai-responses.ts': ['openai'],
  'agents/models/scripted.ts': [],
};
const BAGS = ['utils', 'util', 'helpers', 'common', 'types', 'shared', 'misc'];
export const LONGEST_FILE = 300;

/** The room that a path below src belongs to: its folder, one of the agents' subfolders, or a lone file's own name. */
export function roomOf(path: string): string {
  if (path.startsWith('agents/models/')) return 'agents/models';
  if (path.startsWith('agents/cli/')) return 'agents/cli';
  return path.split('/')[0] ?? path;
}

export function breachesOf(source: Source): string[] {
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
  const early = [...SDKS, ...PARSERS, ...SECRETS].includes(name) && !found.typeOnly && !found.dynamic;
  return early
    ? [`loads ${name} before it is needed: import() it, so that only those who need it load it`]
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

export function importsBetween(all: readonly Source[]): Map<string, string[]> {
  return new Map(
    all.map(({ path, imports }) => [
      path,
      imports.flatMap(({ specifier }) => (specifier?.startsWith('.') ? [target(path, specifier)] : [])),
    ]),
  );
}

export function liesInABag(path: string): boolean {
  return posix
    .dirname(path)
    .split('/')
    .some((folder) => BAGS.includes(folder));
}

export function isTooLong({ lineCount }: Source): boolean {
  return lineCount > LONGEST_FILE;
}
