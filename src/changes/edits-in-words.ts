import type { EditFormat } from './edit.ts';
import { type ParsedEdits, parseEdits } from './formats/parse-edits.ts';

/** What a text holds that is written in one format, and what is left of its lines without that. */
const SHOWN: readonly {
  readonly format: EditFormat;
  readonly starts: RegExp;
  readonly ends: RegExp;
}[] = [
  { format: 'search-replace-blocks', starts: /^<{7} SEARCH/, ends: /^>{7} REPLACE/ },
  { format: 'apply-patch', starts: /^\s*\*{3} Begin Patch\s*$/, ends: /^\s*\*{3} End Patch\s*$/ },
  {
    format: 'unified-diff',
    starts: /^(?:diff --git |--- )/,
    ends: /^(?![ +\-@\\]|diff |index |new |old |deleted |rename |similarity |$)/,
  },
];
const FENCE = /^\s*(?:`{3,}|~{3,})/;

/**
 * The edits that an answer in words is, for models that cannot call tools: a change set or a list of search/replace as
 * JSON and nothing else; or search/replace blocks, a patch envelope, or a diff, with prose around them. Null when it
 * is none of these, or when it shows other code too: prose with an example in it stays prose. What looks like edits
 * and can't be read is an error, to be told to the model. Apply them with `applyEdits`. Never throws.
 */
export function editsInWords(text: string): ParsedEdits | null {
  const start = text.trimStart();
  if (start.startsWith('{') && text.includes('"changes"')) return parseEdits('change-set', text);
  if (start.startsWith('[') && text.includes('"search"') && text.includes('"replace"'))
    return parseEdits('search-replace', text);
  const lines = text.split(/\r?\n/);
  const shown = SHOWN.filter(({ format, starts }) =>
    lines.some((line, at) => starts.test(line) && isStart(format, lines, at)),
  );
  const [only, ...others] = shown;
  if (!only || others.length > 0 || showsOtherCode(lines, only)) return null;
  return parseEdits(only.format, text);
}

/** Three dashes alone are a rule of Markdown; a diff has the second name below. */
function isStart(format: EditFormat, lines: readonly string[], at: number): boolean {
  return (
    format !== 'unified-diff' ||
    lines[at]!.startsWith('diff ') ||
    (lines[at + 1]?.startsWith('+++ ') ?? false)
  );
}

/** Whether a fence outside the edits holds more than a line, such as a file name. */
function showsOtherCode(lines: readonly string[], { starts, ends }: (typeof SHOWN)[number]): boolean {
  let [isEdit, isFenced, shown] = [false, false, 0];
  for (const line of lines) {
    if (isEdit) {
      isEdit = !ends.test(line);
      if (isEdit || !FENCE.test(line)) continue;
    } else if (starts.test(line)) {
      isEdit = true;
      continue;
    }
    if (FENCE.test(line)) [isFenced, shown] = [!isFenced, 0];
    else if (isFenced && line.trim() !== '') shown += 1;
    if (shown > 1) return true;
  }
  return false;
}
