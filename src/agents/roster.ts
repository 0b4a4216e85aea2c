import { BUILT_IN_AGENTS } from './built-in.ts';
import { nameOf, parseProfile } from './parse-profile.ts';
import type { AgentProfile, ProfileProblem } from './profile.ts';

/** The agents of a repository, by name. */
export interface Roster {
  readonly agents: ReadonlyMap<string, AgentProfile>;
  readonly problems: readonly ProfileProblem[];
}

/**
 * Reads the files of `.github/agents/`. A file takes the place of a built-in agent of its name, also when it is
 * broken: then nobody answers to that name, so that a mistake never hands out more than the file would. The other
 * agents stay. A README there is not an agent.
 */
export function buildRoster(files: readonly { readonly path: string; readonly text: string }[]): Roster {
  const agents = new Map<string, AgentProfile>();
  const sources = new Map<string, string>();
  const problems: ProfileProblem[] = [];
  const ours = files
    .filter(({ path }) => !/(?:^|\/)readme\.md$/i.test(path))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const { path, text } of ours) {
    const name = nameOf(path);
    const other = sources.get(name);
    if (other !== undefined) {
      problems.push({
        path,
        line: 1,
        column: 1,
        message: `\`${other}\` is an agent of the same name.`,
        fix: 'Rename or remove one of the two.',
      });
      agents.delete(name);
      continue;
    }
    sources.set(name, path);
    const parsed = parseProfile(text, path);
    if (parsed.ok) agents.set(name, parsed.profile);
    else problems.push(...parsed.problems);
  }
  for (const agent of BUILT_IN_AGENTS) if (!sources.has(agent.name)) agents.set(agent.name, agent);
  return { agents, problems };
}
