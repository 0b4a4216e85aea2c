import type { FileChange } from '../changes/file-change.ts';
import { linesOf } from '../changes/lines.ts';

/** A line of the resulting file that the file before did not have. */
export interface NewLine {
  /** 1-based. */
  readonly number: number;
  /** With its line end. */
  readonly text: string;
}

/**
 * The lines that a change brings: each line of the resulting file beyond as many equal ones as the file had before,
 * so that a line that only moves is not new. A byte order mark belongs to the file, not to its first line.
 */
export function newLinesOf({ before, after }: FileChange): NewLine[] {
  if (after === null || after === before) return [];
  const old = new Map<string, number>();
  for (const line of linesOf(withoutMark(before ?? ''))) old.set(line, (old.get(line) ?? 0) + 1);
  return linesOf(withoutMark(after)).flatMap<NewLine>((text, index) => {
    const count = old.get(text) ?? 0;
    if (count === 0) return [{ number: index + 1, text }];
    old.set(text, count - 1);
    return [];
  });
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
