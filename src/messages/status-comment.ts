import { digestInWords } from '../policy/digest.ts';
import { unsaid } from '../policy/standing.ts';
import { asksMark } from '../runs/asks-mark.ts';
import { costMark } from '../runs/cost-mark.ts';
import { movedMark } from '../runs/head-marks.ts';
import { pressedMark } from '../runs/pressed-mark.ts';
import type { RunView } from '../runs/run-view.ts';
import { lastWrite } from '../runs/run-view.ts';
import { approvalsMarkdown } from './approvals.ts';
import { cut } from './cut.ts';
import { cost, count, elapsed, lines } from './figures.ts';
import { header } from './header.ts';
import { helpText } from './help.ts';
import { COMMENT_LIMIT, marker } from './markers.ts';
import { patchMarkdown } from './patch.ts';
import { repairLine } from './repair.ts';
import { MEANING, reasonsMarkdown } from './verdict.ts';
import { code, harmlessMarkdown, quoted } from './way-out.ts';

/** The one status comment of a run, at any moment of it. `trigger`: the word that people mention. */
export function statusComment(view: RunView, trigger: string): string {
  const body = bodyOf(view, trigger);
  const parts = [
    marker('status', view.run),
    view.pressed ? pressedMark(view.pressed) : '',
    view.asks && view.outcome ? asksMark(view.asks) : '',
    header(view),
    repairLine(view),
    view.follows && view.outcome ? movedMark(view.follows, view.outcome.code) : '',
    ...body,
    conflictPart(view),
    fallbacks(view),
    footer(view),
    details(view),
  ];
  const mark = view.outcome && view.costUsd > 0 ? `\n\n${costMark(view.costUsd)}` : '';
  return `${cut(parts.filter((part) => part !== '').join('\n\n'), COMMENT_LIMIT - mark.length)}${mark}`;
}

/** Characters of what stands beside a patch, which is to be whole. */
const BESIDE_PATCH = 6_000;

function bodyOf(view: RunView, trigger: string): string[] {
  if (view.outcome) return ended(view, trigger);
  return view.startedAt === '' ? waiting(view) : working(view, trigger);
}

/** Other runs of the thread come first: one at a time, in the order in which they were asked for. */
function waiting(view: RunView): string[] {
  const ahead = view.ahead ?? 0;
  const before = ahead === 1 ? 'one request of this thread comes' : `${ahead} requests of this thread come`;
  return [`Waiting: ${before} first.`];
}

function working(view: RunView, trigger: string): string[] {
  const done = (text: string) => `- [x] ${text}`;
  const open = (text: string) => `- [ ] ${text}`;
  const thought = view.change !== null;
  const pullRequest = lastWrite(view, 'pull_request');
  const steps = [
    view.base
      ? done(`Read ${code(view.baseBranch ?? '')} at ${code(view.base.slice(0, 7))}`)
      : open('Read the repository'),
    thought
      ? done(`Think: ${work(view)}`)
      : open(view.modelCalls > 0 ? `Think: ${work(view)} so far` : 'Think'),
  ];
  if (view.agent?.mayEdit) {
    steps.push(
      view.verdict ? done(`Policy: ${view.verdict.verdict}`) : open('Policy'),
      pullRequest ? done(`Pull request ${pullRequest.name}`) : open('Pull request'),
    );
  }
  return ['Working.', steps.join('\n'), `Reply ${code(`@${trigger} stop`)} to cancel.`];
}

function ended(view: RunView, trigger: string): string[] {
  const { outcome } = view;
  if (!outcome) return [];
  const words = outcome.answer === null ? '' : harmlessMarkdown(outcome.answer, view.linkHosts);
  const said = harmlessMarkdown(outcome.message);

  switch (outcome.code) {
    case 'help':
      return [said, helpText(trigger)];
    case 'answered':
      return [words];
    case 'budget_told':
    case 'doctor_told':
    case 'thread_status':
    case 'stopped_runs':
    case 'retried':
    case 'nothing_to_stop':
    case 'nothing_left':
    case 'undone_already':
      return [harmlessMarkdown(outcome.message), outcome.next ? harmlessMarkdown(outcome.next) : ''];
    case 'why_told':
      return [said, words];
    case 'context_told':
      return [said, `<details><summary>Files, and what was left out</summary>\n\n${words}\n\n</details>`];
    case 'pull_request_opened':
    case 'commit_pushed':
      return [`${said} ${outcome.next ?? ''}`.trim(), quoted(words), verdictPart(view), approvalPart(view)];
    case 'approved':
    case 'approval_counted':
    case 'denied':
      return [`${said} ${outcome.next ?? ''}`.trim(), approvalPart(view)];
    case 'suggested':
      return [`${said} [${outcome.next}](${lastWrite(view, 'review')?.url})`, verdictPart(view)];
    case 'previewed':
    case 'patch_shown':
      return [
        `${said} ${outcome.next ?? ''}`.trim(),
        quoted(cut(words, BESIDE_PATCH)),
        cut(verdictPart(view), BESIDE_PATCH),
        patchMarkdown(outcome.diff ?? ''),
      ];
    case 'policy_block':
      // The rules say where and what to do themselves.
      return [
        '⛔ Policy blocks this change, so nothing was written.',
        verdictPart(view) || said,
        words && `${saidBefore(view)}\n\n${quoted(words)}`,
        permittedPart(outcome.diff),
      ];
    default:
      return [
        `${SIGN[outcome.state]} ${said}`,
        outcome.next ? harmlessMarkdown(outcome.next) : '',
        words && `${saidBefore(view)}\n\n${quoted(words)}`,
      ];
  }
}

/** What the asker may take by hand, or ask for alone. */
const permittedPart = (diff = '') =>
  diff &&
  `<details><summary>The rest of the change, which no rule blocks</summary>\n\n${patchMarkdown(diff)}\n\n</details>`;

/** Whose words follow, so that nobody takes what an agent claimed for what happened. */
function saidBefore(view: RunView): string {
  const name = view.agent?.name ?? 'the agent';
  return view.outcome?.state === 'waiting'
    ? `${name} asks:`
    : `What ${name} said before that, and what did not happen:`;
}

const SIGN = { done: '✅', waiting: '❓', refused: '⛔', failed: '⚠️', stopped: '⏹️' } as const;

function verdictPart(view: RunView): string {
  if (!view.verdict || !view.change) return '';
  const size = `${count(view.change.files.length, 'file')}, ${lines(view.change.files)}`;
  return [
    `**${view.verdict.verdict}** · ${size} · ${MEANING[view.verdict.verdict]}`,
    reasonsMarkdown(view.verdict),
  ].join('\n');
}

/** Whose yes the change needs, and what it is bound to. */
function approvalPart({ verdict, standing }: RunView): string {
  if (!verdict || verdict.verdict === 'block') return '';
  const approvals = approvalsMarkdown(verdict, standing ?? unsaid(verdict));
  return [approvals, `<sub>${digestInWords(verdict.digest, verdict.parts)}</sub>`]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Whoever works on a pull request that does not merge wants to know, whatever they asked. */
function conflictPart({ conflictsWith, cause, outcome }: RunView): string {
  if (conflictsWith === null || cause === 'base_moved' || outcome?.code === 'conflict') return '';
  return `⚠️ This pull request conflicts with ${code(conflictsWith)}.`;
}

/** Whoever pays, or chose a model with care, wants to know that another one did the work. */
function fallbacks(view: RunView): string {
  return view.fallbacks
    .slice(-10)
    .map(
      ({ from, to, code: why }) =>
        `↪ ${code(from)} did not answer (${code(why)}): ${code(to)} was asked instead.`,
    )
    .join('\n');
}

function footer(view: RunView): string {
  if (view.startedAt === '') return `<sub>run ${view.run}</sub>`;
  if (!view.outcome) return `<sub>${elapsed(view)} · ${cost(view)} · run ${view.run}</sub>`;
  const branch = lastWrite(view, 'branch');
  const pullRequest = lastWrite(view, 'pull_request');
  const links = `${branch ? ` · branch ${code(branch.name)}` : ''}${pullRequest?.url ? ` · [checks](${pullRequest.url}/checks)` : ''}`;
  const archived =
    view.archivedAfterMinutes === null
      ? ''
      : ` · session archived after ${view.archivedAfterMinutes} idle minutes; the next mention reopens it`;
  return `<sub>${view.outcome.state} · ${view.outcome.code} · ${elapsed(view)} · ${cost(view)}${links} · run ${view.run}${ledgerPlace(view)}${archived}</sub>`;
}

/** Short, and still too long for anybody to find another chain that ends like it. */
const ledgerPlace = ({ anchor }: RunView) =>
  anchor === null ? '' : ` · ledger ${code(`${anchor.sequence}:${anchor.hash.slice(0, 16)}`)}`;

function details(view: RunView): string {
  if (view.tools.length === 0) return '';
  const rows = view.tools
    .slice(-40)
    .map(({ tool, target, ok }) =>
      `- ${ok ? '' : '✗ '}${tool} ${target ? code(target.slice(0, 200)) : ''}`.trimEnd(),
    );
  return `<details><summary>What it looked at (${count(view.tools.length, 'step')})</summary>\n\n${rows.join('\n')}\n\n</details>`;
}

const work = (view: RunView) =>
  `${count(view.modelCalls, 'model call')}, ${count(view.tools.length, 'tool use')}`;
