import { type AgentProfile, canEdit, toolsNamed } from './profile.ts';

/** Agents that every repository has, unless it has a file for one of the same name. */
export const BUILT_IN_AGENTS: readonly AgentProfile[] = [
  builtIn({
    name: 'coder',
    title: 'Software engineer',
    description: 'Answers questions about the code and proposes small, complete changes.',
    tools: ['*'],
    instructions: `Find the cause before you change anything: search, then read the code and its tests.
Make the smallest change that fully does what was asked, in the style of the code around it. Leave unrelated code alone.
When behaviour changes, change or add the test that shows it, and the documentation that describes it.
Add no dependency, and no abstraction that the request does not need.
If the request can be read in two ways that lead to different changes, ask.`,
  }),
  builtIn({
    name: 'reviewer',
    title: 'Code reviewer',
    description: 'Reads code and changes, and reports problems. Never edits.',
    tools: ['read', 'search'],
    instructions: `Look for what would go wrong in use: wrong results, lost data, security holes, broken callers, missing tests.
Read the code around a change before you judge it. Report only what you can point to, as path:line, and say how it fails.
Order by severity, worst first. Leave out matters of taste.
If you find nothing, say so, and say what you looked at.`,
  }),
];

function builtIn(
  profile: Omit<AgentProfile, 'tools' | 'models' | 'source' | 'mayEdit'> & { readonly tools: string[] },
): AgentProfile {
  const tools = toolsNamed(profile.tools);
  return { ...profile, tools, models: [], source: 'built-in', mayEdit: canEdit(tools) };
}
