import { Command } from 'commander';
import { shownPath } from '../changes/paths.ts';
import type { Workspace } from '../changes/workspace.ts';
import { type CodeOwners, entryOf } from '../policy/code-owners.ts';
import { reasonsOf } from '../policy/explain.ts';
import { type Facts, touchedPaths } from '../policy/facts.ts';
import { exactMatcher, strictMatcher } from '../policy/globs.ts';
import { judge } from '../policy/judge.ts';
import type { PolicySettings } from '../policy/settings.ts';
import type { Reason } from '../policy/verdict.ts';
import { answer } from './answer.ts';
import {
  askerOf,
  type CircumstanceOptions,
  circumstancesOf,
  withCircumstances,
} from './policy-circumstances.ts';
import { type Answered, cannotAnswer, factsFrom, factsIn, inDirectory } from './policy-judging.ts';
import { CONFIG, settingsFor } from './policy-settings.ts';
import { touching } from './policy-touch.ts';
import { needs } from './policy-words.ts';

interface WhyOptions extends CircumstanceOptions {
  readonly base: string;
  readonly changeSet?: string;
  readonly config?: string;
  readonly json?: boolean;
}

/** What holds for one path. */
interface Explained {
  readonly path: string;
  readonly owners: readonly string[];
  /** Where CODEOWNERS says so; null where it does not speak of the path. */
  readonly entry: { readonly file: string; readonly line: number; readonly pattern: string } | null;
  /** The globs of the config that mean the path, each with its key. */
  readonly globs: readonly { readonly key: string; readonly glob: string }[];
  readonly reasons: readonly Reason[];
}

/** `conductor policy why`: who owns paths, which globs mean them, and what the rules say. */
export function policyWhy(): Command {
  const why = new Command('why')
    .description(
      'Explain paths: who owns them, which globs of the config mean them, what the rules would say.',
    )
    .argument('[path...]', 'paths, each taken to be changed by one line; or give --change-set')
    .option('--base <dir>', 'the git checkout (at HEAD) or plain folder', '.')
    .option('--change-set <file>', 'explain the paths of this change set, as JSON')
    .option('--config <file>', `the policy to explain; the base's own ${CONFIG} when not given`);
  return withCircumstances(why)
    .option('--json', 'for machines')
    .action(async (paths: string[], options: WhyOptions) => {
      const json = options.json ?? false;
      const asked = await inDirectory(options.base, async (workspace) => {
        const facts = await factsAsked(workspace, paths, options);
        if (!facts.ok) return facts;
        const settings = await settingsFor(workspace, options.config);
        return settings.ok ? { ok: true, value: { facts: facts.value, settings: settings.value } } : settings;
      });
      if (!asked.ok) return cannotAnswer(json, asked.error);
      const { facts, settings } = asked.value;
      const verdict = judge(facts, settings);
      const reasons = reasonsOf(verdict);
      const explained = touchedPaths(facts).map((path) => explain(path, facts.codeOwners, settings, reasons));
      const general = reasons.filter(({ path }) => path === null);
      const value = {
        verdict: verdict.verdict,
        paths: explained,
        reasons: general,
        approvals: verdict.approvals,
      };
      const lines = [
        ...explained.flatMap(words),
        `${verdict.verdict}, all in all`,
        ...general.filter((reason) => reason.verdict !== 'auto').map(reasonWords),
        ...needs(verdict.approvals, facts.codeOwners),
      ];
      answer(json, value, lines.join('\n'), 0);
    });
}

async function factsAsked(
  workspace: Workspace,
  paths: readonly string[],
  options: WhyOptions,
): Promise<Answered<Facts>> {
  if ((options.changeSet === undefined) === (paths.length === 0)) {
    const message = 'Give paths or a change set, one of the two.';
    const hint = 'For example: conductor policy why src/a.ts';
    return { ok: false, error: { code: 'nothing_asked', message, hint } };
  }
  if (options.changeSet !== undefined) return factsFrom(workspace, options.changeSet, options);
  const changes = await touching(paths, workspace);
  const changeSet = { version: 1 as const, base: workspace.commit, summary: 'One line each.', changes };
  return {
    ok: true,
    value: await factsIn(workspace, changeSet, askerOf(options), circumstancesOf(options)),
  };
}

function explain(
  path: string,
  codeOwners: CodeOwners | null,
  settings: PolicySettings,
  reasons: readonly Reason[],
): Explained {
  const entry = codeOwners === null ? null : entryOf(codeOwners, path);
  return {
    path,
    owners: entry?.owners ?? [],
    entry:
      codeOwners === null || entry === null
        ? null
        : { file: codeOwners.path, line: entry.line, pattern: entry.pattern },
    globs: globLists('policy', settings.policy).flatMap(({ key, globs }) => {
      // What lets through is matched as written, what holds back in any spelling, as the rules do.
      const matches = key === 'policy.auto.paths' ? exactMatcher(globs) : strictMatcher(globs);
      const glob = matches(path);
      return glob === null ? [] : [{ key, glob }];
    }),
    reasons: reasons.filter((reason) => reason.path === path),
  };
}

/** Every list of globs in the policy, by its key. */
function globLists(key: string, value: unknown): { key: string; globs: string[] }[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) {
    if (!/(?:\.|_)paths$/.test(key))
      return value.flatMap((item, index) => globLists(`${key}.${index}`, item));
    return [{ key, globs: value.filter((glob) => typeof glob === 'string') }];
  }
  return Object.entries(value).flatMap(([name, member]) => globLists(`${key}.${name}`, member));
}

function words({ path, owners, entry, globs, reasons }: Explained): string[] {
  const where = entry === null ? '' : ` (${entry.file}:${entry.line} ${entry.pattern})`;
  return [
    shownPath(path),
    `  owned by  ${owners.join(' ') || 'nobody'}${where}`,
    ...globs.map(({ key, glob }) => `  in        ${key}: ${glob}`),
    ...reasons.map(reasonWords),
  ];
}

function reasonWords({ verdict, rule, message, fix }: Reason): string {
  return `  ${verdict.padEnd(8)}  ${rule}: ${message} ${fix}`;
}
