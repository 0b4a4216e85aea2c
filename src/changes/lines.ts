export type LineEnd = '\n' | '\r\n';

/** The lines of a text, each with its line end; the last may have none. An empty text has no lines. */
export function linesOf(text: string): string[] {
  const lines: string[] = [];
  for (let from = 0; from < text.length; ) {
    const at = text.indexOf('\n', from);
    const to = at < 0 ? text.length : at + 1;
    lines.push(text.slice(from, to));
    from = to;
  }
  return lines;
}

/** The line end that most lines of a text have; LF when there is none. A lone CR is an ordinary character, as in git. */
export function lineEndOf(text: string): LineEnd {
  let crlf = 0;
  let lf = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (text[at - 1] === '\r') crlf += 1;
    else lf += 1;
  }
  return crlf > lf ? '\r\n' : '\n';
}

/** Whether every line end of a text, and at least one, is CRLF. */
export function hasOnlyCrlf(text: string): boolean {
  return text.includes('\n') && !/(?<!\r)\n/.test(text);
}

/** The same lines with one kind of line end. */
export function withLineEnds(text: string, end: LineEnd): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\n', end);
}

/** A text without its one final line end, if it has one. */
export function withoutFinalLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}

/** The 1-based number of the line that an offset stands on. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
