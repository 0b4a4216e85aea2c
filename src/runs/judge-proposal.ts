import { createHash } from 'node:crypto';
import { applyChangeSet } from '../changes/apply-change-set.ts';
import type { FileChange } from '../changes/file-change.ts';
import { countLines, unifiedDiff } from '../changes/unified-diff.ts';
import { reasonsOf } from '../policy/explain.ts';
import { type Circumstances, gatherFacts as gatherPolicyFacts, NO_CIRCUMSTANCES } from '../policy/facts.ts';
import { judgeTogether, type Origin } from '../policy/judge-together.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { PolicyCheck } from './approval-ports.ts';
import type { Facts } from './gather-facts.ts';
import { ends, type StepResult, value } from './outcome.ts';
import type { Run } from './run.ts';
import type { Undone } from './run-events.ts';
import type { Proposal } from './think.ts';
import { type WholeChange, wholeChange } from './whole-change.ts';

/** A proposal that policy let through. */
export interface JudgedProposal {
  readonly files: readonly FileChange[];
  /** The agent's own words; of a change by git alone, ours. */
  readonly summary: string;
  readonly verdict: Verdict;
  readonly undoes: Undone | null;
  readonly circumstances: Circumstances;
}

/** Puts the proposal before policy. A block ends the run with the rule, the file, and the way to yes. */
export async function judgeProposal(
  run: Run,
  facts: Facts,
  proposal: Proposal,
): Promise<StepResult<JudgedProposal>> {
  const { changeSet, files, text, undoes = null } = proposal;
  await run.record({
    kind: 'change_proposed',
    digest: `sha256:${createHash('sha256').update(JSON.stringify(changeSet)).digest('hex')}`,
    summary: text,
    files: files.map((file) => ({ path: file.path, op: file.op, from: file.from, ...countLines([file]) })),
  });

  const whole = await wholeChange(run, facts, changeSet);
  if (!whole.ok) return whole;
  const { pull } = facts.base;
  const before = pull?.own
    ? await run.step('checks-before', () => run.ports.approvals.checksOn(pull.head))
    : [];
  const { asker, asking, thread } = run.request;
  const { agent, costUsd } = run.view();
  const circumstances: Circumstances = {
    labels: thread.labels ?? [],
    agent: agent?.name ?? null,
    model: agent?.model ?? null,
    costUsd,
    at: asking.createdAt || run.view().startedAt,
  };
  const origin = { asker: { login: asker.login, permission: facts.permission }, circumstances };
  const verdict = await judgeWhole(facts, whole.value, { change: run.id, origins: [origin], before });
  await run.record({ kind: 'verdict_reached', verdict });
  // What is published is what the change set was seen to do, not what the agent said it does.
  const applied = await applyChangeSet(changeSet, facts.workspace);
  if (verdict.verdict !== 'block' && applied.ok)
    return value({ files: applied.files, summary: text, verdict, undoes, circumstances });

  const first = reasonsOf(verdict).find((reason) => reason.verdict === 'block');
  return ends({
    state: 'refused',
    code: 'policy_block',
    message: `Policy blocks this change, so nothing was written${first ? `: rule \`${first.rule}\`. ${first.message}` : '.'}`,
    next: first?.fix ?? 'See the verdict for what each rule found.',
    answer: text,
    ...(applied.ok && permittedPart(run, verdict, applied.files)),
  });
}

/** A rule tells so many reasons at most: with as many, not every file that it blocks is known. */
const ALL_REASONS_BELOW = 100;

/** The files of a blocked change that no rule blocks, as a patch for whoever asked; nothing where that can't be told. */
function permittedPart(
  { ports }: Run,
  { rules }: Verdict,
  files: readonly FileChange[],
): { readonly diff: string } | null {
  const blocking = rules.flatMap(({ reasons }) => reasons.filter(({ verdict }) => verdict === 'block'));
  if (rules.some(({ reasons }) => reasons.length >= ALL_REASONS_BELOW)) return null;
  if (blocking.some(({ path }) => path === null)) return null;
  const isBlocked = (path: string | null) => blocking.some((reason) => reason.path === path);
  const rest = files.filter(({ path, from }) => !isBlocked(path) && (from === null || !isBlocked(from)));
  if (rest.length === 0 || ports.holdsSecret(rest.map(({ after }) => after ?? ''))) return null;
  return { diff: rest.map(unifiedDiff).join('') };
}

/** What is known of a whole change beside its files. */
interface Known {
  /** What it is known by. */
  readonly change: string;
  /** Of each run that made a part of it. */
  readonly origins: readonly Origin[];
  /** How what it stands on was judged; a verdict that needed a person goes on needing one. */
  readonly before: readonly PolicyCheck[];
}

const NOBODY: Origin = { asker: { login: '', permission: 'none' }, circumstances: NO_CIRCUMSTANCES };

/** Policy's word on a whole change. */
export async function judgeWhole(
  { trusted, config }: Facts,
  { changeSet, workspace }: WholeChange,
  { change, origins, before }: Known,
): Promise<Verdict> {
  const facts = await gatherPolicyFacts({
    changeSet,
    change,
    workspace,
    trusted,
    ...(origins[0] ?? NOBODY),
    atLeast: before.some(({ verdict }) => verdict === 'review') ? 'review' : 'auto',
  });
  return judgeTogether(facts, config, origins);
}
