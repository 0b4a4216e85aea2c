import { buildRoster } from '../agents/roster.ts';
import type { Workspace } from '../changes/workspace.ts';
import { parseConfig } from '../config/parse-config.ts';

/** Anybody may open a pull request: what no config or agent can need is not even read. */
const MOST_BYTES = 256 * 1024;
const TOO_LARGE = `# over ${MOST_BYTES} bytes`;

/** One thing that is wrong with a config or agent file. Lines and columns are 1-based. */
export interface ConfigProblem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a pull request does to Conductor's own files. */
export interface ConfigFinding {
  /** The files that it adds or changes. */
  readonly files: readonly string[];
  readonly problems: readonly ConfigProblem[];
}

/** Gives the commits of a pull request to read. */
export interface ConfigSource {
  fetch(ref: string): Promise<string | null>;
  workspaceAt(commit: string): Promise<Workspace>;
}

/**
 * Checks the config and agent files that a pull request would bring. They are data here: nothing that the pull
 * request's head says is followed. Null: it touches none of them.
 */
export async function checkConfig(
  source: ConfigSource,
  pullRequest: { readonly number: number; readonly base: { readonly ref: string } },
  configPath: string,
): Promise<ConfigFinding | null> {
  const base = await source.fetch(`refs/heads/${pullRequest.base.ref}`);
  const head = await source.fetch(`refs/pull/${pullRequest.number}/head`);
  if (base === null || head === null) return null;

  const isOurs = (path: string) => path === configPath || /^\.github\/agents\/[^/]+\.md$/.test(path);
  const before = await textsOf(await source.workspaceAt(base), isOurs);
  const after = await textsOf(await source.workspaceAt(head), isOurs);
  const changed = [...after]
    .filter(([path, text]) => before.get(path) !== text)
    .map(([path, text]) => ({ path, text }));
  if (changed.length === 0) return null;

  const problems = changed.flatMap(({ path, text }): ConfigProblem[] => {
    if (text === TOO_LARGE) {
      return [
        { file: path, line: 1, column: 1, message: `The file is over ${MOST_BYTES} bytes, the limit.` },
      ];
    }
    if (path !== configPath) return [];
    const parsed = parseConfig(text);
    return parsed.ok
      ? []
      : parsed.problems.map(({ line, column, message }) => ({ file: path, line, column, message }));
  });
  const roster = buildRoster(changed.filter(({ path, text }) => path !== configPath && text !== TOO_LARGE));
  for (const { path, line, column, message, fix } of roster.problems) {
    problems.push({ file: path, line, column, message: `${message} ${fix}` });
  }
  return { files: changed.map(({ path }) => path), problems };
}

async function textsOf(
  workspace: Workspace,
  wanted: (path: string) => boolean,
): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const { path, mode } of await workspace.list()) {
    if (!wanted(path) || !mode.startsWith('100')) continue;
    if (((await workspace.sizeOf(path)) ?? 0) > MOST_BYTES) {
      texts.set(path, TOO_LARGE);
      continue;
    }
    texts.set(path, new TextDecoder().decode((await workspace.read(path)) ?? new Uint8Array()));
  }
  return texts;
}
