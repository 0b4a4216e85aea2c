import { shownPath } from '../../changes/paths.ts';
import { type Facts, touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import type { Finding } from './rule.ts';

/** Says of every path that a list of globs means why a person has to look at it. */
export function findPaths(
  globs: readonly string[],
  what: string,
  fix: string,
): (facts: Facts) => readonly Finding[] {
  const matches = strictMatcher(globs);
  return (facts) =>
    touchedPaths(facts).flatMap<Finding>((path) =>
      matches(path) === null
        ? []
        : [{ verdict: 'review', path, message: `${shownPath(path)} ${what}.`, fix }],
    );
}
