import { findPaths } from './find-paths.ts';
import type { Rule } from './rule.ts';

/** Files that steer Conductor itself, who owns what, what agents are told, and what git does on a checkout. */
const STEERING: readonly string[] = [
  '.github/conductor.yml',
  '.github/conductor.yaml',
  '.github/conductor/**',
  '.github/agents/**',
  '.github/instructions/**',
  '.github/prompts/**',
  '.github/copilot-instructions.md',
  'CODEOWNERS',
  '.github/CODEOWNERS',
  'docs/CODEOWNERS',
  '**/{AGENTS,CLAUDE,GEMINI}.md',
  '{.agents,.claude,.codex,.cursor,.gemini,.aider*}/**',
  '**/{.mcp.json,.cursorrules,.windsurfrules,.clinerules}',
  '**/{.gitmodules,.gitattributes}',
];

/** An agent never changes, without a person, the files that decide what agents may do. */
export const ownFiles: Rule = {
  name: 'own-files',
  title: () => 'Files that steer Conductor, agents, owners or git itself need a person.',
  find: findPaths(
    STEERING,
    'steers what agents or git do in this repository',
    'A person has to approve the change.',
  ),
};
