import { count } from './figures.ts';
import { withoutInvisible } from './way-out.ts';

/** Characters of a patch in a comment: what GitHub takes in all, less what stands around it. */
const MOST = 40_000;
/** Lines that are shown unfolded. */
const UNFOLDED = 40;

/** A diff that `git apply` takes as it is copied; where that can't be, it is said. */
export function patchMarkdown(diff: string): string {
  if (diff === '') return '';
  const shown = withoutInvisible(diff);
  const kept = shown.length <= MOST ? shown : shown.slice(0, shown.lastIndexOf('\n', MOST) + 1 || MOST);
  const notes = [
    kept.length < shown.length
      ? `The patch has ${count(shown.length, 'character')}, and a comment holds no more than the first ${kept.length.toLocaleString('en')} of them: this part does not apply by itself. Ask with \`--output=pr\` for all of it.`
      : '',
    shown === diff
      ? ''
      : 'CRLF line ends, or characters that can’t be seen, stand otherwise here than in the files: the patch may not apply as it is.',
  ];
  const block = fenced('diff', kept.endsWith('\n') ? kept : `${kept}\n`);
  const lines = count(kept.split('\n').length - 1, 'line');
  const folded =
    kept.split('\n').length > UNFOLDED
      ? `<details><summary>The patch (${lines})</summary>\n\n${block}\n\n</details>`
      : block;
  return [...notes, folded].filter((part) => part !== '').join('\n\n');
}

/** Text in a fence that is longer than any fence inside it. `text` is empty, or ends with a line end. */
export function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${text}${ticks}`;
}
