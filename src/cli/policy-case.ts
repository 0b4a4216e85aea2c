import type { Change } from '../changes/change-set.ts';
import { memoryWorkspace } from '../changes/memory-workspace.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { Position } from '../config/read-yaml.ts';
import { reasonsOf } from '../policy/explain.ts';
import { judge } from '../policy/judge.ts';
import type { PolicySettings } from '../policy/settings.ts';
import type { Judgement, Requirement, Verdict } from '../policy/verdict.ts';
import type { PolicyCase } from './policy-cases.ts';
import { factsIn } from './policy-judging.ts';
import { touching } from './policy-touch.ts';

/** What came of a case; no problems: it holds. */
export interface CaseResult {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  readonly verdict: Judgement;
  readonly problems: readonly (Position & { readonly message: string })[];
}

/** Judges the change of one case, and compares the verdict with what it expects. */
export async function tryCase(
  tried: PolicyCase,
  file: string,
  own: Workspace,
  settings: PolicySettings,
): Promise<CaseResult> {
  const workspace = tried.base === undefined ? own : memoryWorkspace('case', tried.base);
  const changes = await changesOf(tried, workspace);
  const { actor, permission, labels, agent, model, cost_usd, at } = tried.circumstances;
  const facts = await factsIn(
    workspace,
    { version: 1, base: workspace.commit, summary: tried.name, changes },
    { login: actor, permission },
    { labels, agent, model, costUsd: cost_usd, at: new Date(at).toISOString() },
  );
  const verdict = judge(facts, settings);
  const { line } = tried.at.name;
  return { file, name: tried.name, line, verdict: verdict.verdict, problems: problemsOf(tried, verdict) };
}

async function changesOf({ changes, files, touch }: PolicyCase, workspace: Workspace): Promise<Change[]> {
  const modes = new Map((await workspace.list()).map(({ path, mode }) => [path, mode]));
  const written = Object.entries(files).flatMap<Change>(([path, content]) => {
    const mode = modes.get(path);
    const removed: Change[] = mode !== undefined || content === null ? [{ op: 'delete_file', path }] : [];
    if (content === null) return removed;
    return [...removed, { op: 'create_file', path, content, ...(mode === undefined ? {} : { mode }) }];
  });
  return [...changes, ...written, ...(await touching(touch, workspace))];
}

function problemsOf({ expect, at }: PolicyCase, verdict: Verdict): CaseResult['problems'] {
  const decided = reasonsOf(verdict)
    .filter((reason) => reason.verdict === verdict.verdict)
    .slice(0, 3)
    .map(({ rule, message }) => `${rule}: ${message}`);
  const wrongVerdict =
    verdict.verdict === expect.verdict
      ? []
      : [
          {
            ...at.verdict,
            message: `The verdict is ${verdict.verdict}, not ${expect.verdict}. ${decided.join(' ')}`,
          },
        ];
  const objects = verdict.rules.filter((rule) => rule.verdict !== 'auto').map(({ rule }) => rule);
  const silent = expect.rules
    .filter((rule) => !objects.includes(rule))
    .map((rule) => ({
      ...at.rules,
      message: `${rule} does not object. Those that do: ${objects.join(', ') || 'none'}.`,
    }));
  const wanted = expect.approvals;
  const wrongApprovals =
    wanted === undefined || areMet(wanted, verdict.approvals)
      ? []
      : [
          {
            ...at.approvals,
            message: `The approvals that are needed are ${JSON.stringify(verdict.approvals)}.`,
          },
        ];
  return [...wrongVerdict, ...silent, ...wrongApprovals];
}

/** Whether there are as many approvals as wanted, each of them one that is wanted. */
function areMet(
  wanted: NonNullable<PolicyCase['expect']['approvals']>,
  needed: readonly Requirement[],
): boolean {
  const open = [...needed];
  for (const want of wanted) {
    const index = open.findIndex((each) =>
      (['rule', 'required', 'from', 'paths'] as const).every(
        (key) => want[key] === undefined || JSON.stringify(want[key]) === JSON.stringify(each[key]),
      ),
    );
    if (index < 0) return false;
    open.splice(index, 1);
  }
  return open.length === 0;
}
