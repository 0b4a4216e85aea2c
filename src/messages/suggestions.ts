import type { Suggestion } from '../changes/suggestions.ts';
import type { RunView } from '../runs/run-view.ts';
import { cut } from './cut.ts';
import { count } from './figures.ts';
import { header } from './header.ts';
import { COMMENT_LIMIT, marker } from './markers.ts';
import { fenced } from './patch.ts';
import { MEANING } from './verdict.ts';
import { harmlessMarkdown, quoted } from './way-out.ts';

/** The text over a review that offers a change: what was asked, by whom, and what the agent says of it. */
export function suggestionsReview(view: RunView, suggestions: readonly Suggestion[]): string {
  const parts = [
    marker('suggestions', view.run),
    header(view),
    `${view.asker} [asked](${view.askingUrl}) for this. ${count(suggestions.length, 'suggestion')}: commit what you like, under “Files changed” also several together.`,
    quoted(harmlessMarkdown(view.change?.summary ?? '', view.linkHosts)),
    view.verdict ? `**${view.verdict.verdict}** · ${MEANING[view.verdict.verdict]}` : '',
    `<sub>run ${view.run}</sub>`,
  ];
  return cut(parts.filter((part) => part !== '').join('\n\n'), COMMENT_LIMIT);
}

/** One suggestion, as GitHub reads it: the lines of the block take the place of those that the comment stands on. */
export function suggestionBlock({ lines }: Suggestion): string {
  return fenced('suggestion', lines.map((line) => `${line}\n`).join(''));
}
