import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import type { Finding, Rule } from './rule.ts';

/**
 * Always forbidden: GitHub refuses workflow files from an App without the `workflows` permission, which ours does
 * not ask for, and from the Action's own token always. No config can allow what could not be written.
 */
const ALWAYS = strictMatcher(['.github/workflows/**']);

/** Blocks every path that the config forbids, however it is spelled. */
export const forbiddenPaths: Rule = {
  name: 'forbidden-paths',
  title: ({ policy }) =>
    `Nothing touches ${['.github/workflows/**', ...policy.forbidden_paths]
      .filter((glob, index, all) => all.indexOf(glob) === index)
      .map((glob) => `\`${glob}\``)
      .join(', ')}.`,

  find(facts, { policy }) {
    const configured = strictMatcher(policy.forbidden_paths);
    return touchedPaths(facts).flatMap<Finding>((path) => {
      const always = ALWAYS(path);
      const glob = always ?? configured(path);
      if (glob === null) return [];
      return [
        {
          verdict: 'block',
          path,
          message: `${shownPath(path)} is in \`${glob}\`, which no change may touch.`,
          fix: always
            ? 'Leave workflow files to a person: GitHub lets neither the App nor the Action write them.'
            : 'Leave the file out, or have a maintainer change `policy.forbidden_paths` on the base branch.',
        },
      ];
    });
  },
};
