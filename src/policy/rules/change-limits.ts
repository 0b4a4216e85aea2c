import { changedLines } from '../changed-lines.ts';
import type { Finding, Rule } from './rule.ts';

/** Holds a change that is too large to wave through. Counted in the trees' own texts, never in a diff listing. */
export const changeLimits: Rule = {
  name: 'change-limits',
  title: ({ change_limits: { max_files, max_lines_changed } }) =>
    `A change touches at most ${max_files} files and ${max_lines_changed} lines.`,

  find({ applied }, { change_limits: limits }) {
    if (!applied.ok) return [];
    const { added, removed } = changedLines(applied.files);
    const findings: Finding[] = [];
    if (applied.files.length > limits.max_files) {
      findings.push(over(`${applied.files.length} files`, limits.max_files, 'max_files'));
    }
    if (added + removed > limits.max_lines_changed) {
      findings.push(
        over(
          `${added + removed} lines (+${added}, -${removed})`,
          limits.max_lines_changed,
          'max_lines_changed',
        ),
      );
    }
    return findings;
  },
};

function over(what: string, limit: number, key: string): Finding {
  return {
    verdict: 'review',
    message: `The change touches ${what}; the limit is ${limit}.`,
    fix: `Ask for a smaller change, approve this one, or raise \`change_limits.${key}\`.`,
  };
}
