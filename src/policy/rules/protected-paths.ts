import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import type { Finding, Rule } from './rule.ts';

/** Paths that the config protects need an owner's approval. */
export const protectedPaths: Rule = {
  name: 'protected-paths',
  title: ({ policy }) =>
    policy.protected_paths.length === 0
      ? 'No paths are protected by the config.'
      : `An owner approves changes in ${policy.protected_paths.map((glob) => `\`${glob}\``).join(', ')}.`,

  find(facts, { policy }) {
    const matches = strictMatcher(policy.protected_paths);
    return touchedPaths(facts).flatMap<Finding>((path) => {
      const glob = matches(path);
      if (glob === null) return [];
      return [
        {
          verdict: 'review',
          path,
          message: `${shownPath(path)} is in \`${glob}\`, which is protected.`,
          fix: 'An owner of the file has to approve the change.',
          approvals: { required: 1, from: ['owners'] },
        },
      ];
    });
  },
};
