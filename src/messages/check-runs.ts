import { auditRecord } from '../audit/audit-record.ts';
import { reasonsOf } from '../policy/explain.ts';
import type { Judgement } from '../policy/verdict.ts';
import type { RunView } from '../runs/run-view.ts';
import { cut, upTo } from './cut.ts';
import { count, lines } from './figures.ts';
import { MEANING, reasonsMarkdown, rulesTable } from './verdict.ts';
import { code, harmlessMarkdown, harmlessText } from './way-out.ts';

/** GitHub's limits: 65,535 characters of summary and of text, 50 annotations a request. */
const CHECK_LIMIT = 65_535;
const ANNOTATIONS_A_REQUEST = 50;

/** What a check run shows; the publisher adds the commit and the run id. */
export interface CheckContent {
  readonly name: 'conductor/policy' | 'conductor/audit' | 'conductor/config';
  readonly conclusion: 'success' | 'action_required' | 'failure' | 'neutral';
  readonly title: string;
  readonly summary: string;
  readonly text: string;
  readonly annotations: readonly {
    readonly path: string;
    readonly start_line: number;
    readonly end_line: number;
    readonly annotation_level: 'notice' | 'warning' | 'failure';
    readonly message: string;
    readonly title: string;
  }[];
}

const CONCLUSION: Readonly<Record<Judgement, CheckContent['conclusion']>> = {
  auto: 'success',
  review: 'action_required',
  block: 'failure',
};

/** `conductor/policy`: the verdict, the rules that decided, and the lines they hit. */
export function policyCheck(view: RunView): CheckContent | null {
  const { verdict } = view;
  if (!verdict) return null;
  const hits = reasonsOf(verdict).filter((reason) => reason.path !== null && reason.verdict !== 'auto');
  return {
    name: 'conductor/policy',
    conclusion: CONCLUSION[verdict.verdict],
    title: `${verdict.verdict}: ${MEANING[verdict.verdict]}`,
    summary: cut(`${reasonsMarkdown(verdict)}\n\nDigest ${code(verdict.digest)}`, CHECK_LIMIT),
    text: cut(rulesTable(verdict), CHECK_LIMIT),
    annotations: hits.slice(0, ANNOTATIONS_A_REQUEST).map((reason) => ({
      path: reason.path ?? '',
      start_line: reason.line ?? 1,
      end_line: reason.line ?? 1,
      annotation_level: reason.verdict === 'block' ? 'failure' : 'warning',
      title: reason.rule,
      message: upTo(harmlessText(`${reason.message} ${reason.fix}`), 60_000),
    })),
  };
}

/** `conductor/audit`: who asked for what, which model did it, what it cost, which rule allowed it. */
export function auditCheck(view: RunView): CheckContent {
  const record = auditRecord(view);
  const rows: [string, string][] = [
    ['asked by', `${record.askedBy} at ${record.askedAt} ([comment](${record.askingUrl}))`],
    ['agent', `${record.agent} on ${code(record.model)}`],
    [
      'model calls',
      `${record.modelCalls}: ${count(record.inputTokens, 'token')} in (${record.cachedTokens.toLocaleString('en')} from cache), ${count(record.outputTokens, 'token')} out`,
    ],
    ...record.fallbacks.map(({ from, to, code: why }): [string, string] => [
      'fallback',
      `${code(from)} did not answer (${code(why)}), ${code(to)} was asked`,
    ]),
    ['cost', record.costUsd === null ? 'unknown: the model has no price' : `$${record.costUsd.toFixed(4)}`],
    ...(record.around === null
      ? []
      : ([
          ['this thread so far', `$${record.around.threadUsd.toFixed(4)}`],
          ['this repository today', `$${record.around.dayUsd.toFixed(4)}`],
        ] satisfies [string, string][])),
    ...(record.leftOut.length === 0
      ? []
      : ([['not told, edited since', record.leftOut.slice(0, 20).map(code).join(', ')]] satisfies [
          string,
          string,
        ][])),
    ['base', code(record.base)],
    ['config', code(record.configDigest)],
    ['change set', code(record.changeDigest)],
    ['verdict', `${record.verdict} (${record.decidingRules.join(', ')}), ${code(record.verdictDigest)}`],
    ['run', code(record.run)],
  ];
  const files = record.files
    .map((file) => `- ${code(file.path)} ${file.op} +${file.added} −${file.removed}`)
    .join('\n');
  return {
    name: 'conductor/audit',
    conclusion: 'success',
    title: `Asked by ${record.askedBy}, done by ${record.agent}: ${count(record.files.length, 'file')}, ${lines(record.files)}`,
    summary: cut(
      ['| | |', '| --- | --- |', ...rows.map(([key, of]) => `| ${key} | ${of} |`)].join('\n'),
      CHECK_LIMIT,
    ),
    text: cut(
      `### Files\n\n${files}\n\n### Asked\n\n${harmlessMarkdown(view.asked, view.linkHosts)}`,
      CHECK_LIMIT,
    ),
    annotations: [],
  };
}
