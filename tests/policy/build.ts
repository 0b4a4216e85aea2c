import type { Change } from '../../src/changes/change-set.ts';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { type Facts, gatherFacts, NO_CIRCUMSTANCES, type Proposed } from '../../src/policy/facts.ts';
import { judge } from '../../src/policy/judge.ts';
import {
  changeLimitsSchema,
  type PolicySection,
  type PolicySettings,
  policySchema,
} from '../../src/policy/settings.ts';
import type { Reason, Verdict } from '../../src/policy/verdict.ts';
import { BASE, changeSet } from '../changes/build.ts';

export const FILES: Record<string, MemoryFile> = {
  'README.md': 'hello\n',
  'src/a.ts': 'one\ntwo\n',
  'docs/guide.md': 'guide\n',
  'run.sh': { content: '#!/bin/sh\n', mode: '100755' },
  link: { content: 'README.md', mode: '120000' },
  CODEOWNERS: '* @acme/leads\n',
};

type Overrides = { [Key in keyof PolicySection]?: Partial<PolicySection[Key]> | PolicySection[Key] };

/** Settings that let everything through that no rule holds back. */
export function open(
  policy: Overrides = {},
  limits: Partial<PolicySettings['change_limits']> = {},
): PolicySettings {
  const auto = {
    enabled: true,
    paths: ['**'],
    max_files: 5_000,
    max_lines_changed: 1_000_000,
    ...policy.auto,
  };
  return {
    change_limits: changeLimitsSchema.parse({ max_files: 5_000, max_lines_changed: 1_000_000, ...limits }),
    policy: policySchema.parse({ ...policy, auto }),
  };
}

/** The verdict on changes to FILES. */
export async function verdictOn(
  changes: readonly Change[],
  settings: PolicySettings = open(),
  files: Record<string, MemoryFile> = FILES,
): Promise<Verdict> {
  return judge(await factsOf(changes, files), settings);
}

/** The facts of changes to FILES. */
export function factsOf(
  changes: readonly Change[],
  files: Record<string, MemoryFile> = FILES,
  more: Partial<Proposed> = {},
): Promise<Facts> {
  const workspace = memoryWorkspace(BASE, files);
  return gatherFacts({
    changeSet: changeSet(...changes),
    change: '1a2b3c4d5e6f',
    workspace,
    trusted: workspace,
    asker: { login: 'octocat', permission: 'write' },
    circumstances: NO_CIRCUMSTANCES,
    ...more,
  });
}

/** What one rule said. */
export function saidBy(verdict: Verdict, rule: string): { verdict: string; reasons: readonly Reason[] } {
  return verdict.rules.find((result) => result.rule === rule)!;
}
