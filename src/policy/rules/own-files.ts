import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import type { Finding, Rule } from './rule.ts';

/** Files that steer Conductor itself, who owns what, what agents are told, and what git does on a checkout. */
const STEERING = strictMatcher([
  '.github/conductor.yml',
  '.github/conductor.yaml',
  '.github/conductor/**',
  '.github/agents/**',
  '.github/actions/**',
  '.github/instructions/**',
  '.github/copilot-instructions.md',
  'CODEOWNERS',
  '.github/CODEOWNERS',
  'docs/CODEOWNERS',
  '**/AGENTS.md',
  '**/CLAUDE.md',
  '**/GEMINI.md',
  '.claude/**',
  '**/.gitmodules',
  '**/.gitattributes',
]);

/** An agent never changes, without a person, the files that decide what agents may do. */
export const ownFiles: Rule = {
  name: 'own-files',
  title: () => 'Files that steer Conductor, agents, owners or git itself need a person.',

  find(facts) {
    return touchedPaths(facts).flatMap<Finding>((path) => {
      if (STEERING(path) === null) return [];
      return [
        {
          verdict: 'review',
          path,
          message: `${shownPath(path)} steers what agents or git do in this repository.`,
          fix: 'A person has to approve the change.',
        },
      ];
    });
  },
};
