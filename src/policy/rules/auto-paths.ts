import type { FileChange } from '../../changes/file-change.ts';
import { shownPath } from '../../changes/paths.ts';
import { countLines } from '../../changes/unified-diff.ts';
import { exactMatcher } from '../globs.ts';
import type { PolicySettings } from '../settings.ts';
import type { Finding, Rule } from './rule.ts';

/**
 * The one rule that lets a change go without an approval, or says why not: switched on, every file in the paths it
 * names, within its own limits. Where it says nothing else, a person reviews.
 */
export const autoPaths: Rule = {
  name: 'auto-paths',
  title({ policy: { auto } }) {
    if (!auto.enabled) return 'No change goes without an approval: `policy.auto` is off.';
    const globs = auto.paths.map((glob) => `\`${glob}\``).join(', ') || 'no path';
    return `A change of ${globs} goes without an approval, up to ${auto.max_files} files and ${auto.max_lines_changed} lines.`;
  },

  find({ applied }, { policy: { auto } }) {
    if (!auto.enabled) {
      return [
        review(
          'A person approves every change here, since `policy.auto` is off.',
          'Review the pull request. A maintainer may turn `policy.auto` on for changes that need no approval.',
        ),
      ];
    }
    if (!applied.ok) return [review('What does not apply cannot be let through.', 'Correct the change set.')];
    const findings = [...outside(applied.files, auto), ...overLimits(applied.files, auto)];
    if (findings.length > 0) return findings;
    const message = 'Every file is in `policy.auto.paths`, and the change is within its limits.';
    return [{ verdict: 'auto', message, fix: 'Nothing to do.' }];
  },
};

type Auto = PolicySettings['policy']['auto'];

function outside(files: readonly FileChange[], auto: Auto): Finding[] {
  const matches = exactMatcher(auto.paths);
  return files
    .flatMap(({ path, from }) => (from === null ? [path] : [from, path]))
    .filter((path) => matches(path) === null)
    .map((path) => ({
      ...review(`${shownPath(path)} is not in \`policy.auto.paths\`.`, 'A person has to approve the change.'),
      path,
    }));
}

function overLimits(files: readonly FileChange[], auto: Auto): Finding[] {
  const { added, removed } = countLines(files);
  const over = [
    { count: files.length, what: 'files', limit: auto.max_files },
    { count: added + removed, what: 'lines', limit: auto.max_lines_changed },
  ].filter(({ count, limit }) => count > limit);
  return over.map(({ count, what, limit }) =>
    review(
      `The change touches ${count} ${what}; up to ${limit} go without an approval.`,
      'Review the pull request, or ask for a smaller change.',
    ),
  );
}

function review(message: string, fix: string): Finding {
  return { verdict: 'review', message, fix };
}
