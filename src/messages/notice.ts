import type { RunView } from '../runs/run-view.ts';
import { cut } from './cut.ts';
import { header } from './header.ts';
import { COMMENT_LIMIT, marker } from './markers.ts';
import { reasonsMarkdown } from './verdict.ts';
import { harmlessMarkdown, quoted } from './way-out.ts';

/**
 * A comment of its own, which notifies: only where a person must act. Its one live mention is the asker's.
 * `statusUrl`: the run's status comment, with the details.
 */
export function notice(view: RunView, statusUrl: string | null): string {
  const { outcome } = view;
  if (!outcome) return '';
  const blocked = outcome.code === 'policy_block' && view.verdict;
  const parts = [
    marker('notice', view.run),
    header(view),
    `${view.asker === '' ? '' : `@${view.asker} `}${blocked ? 'policy blocks this change, so nothing was written.' : harmlessMarkdown(outcome.message)}`,
    outcome.state === 'waiting' && outcome.answer
      ? quoted(harmlessMarkdown(outcome.answer, view.linkHosts))
      : '',
    blocked ? reasonsMarkdown(blocked) : harmlessMarkdown(outcome.next ?? ''),
    `<sub>${outcome.code} · run ${view.run}${statusUrl ? ` · [details](${statusUrl})` : ''}</sub>`,
  ];
  return cut(parts.filter((part) => part !== '').join('\n\n'), COMMENT_LIMIT);
}
