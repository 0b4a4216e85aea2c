import { type AuditRecord, auditRecord } from '../audit/audit-record.ts';
import { reasonsOf } from '../policy/explain.ts';
import { type Standing, unsaid } from '../policy/standing.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Anchor } from '../runs/run-events.ts';
import { lastWrite, type RunView } from '../runs/run-view.ts';
import { approvalsMarkdown, standingInWords } from './approvals.ts';
import { annotationsOn, CHECK_LIMIT, type CheckContent, TITLE_LIMIT } from './check-runs.ts';
import { cut } from './cut.ts';
import { count, lines } from './figures.ts';
import { code, harmlessMarkdown } from './way-out.ts';

/** Behind how a head stands: what has happened since the run, and the run's own record. By their headings they are found again. */
const SINCE = '### Since then';
const RECORD = '### What Conductor did';

const MOST_SINCE = 100;
const MOST_FILES = 200;
const MOST_ASKED = 10_000;

/** A `conductor/audit` that stands already. */
export interface FormerAudit {
  readonly commit: string;
  readonly summary: string;
  readonly text: string;
}

/** What has become of a pull request since its last `conductor/audit`. */
export interface Since {
  readonly at: string;
  readonly head: string;
  /** Who brought the head, where it is a new one and not Conductor's. */
  readonly pushed: { readonly login: string; readonly at: string } | null;
  readonly verdict: Verdict;
  readonly standing: Standing;
  readonly run: string;
  readonly anchor: Anchor | null;
}

/** `conductor/audit`: who asked for what, which agents and models did it, what it cost, which rule allowed it, whose yes is in. */
export function auditCheck(view: RunView): CheckContent {
  const record = auditRecord(view);
  const { verdict } = view;
  const standing = verdict && (view.standing ?? unsaid(verdict));
  return {
    name: 'conductor/audit',
    conclusion: 'success',
    title: cut(
      `Asked by ${record.askedBy}, done by ${record.agent}: ${count(record.files.length, 'file')}, ${lines(record.files)}`,
      TITLE_LIMIT,
    ),
    summary: inParts(
      verdict && standing ? `${doneBy(record)}${standsNow(verdict, standing)}` : '',
      [],
      recordMarkdown(record),
    ),
    text: cut([filesMarkdown(record, view), askedMarkdown(record, view)].join('\n\n'), CHECK_LIMIT),
    annotations: verdict ? linesHit(verdict, view.change?.files ?? []) : [],
    actions: [],
  };
}

/**
 * The same for a head that no run made, or on which people have said yes or no: all that the newest record says, what has
 * happened since, and how it stands now. `former` null: no record of Conductor's is left on the pull request.
 */
export function auditAgain(former: FormerAudit | null, since: Since): CheckContent {
  const { verdict, standing, pushed, head } = since;
  const { happened, record } = partsOf(former);
  const by = pushed ? pushedBy(pushed, head) : '';
  const title = `${pushed ? `Pushed by ${nameOf(pushed)}. ` : ''}${verdict.verdict}: ${standingInWords(verdict, standing)}`;
  return {
    name: 'conductor/audit',
    conclusion: 'success',
    title: cut(title, TITLE_LIMIT),
    summary: inParts(`${by}${standsNow(verdict, standing)}`, [...happened, sinceLine(since)], record),
    text: former?.text ?? '',
    annotations: linesHit(verdict, []),
    actions: [],
  };
}

const NO_RECORD = `${RECORD}\n\nNo record of Conductor’s was found on the commits of this pull request.`;

/** What stands in front of the record holds nobody's own words: the first heading of each name is ours. */
function partsOf(former: FormerAudit | null): {
  readonly happened: readonly string[];
  readonly record: string;
} {
  if (former === null) return { happened: [], record: NO_RECORD };
  const [front = '', ...rest] = former.summary.split(`\n${RECORD}\n`);
  if (rest.length === 0) return { happened: [], record: `${RECORD}\n\n${former.summary}` };
  const [, since = ''] = front.split(`\n${SINCE}\n`);
  const happened = since.split('\n').filter((line) => line.startsWith('- '));
  return { happened, record: [RECORD, rest.join(`\n${RECORD}\n`)].join('\n') };
}

const doneBy = ({ askedBy, agent, files }: AuditRecord) =>
  `Asked by ${askedBy}, made by ${agent}: ${count(files.length, 'file')}, ${lines(files)}.\n\n`;

const pushedBy = (pushed: NonNullable<Since['pushed']>, head: string) =>
  `${code(head.slice(0, 7))} was pushed by ${nameOf(pushed)}, not by Conductor: the record below is that of the commits before.\n\n`;

const nameOf = ({ login }: { readonly login: string }) => login || 'somebody whom GitHub does not name';

function inParts(stands: string, happened: readonly string[], record: string): string {
  const list = happened.slice(-MOST_SINCE);
  const since = list.length === 0 ? [] : [`${SINCE}\n\n${list.join('\n')}`];
  return cut([stands, ...since, record].join('\n\n'), CHECK_LIMIT);
}

const standsNow = (verdict: Verdict, standing: Standing) =>
  [
    `Policy says **${verdict.verdict}**: ${standingInWords(verdict, standing)}`,
    approvalsMarkdown(verdict, standing),
  ]
    .filter((part) => part !== '')
    .join('\n\n');

function sinceLine({ at, head, pushed, verdict, standing, run, anchor }: Since): string {
  const by = pushed ? `${nameOf(pushed)} pushed ${code(head)}. ` : '';
  const place = anchor ? `, ledger ${ledgerPlace(anchor)}` : '';
  const when = (pushed?.at || at).replace(/\.\d+Z$/, 'Z');
  const stands = `${verdict.verdict}: ${standingInWords(verdict, standing)}`;
  return `- ${when}: ${by}${stands} (${code(verdict.digest)}, run ${code(run)}${place})`;
}

function ledgerPlace({ sequence, hash, url }: Anchor): string {
  return `${code(`${sequence}:${hash}`)}${url ? ` ([this job’s file](${url}))` : ''}`;
}

type Row = readonly [string, string];

function recordMarkdown(record: AuditRecord): string {
  const { askedBy, askedAt, askingUrl, agent, model, around, leftOut, ledger } = record;
  const rows: Row[] = [
    ['asked by', `${askedBy} at ${askedAt} ([comment](${askingUrl}))`],
    ['agent', `${agent} on ${code(model)}`],
    ['verdict', `${record.verdict} (${record.decidingRules.join(', ')}), ${code(record.verdictDigest)}`],
    ['change set', code(record.changeDigest)],
    ['time', timesInWords(record)],
    ['model calls', callsInWords(record)],
    ...record.fallbacks.map(
      ({ from, to, code: why }): Row => [
        'fallback',
        `${code(from)} did not answer (${code(why)}), ${code(to)} was asked`,
      ],
    ),
    ['cost', dollars(record.costUsd)],
    ...(around
      ? ([
          ['this thread so far', dollars(around.threadUsd)],
          ['this repository today', dollars(around.dayUsd)],
        ] satisfies Row[])
      : []),
    ...(leftOut.length > 0
      ? ([['not told, edited since', leftOut.slice(0, 20).map(code).join(', ')]] satisfies Row[])
      : []),
    ['base', code(record.base)],
    ['config', code(record.configDigest)],
    ['context', code(record.contextDigest)],
    ['run', code(record.run)],
    ...(ledger ? ([['ledger', ledgerPlace(ledger)]] satisfies Row[]) : []),
  ];
  const table = ['| | |', '| --- | --- |', ...rows.map(([key, of]) => `| ${key} | ${of} |`)].join('\n');
  return `${RECORD}\n\n${table}${usesMarkdown(record)}`;
}

function callsInWords({ modelCalls, inputTokens, cachedTokens, outputTokens }: AuditRecord): string {
  return `${modelCalls}: ${count(inputTokens, 'token')} in (${cachedTokens.toLocaleString('en')} from cache), ${count(outputTokens, 'token')} out`;
}

function timesInWords({ times }: AuditRecord): string {
  return Object.entries(times)
    .map(([step, ms]) => `${step} ${seconds(ms)}`)
    .join(', ');
}

function usesMarkdown({ uses }: AuditRecord): string {
  if (uses.length === 0) return '';
  const rows = uses.map(
    ({ agent, model, calls, inputTokens, outputTokens, costUsd, ms, firstPrompt }) =>
      `| ${agent} | ${code(model)} | ${calls} | ${inputTokens} | ${outputTokens} | ${seconds(ms)} | ${dollars(costUsd)} | ${code(firstPrompt)} |`,
  );
  const head = '| agent | model | calls | tokens in | tokens out | waited | cost | first prompt |';
  return `\n\n### Agents and models\n\n${[head, '| --- | --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n')}`;
}

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const dollars = (usd: number | null) =>
  usd === null ? 'unknown: the model has no price' : `$${usd.toFixed(4)}`;

function filesMarkdown({ files }: AuditRecord, view: RunView): string {
  const shown = files
    .slice(0, MOST_FILES)
    .map((file) => `- ${code(file.path)} ${file.op} +${file.added} −${file.removed}`);
  const commit = lastWrite(view, 'commit');
  const all = commit?.url ? `[the commit](${commit.url})` : 'the commit';
  const more = files.length > MOST_FILES ? [`- ${files.length - MOST_FILES} more: see ${all}`] : [];
  return `### Files\n\n${[...shown, ...more].join('\n')}`;
}

function askedMarkdown({ askingUrl }: AuditRecord, { asked, linkHosts }: RunView): string {
  const whole = harmlessMarkdown(asked, linkHosts);
  const shown = cut(whole, MOST_ASKED);
  return `### Asked\n\n${shown}${shown === whole ? '' : `\n\n[All of it](${askingUrl})`}`;
}

/** Only lines of what stands in the head: not of files that the change takes away. */
function linesHit(verdict: Verdict, files: AuditRecord['files']): CheckContent['annotations'] {
  const gone = new Set(files.filter(({ op }) => op === 'delete').map(({ path }) => path));
  return annotationsOn(
    reasonsOf(verdict).filter(
      ({ path, line, verdict: says }) => path !== null && line !== null && says !== 'auto' && !gone.has(path),
    ),
  );
}
