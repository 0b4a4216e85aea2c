import { pathProblem, shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import type { Finding, Rule } from './rule.ts';

/** An NTFS 8.3 name: up to eight characters that end in a tilde and a number, up to three behind a dot. */
const SHORT_NAME = /^(?=.{1,8}(?:\.|$))[^.]{1,6}~\d{1,6}(?:\.[^.]{1,3})?$/;

/** Blocks every path that is not a plain relative path on all file systems. */
export const pathSafety: Rule = {
  name: 'path-safety',
  title: () => 'Every path is a plain relative path that git, GitHub and every file system read alike.',

  find(facts) {
    const known = new Set(facts.tree.map(({ path }) => path));
    return touchedPaths(facts).flatMap<Finding>((path) => {
      const problem = pathProblem(path);
      if (problem) return [{ verdict: 'block', path, message: problem.message, fix: problem.hint }];
      const short = path.split('/').find((name) => SHORT_NAME.test(name));
      if (short === undefined || known.has(path)) return [];
      return [
        {
          verdict: 'review',
          path,
          message: `The path ${shownPath(path)} has a part that looks like a Windows short name, so it may be another file there.`,
          fix: 'Choose a name without a tilde and a number, or have a person approve it.',
        },
      ];
    });
  },
};
