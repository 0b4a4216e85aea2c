import type { FileChange } from '../../changes/file-change.ts';
import { shownPath } from '../../changes/paths.ts';
import { changedLines } from '../changed-lines.ts';
import { exactMatcher } from '../globs.ts';
import type { PolicySettings } from '../settings.ts';
import { rulePassing } from './custom-rules.ts';
import type { Finding, Rule } from './rule.ts';

/**
 * The one rule that lets a change go without an approval, or says why not: switched on, every file in the paths it
 * names, within its own limits; or all of it let through by one rule of the config. Where it says nothing else, a person reviews.
 */
export const autoPaths: Rule = {
  name: 'auto-paths',
  title({ policy: { auto, rules } }) {
    if (!auto.enabled) return 'No change goes without an approval: `policy.auto` is off.';
    const globs = auto.paths.map((glob) => `\`${glob}\``).join(', ') || 'no path';
    const others = rules.some((rule) => rule.then === 'auto')
      ? ', and so does what `policy.rules` let through'
      : '';
    return `A change of ${globs} goes without an approval, up to ${auto.max_files} files and ${auto.max_lines_changed} lines${others}.`;
  },

  find(facts, settings) {
    const { applied } = facts;
    const { auto } = settings.policy;
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
    if (findings.length > 0) {
      const rule = rulePassing(facts, settings);
      if (rule === null) return findings;
      return [
        {
          verdict: 'auto',
          message: `The rule "${rule.name}" lets the change through.`,
          fix: 'Nothing to do.',
        },
      ];
    }
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
  const { added, removed } = changedLines(files);
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
