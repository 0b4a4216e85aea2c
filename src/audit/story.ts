import type { AuditEvent, AuditKind } from './audit-event.ts';
import type { LedgerEntry } from './chain.ts';
import { readBody } from './let-go.ts';

/** One row of a run, read. What is gone is missing from `detail`. */
interface Read<Kind extends AuditKind> {
  readonly entry: LedgerEntry;
  readonly body: Extract<AuditEvent, { kind: Kind }>['body'];
  readonly detail: Partial<NonNullable<Extract<AuditEvent, { kind: Kind }>['detail']>>;
}

type Reader = <Kind extends AuditKind>(kind: Kind) => readonly Read<Kind>[];

/**
 * The story of a run in at most ten lines of plain text, from the rows that the ledger has of it, in their order. Names
 * and words in it are anybody's: on a line of its own each, and still to be made harmless for where it is shown. Empty:
 * there are no rows.
 */
export function storyOf(entries: readonly LedgerEntry[]): readonly string[] {
  if (entries.length === 0) return [];
  const of = readerOf(entries);
  return [asked, facts, accepted, models, tools, change, verdict, approvals, writes]
    .map((tell) => tell(of))
    .filter((line) => line !== '')
    .concat(ended(of, entries))
    .map(plain);
}

function readerOf(entries: readonly LedgerEntry[]): Reader {
  const byKind = Map.groupBy(entries, ({ row }) => row.kind);
  return <Kind extends AuditKind>(kind: Kind) =>
    (byKind.get(kind) ?? []).map((entry) => {
      const detail = readBody(entry.detail?.text ?? '');
      return { entry, body: readBody(entry.row.body), detail } as unknown as Read<Kind>;
    });
}

function asked(of: Reader): string {
  const [first] = of('run_started');
  const last = of('run_started').at(-1);
  if (first === undefined || last === undefined) return who(of) ? `${who(of)} asked for something.` : '';
  const { thread, at } = first.entry.row;
  const { verb, cause } = first.body;
  const text = of('asked')[0]?.detail.text;
  const what = cause === 'mention' ? (verb ?? 'something in plain words') : `this by ${CAUSES[cause]}`;
  const words = text === undefined ? 'The words are not kept any more.' : `“${cut(text, 160)}”`;
  const again = last.body.attempt > 1 ? ` Attempt ${last.body.attempt} of it.` : '';
  return `${who(of)} asked for ${what} in #${thread} at ${at}.${again} ${words}`;
}

const CAUSES = {
  mention: 'a mention',
  changes_requested: 'a review that requests changes',
  failing_checks: 'checks that fail',
  base_moved: 'a push to the base branch',
  approving_review: 'a review that approves',
  button: 'a button',
  recheck: 'something that may void an approval',
} as const;

function who(of: Reader): string {
  const { entry } = of('run_started')[0] ?? of('run_queued')[0] ?? of('command_refused')[0] ?? {};
  if (entry === undefined) return '';
  if (entry.row.actor === null || entry.login === '') return 'Nobody';
  return entry.login ?? 'Somebody who is not known any more';
}

function facts(of: Reader): string {
  const found = of('facts_gathered').at(-1);
  if (found === undefined) return '';
  const { permission, base, config } = found.body;
  const branch = found.detail.branch ? `${found.detail.branch} at ` : '';
  const judged = config === null ? 'no config, so the defaults' : `the config ${config.slice(0, 12)}`;
  return `They had ${permission} access; the base was ${branch}${base.slice(0, 12)}, with ${judged}.`;
}

function accepted(of: Reader): string {
  const found = of('command_accepted').at(-1);
  if (found === undefined) return '';
  const { agent, model, runner, may_edit, budget_usd, timeout_minutes } = found.body;
  const may = may_edit ? 'might propose a change' : 'might only answer';
  const money = budget_usd === null ? '' : ` and $${budget_usd}`;
  const by = runner === null ? '' : ` through ${runner}`;
  return `The agent ${agent}, with ${model}${by}, ${may}, in at most ${timeout_minutes} minutes${money}.`;
}

function models(of: Reader): string {
  const calls = [...Map.groupBy(of('model_called'), ({ body }) => body.model)];
  const each = calls.map(([model, all]) => {
    const sum = (count: (body: (typeof all)[number]['body']) => number | null) =>
      all.reduce((total, { body }) => total + (count(body) ?? 0), 0);
    const failed = sum(({ failed }) => (failed ? 1 : 0));
    const price = all.some(({ body }) => body.cost_usd === null)
      ? 'price unknown'
      : usd(sum((body) => body.cost_usd));
    const took = `${(sum((body) => body.milliseconds) / 1_000).toFixed(1)} s`;
    const tokens = `${sum((body) => body.input_tokens)} tokens in (${sum((body) => body.cached_tokens)} cached), ${sum((body) => body.output_tokens)} out`;
    return `${model} was called ${times(all.length)}${failed > 0 ? ` (${failed} failed)` : ''}: ${tokens}, ${price}, ${took}`;
  });
  const fell = of('model_fell_back').map(
    ({ body: { from, to, code } }) => `${from} did not answer (${code}), so ${to} was asked`,
  );
  return listed('Models', [...each, ...fell]);
}

function tools(of: Reader): string {
  const used = of('tool_used');
  if (used.length === 0) return '';
  const named = [...Map.groupBy(used, ({ detail }) => detail.tool ?? 'a tool whose name is not kept')];
  const failed = used.filter(({ body }) => !body.ok).length;
  const list = named.map(([tool, all]) => `${tool} ${times(all.length)}`).join(', ');
  return `It used ${cut(list, 200)}${failed > 0 ? `; ${failed} of them failed` : ''}.`;
}

function change(of: Reader): string {
  const found = of('change_proposed').at(-1);
  if (found === undefined) return '';
  const { files, added, removed, digest } = found.body;
  const summary = found.detail.summary ? ` “${cut(found.detail.summary, 160)}”` : '';
  return `It proposed a change of ${files} file${files === 1 ? '' : 's'}, +${added} −${removed}, ${digest.slice(0, 19)}.${summary}`;
}

function verdict(of: Reader): string {
  const found = of('verdict_reached').at(-1);
  if (found === undefined) return '';
  const { verdict: judged, rules, digest } = found.body;
  const deciding = Object.keys(rules).filter((rule) => rules[rule] === judged);
  const because = judged === 'auto' ? 'no rule objected' : `decided by ${cut(deciding.join(', '), 200)}`;
  return `Policy said ${judged}: ${because} (${digest.slice(0, 19)}).`;
}

function approvals(of: Reader): string {
  const name = ({ entry }: { entry: LedgerEntry }) => entry.login ?? 'somebody';
  const said = [
    ...of('approval_asked').map(({ body }) => `asked for ${body.name}`),
    ...of('approval_given').map((word) => `${name(word)} said yes`),
    ...of('approval_denied').map((word) => `${name(word)} said no`),
    ...of('approval_voided').map((word) => `${name(word)}’s word did not count (${word.body.code})`),
  ];
  const state = of('approvals_weighed').at(-1)?.body.state;
  return listed('Approvals', state === undefined ? said : [...said, `all in all ${state}`]);
}

function writes(of: Reader): string {
  const written = of('written').map(({ body: { thing, how }, detail: { name = '', url } }) => {
    const link = thing === 'pull_request' && url ? ` at ${url}` : '';
    return [thing.replace('_', ' '), name.replace(/^([0-9a-f]{12})[0-9a-f]{28}$/, '$1'), how + link]
      .filter((part) => part !== '')
      .join(' ');
  });
  const failed = of('write_failed').map(
    ({ body: { thing, code } }) => `${thing.replace('_', ' ')} failed (${code})`,
  );
  return written.length + failed.length === 0 ? '' : `It wrote: ${[...written, ...failed].join('; ')}.`;
}

function ended(of: Reader, entries: readonly LedgerEntry[]): string {
  const found = of('run_ended').at(-1);
  const [first, last] = [entries[0]?.row, entries.at(-1)?.row];
  const rows = `Rows ${first?.sequence} to ${last?.sequence} of the ledger tell of it.`;
  const refused = of('command_refused').at(-1);
  if (found === undefined)
    return refused ? `It was refused (${refused.body.code}). ${rows}` : `It has not ended. ${rows}`;
  const began = of('run_started').at(-1)?.entry.row.at ?? first?.at ?? '';
  const seconds = Math.max(0, Math.round((Date.parse(found.entry.row.at) - Date.parse(began)) / 1_000));
  const message = found.detail.message ? ` ${cut(found.detail.message, 200)}` : '';
  return `It ended ${found.body.state} (${found.body.code}) after ${seconds} s.${message} ${rows}`;
}

const times = (count: number) => (count === 1 ? 'once' : `${count} times`);
const usd = (dollars: number) => `$${dollars.toFixed(dollars > 0 && dollars < 0.1 ? 4 : 2)}`;
const cut = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 1)}…`);

const listed = (what: string, parts: readonly string[]) =>
  parts.length === 0 ? '' : `${what}: ${parts.join('; ')}.`;

/** One line, and nothing that moves a cursor, or can't be seen. */
const plain = (line: string) =>
  line
    .toWellFormed()
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();
