import type { CommandRequest } from '../commands/request.ts';
import { digestInWords } from '../policy/digest.ts';
import { unsaid } from '../policy/standing.ts';
import type { Undone } from '../runs/run-events.ts';
import type { RunView } from '../runs/run-view.ts';
import { approvalsMarkdown } from './approvals.ts';
import { cut } from './cut.ts';
import { cost, count, lines } from './figures.ts';
import { header } from './header.ts';
import { COMMENT_LIMIT, marker } from './markers.ts';
import { MEANING, reasonsMarkdown, rulesTable } from './verdict.ts';
import { code, harmlessLine, harmlessMarkdown, quoted } from './way-out.ts';

const TITLE_LIMIT = 72;

/** The title: what the thread is about, in the agent's or the thread's words; or what is undone. */
export function pullRequestTitle(request: CommandRequest, undoes: Undone | null): string {
  if (undoes) return `Undo #${undoes.number}: ${harmlessLine(undoes.title, TITLE_LIMIT)}`;
  return harmlessLine(request.thread.title, TITLE_LIMIT) || `Change for #${request.thread.number}`;
}

/** The body: what was asked, what changed and why, or what it undoes, how it was judged, what it cost. */
export function pullRequestBody(view: RunView, request: CommandRequest, undoes: Undone | null): string {
  const { thread, asker, asking, command } = request;
  const files = view.change?.files ?? [];
  const closes =
    command.verb === 'fix' && thread.kind === 'issue' ? `Fixes #${thread.number}` : `For #${thread.number}`;
  const parts = [
    marker('pull-request', view.run),
    `${asker.login} [asked](${asking.url}) in #${thread.number}:`,
    quoted(cut(harmlessMarkdown(asking.body.trim(), view.linkHosts), 2_000)),
    '### What changed',
    undoes
      ? `This undoes [#${undoes.number}](${undoes.url}):\n\n${quoted(harmlessMarkdown(undoes.title))}`
      : '',
    header(view),
    quoted(harmlessMarkdown(view.change?.summary ?? '', view.linkHosts)),
    filesTable(view),
    '### Policy',
    view.verdict ? `**${view.verdict.verdict}**: ${MEANING[view.verdict.verdict]}` : '',
    view.verdict ? approvalsMarkdown(view.verdict, unsaid(view.verdict)) : '',
    view.verdict ? reasonsMarkdown(view.verdict) : '',
    view.verdict ? `<details><summary>All rules</summary>\n\n${rulesTable(view.verdict)}\n\n</details>` : '',
    view.verdict ? `<sub>${digestInWords(view.verdict.digest, view.verdict.parts)}</sub>` : '',
    '### Checked',
    checked(view),
    `${closes}\n\n<sub>${count(files.length, 'file')}, ${lines(files)} · ${cost(view)} · base ${code((view.base ?? '').slice(0, 7))} · run ${view.run}</sub>`,
  ];
  return cut(parts.filter((part) => part !== '').join('\n\n'), COMMENT_LIMIT);
}

function checked({ agent }: RunView): string {
  const test = 'Your own checks on this branch are the test.';
  if (!agent) return `Nothing was run: git alone made this change, and no agent took part. ${test}`;
  if (!agent.runner) return `Nothing was run: agents read and edit, they do not execute. ${test}`;
  return `${agent.name} is a coding CLI (${code(agent.runner)}) and may have run commands in its throw-away copy; nothing here relies on them. ${test}`;
}

function filesTable(view: RunView): string {
  const files = view.change?.files ?? [];
  const rows = files
    .slice(0, 50)
    .map(
      (file) =>
        `| ${code(file.from ? `${file.from} → ${file.path}` : file.path)} | ${file.op} | +${file.added} −${file.removed} |`,
    );
  if (files.length > 50) rows.push(`| ${files.length - 50} more | | |`);
  return ['| file | | lines |', '| --- | --- | --- |', ...rows].join('\n');
}
