import { shownPath } from '../../changes/paths.ts';
import { changedLines } from '../changed-lines.ts';
import type { CustomRule } from '../custom-rule-settings.ts';
import { type Facts, touchedPaths } from '../facts.ts';
import { exactMatcher, strictLists } from '../globs.ts';
import { languageOf } from '../languages.ts';
import type { PolicySettings } from '../settings.ts';
import type { Finding, Rule } from './rule.ts';
import { hasLabel } from './when-allowed.ts';

/** The rules that the config holds. Those that let through are `auto-paths`' to ask: they object to nothing. */
export const customRules: Rule = {
  name: 'custom-rules',
  title({ policy: { rules } }) {
    const names = rules.map(({ name, then }) => `"${name}" (${then})`);
    const more = names.length > 20 ? ` and ${names.length - 20} more` : '';
    return names.length === 0
      ? 'The config holds no rules of its own.'
      : `The rules of the config hold: ${names.slice(0, 20).join(', ')}${more}.`;
  },

  find(facts, { policy: { rules } }) {
    const holding = rules.filter((rule) => rule.then !== 'auto' && holds(rule, facts));
    const files = filesOf(holding, touchedPaths(facts));
    return holding.flatMap<Finding>((rule, index) => {
      const paths = files[index]!;
      return paths.length === 0 ? [] : [finding(rule, paths)];
    });
  },
};

/**
 * The first rule of the config that lets all of a change through: every file is of its paths and languages, exactly as
 * they are written, and the change is within its limits, or else those of `policy.auto`.
 */
export function rulePassing(facts: Facts, { policy: { auto, rules } }: PolicySettings): CustomRule | null {
  const { applied } = facts;
  if (!applied.ok) return null;
  const paths = touchedPaths(facts);
  const { added, removed } = changedLines(applied.files);
  const passing = rules.find((rule) => {
    const { max_files = auto.max_files, max_lines = auto.max_lines_changed, ...when } = rule.when;
    if (rule.then !== 'auto' || applied.files.length > max_files || added + removed > max_lines) return false;
    if (!holds(rule, facts)) return false;
    const matches = exactMatcher(when.paths ?? []);
    return paths.every((path) => matches(path) !== null && isOf(when.languages, path));
  });
  return passing ?? null;
}

/** Whether all conditions of a rule hold that are not about single files. */
function holds({ when }: CustomRule, { applied, asker, circumstances }: Facts): boolean {
  const { labels, agent, model, costUsd } = circumstances;
  const files = applied.ok ? applied.files : [];
  const lines = () => {
    const { added, removed } = changedLines(files);
    return added + removed;
  };
  return (
    (when.labels?.some((label) => hasLabel(labels, label)) ?? true) &&
    (when.actors?.some((login) => login.toLowerCase() === asker.login.toLowerCase()) ?? true) &&
    (when.agents?.some((name) => name === agent) ?? true) &&
    (when.models?.some((name) => name === model) ?? true) &&
    (when.cost_over_usd === undefined || costUsd > when.cost_over_usd) &&
    (when.min_files === undefined || files.length >= when.min_files) &&
    (when.min_lines === undefined || lines() >= when.min_lines)
  );
}

/** The files that each rule is about. One that names neither paths nor languages is about all. */
function filesOf(rules: readonly CustomRule[], paths: readonly string[]): readonly string[][] {
  const matches = strictLists(rules.map(({ when }) => when.paths ?? []));
  const files = rules.map<string[]>(({ when }) =>
    when.paths === undefined ? paths.filter((path) => isOf(when.languages, path)) : [],
  );
  for (const path of paths) {
    for (const number of matches(path)) {
      if (isOf(rules[number]!.when.languages, path)) files[number]!.push(path);
    }
  }
  return files;
}

function isOf(languages: CustomRule['when']['languages'], path: string): boolean {
  return languages?.some((language) => language === languageOf(path)) ?? true;
}

function finding({ name, then, approvals, message }: CustomRule, paths: readonly string[]): Finding {
  const more = paths.length > 1 ? ` and ${paths.length - 1} more` : '';
  const why = message === undefined ? 'it asks for this' : withoutStop(message);
  return {
    verdict: then,
    path: paths[0]!,
    message: `The rule "${name}" holds for ${shownPath(paths[0]!)}${more}: ${why}.`,
    fix:
      then === 'block'
        ? 'Leave these files out, or have a maintainer change `policy.rules` on the base branch.'
        : `A person has to approve the change${approvals ? `: ${approvals.required} of ${approvals.from.join(', ')}` : ''}.`,
    ...(approvals && then === 'review' ? { approvals: { ...approvals, paths } } : {}),
  };
}

function withoutStop(text: string): string {
  return text.trim().replace(/\.$/, '');
}
