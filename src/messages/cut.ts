/** Characters around a cut in which the boundary of what people see as one character is looked for. */
const AROUND = 200;
const GRAPHEMES = new Intl.Segmenter();
/** For what closes what is open, and for saying what is missing. */
const ENDING = 120;
const FENCE = /^( {0,3})(`{3,}|~{3,})(.*)$/;

/** At most so many UTF-16 units of a text, and no character of it in part: a flag or a skin tone goes with its person. */
export function upTo(text: string, most: number): string {
  if (text.length <= most) return text;
  const from = Math.max(0, most - AROUND);
  let end = from;
  for (const { index, segment } of GRAPHEMES.segment(text.slice(from, most + AROUND)))
    if (from + index + segment.length <= most) end = from + index + segment.length;
  const kept = text.slice(0, end > from ? end : most);
  return kept.isWellFormed() ? kept : kept.slice(0, -1);
}

/**
 * Cuts Markdown at `most` characters: between two characters, and in a table between two rows. Closes the code fence
 * and the folded parts that are open there, and says how much is missing.
 */
export function cut(markdown: string, most: number): string {
  if (markdown.length <= most) return markdown;
  const whole = upTo(markdown, most - ENDING);
  const lastLine = whole.lastIndexOf('\n') + 1;
  const kept = whole.startsWith('|', lastLine) ? whole.slice(0, lastLine).trimEnd() : whole;
  return `${kept}${closing(kept)}\n\n… ${markdown.length - kept.length} more characters`;
}

/** What closes what a text leaves open. A fence inside another one is text, as `<details>` is. */
function closing(markdown: string): string {
  let fence: { readonly indent: string; readonly mark: string } | null = null;
  let folded = 0;
  for (const line of markdown.split('\n')) {
    const [, indent = '', mark = '', rest = ''] = FENCE.exec(line) ?? [];
    if (fence !== null) {
      if (mark.startsWith(fence.mark) && rest.trim() === '') fence = null;
    } else if (mark !== '' && !(mark.startsWith('`') && rest.includes('`'))) fence = { indent, mark };
    else folded += count(line, '<details>') - count(line, '</details>');
  }
  const end = fence === null ? '' : `\n${fence.indent}${fence.mark}`;
  return end + '\n\n</details>'.repeat(Math.max(0, Math.min(folded, 3)));
}

const count = (line: string, tag: string) => line.split(tag).length - 1;
