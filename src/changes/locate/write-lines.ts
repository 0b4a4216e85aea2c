import type { HunkLine } from '../edit.ts';
import { lineDiff } from '../line-diff.ts';
import type { LineChange } from './align.ts';
import type { OpenText, Splice } from './open-text.ts';

/** Old and new lines as one hunk: what both have is context. */
export function hunkBetween(old: readonly string[], now: readonly string[]): HunkLine[] {
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return lineDiff(text(old), text(now)).flatMap(({ added, removed, value }) =>
    value.map<HunkLine>((line) => ({ sign: added ? '+' : removed ? '-' : ' ', text: line.slice(0, -1) })),
  );
}

/** What a hunk changes whose old lines stand, one for one, at line `at`. Its context is left as the file has it. */
export function changesAt(hunk: readonly HunkLine[], at: number): LineChange[] {
  const changes: { from: number; to: number; lines: string[] }[] = [];
  let line = at;
  let open = false;
  for (const { sign, text } of hunk) {
    if (sign === ' ') {
      line += 1;
      open = false;
      continue;
    }
    if (!open) changes.push({ from: line, to: line, lines: [] });
    open = true;
    const change = changes.at(-1)!;
    if (sign === '+') change.lines.push(text);
    else change.to = line += 1;
  }
  return changes;
}

/** Changes of whole lines as splices of the text's view. */
export function splicesOf(text: OpenText, changes: readonly LineChange[]): Splice[] {
  return changes.map(({ from, to, lines }) => ({
    start: text.starts[from] ?? text.view.length,
    end: text.starts[to] ?? text.view.length,
    text: lines.map((line) => `${line}\n`).join(''),
  }));
}
