import { lineDiff } from '../line-diff.ts';
import { foldLine, withoutWhiteSpace } from './fold.ts';
import { type Unspaced, unspaced as withoutSpaces } from './unspaced.ts';

/**
 * A text opened for finding places in it. `view` has plain line feeds, no byte order mark, and a line feed behind
 * its last line; `close` gives the file's own back.
 */
export interface OpenText {
  readonly view: string;
  /** The lines of `view`, without line feeds. */
  readonly lines: readonly string[];
  /** `lines`, folded (see `foldLine`). */
  readonly folded: readonly string[];
  /** `folded`, without the indents. */
  readonly trimmed: readonly string[];
  /** `folded` as one text, without any white space: what does not stand here stands nowhere, however it is spaced. */
  readonly bare: string;
  /** `folded`, without the spacing. */
  readonly unspaced: Unspaced;
  /** Where each line of `lines` starts in `view`; one more entry for the end. */
  readonly starts: readonly number[];
  /** Whether the text's last line ends in a line end. */
  readonly endsLine: boolean;
  /**
   * The text with splices made in `view`, which are in order and apart. A line end that stays is as it was; a new one
   * is that of the line it replaces, else the one that most lines have. `endsLine`: whether the last line then has one.
   */
  close(splices: readonly Splice[], endsLine?: boolean): string;
}

/** `text` instead of the view from `start` up to but not including `end`. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A byte order mark: it belongs to the file, and is no part of its first line. */
export const BOM = '\ufeff';

/** Opens a text. With `raw`, a carriage return is a character like any other, and every line end a line feed. */
export function openText(text: string, raw = false): OpenText {
  const bom = text.startsWith(BOM) ? BOM : '';
  const body = text.slice(bom.length);
  const endsLine = body === '' || body.endsWith('\n');
  const returns = !raw && body.includes('\r\n');
  const whole = endsLine ? body : `${body}\n`;
  const view = returns ? whole.replaceAll('\r\n', '\n') : whole;
  const ends = returns ? lineEndsOf(body) : null;

  const lines = once(() => (view === '' ? [] : view.slice(0, -1).split('\n')));
  const folded = once(() => lines().map(foldLine));
  const trimmed = once(() => folded().map((line) => line.trimStart()));
  const bare = once(() => withoutWhiteSpace(folded()));
  const unspaced = once(() => withoutSpaces(folded()));
  const starts = once(() => {
    let at = 0;
    return [0, ...lines().map((line) => (at += line.length + 1))];
  });

  return {
    view,
    endsLine,
    get lines() {
      return lines();
    },
    get folded() {
      return folded();
    },
    get trimmed() {
      return trimmed();
    },
    get bare() {
      return bare();
    },
    get unspaced() {
      return unspaced();
    },
    get starts() {
      return starts();
    },
    close(splices, ending = endsLine) {
      const edited = ends === null ? spliced(view, splices) : withOwnEnds(view, splices, ends);
      return bom + (ending ? edited : withoutLast(edited, ends === null ? ['\n'] : ['\r\n', '\n']));
    },
  };
}

function spliced(view: string, splices: readonly Splice[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, text } of splices) {
    parts.push(view.slice(at, start), text);
    at = end;
  }
  parts.push(view.slice(at));
  return parts.join('');
}

/** The line ends of a text, in order, and which of them most lines have. */
interface LineEnds {
  readonly all: readonly string[];
  readonly most: string;
}

function lineEndsOf(body: string): LineEnds {
  const all = body.match(/\r?\n/g) ?? [];
  const most = all.filter((end) => end === '\r\n').length * 2 > all.length ? '\r\n' : '\n';
  return { all: body.endsWith('\n') ? all : [...all, most], most };
}

function withOwnEnds(view: string, splices: readonly Splice[], { all, most }: LineEnds): string {
  const parts: string[] = [];
  let line = 0;
  const copy = (from: number, to: number) => {
    for (let at = from; at < to; ) {
      const feed = view.indexOf('\n', at);
      const stop = feed < 0 || feed >= to ? to : feed;
      parts.push(view.slice(at, stop));
      if (stop < to) parts.push(all[line++] ?? most);
      at = stop + 1;
    }
  };
  const write = (lines: readonly string[], takeEnd: () => string) => {
    for (const piece of lines) parts.push(piece.endsWith('\n') ? piece.slice(0, -1) + takeEnd() : piece);
  };
  const own = () => all[line++] ?? most;
  let at = 0;
  for (const { start, end, text } of splices) {
    copy(at, start);
    let replaced: string[] = [];
    for (const run of lineDiff(view.slice(start, end), text)) {
      if (run.removed) replaced = run.value.filter((removed) => removed.endsWith('\n')).map(own);
      else if (run.added) write(run.value, () => replaced.shift() ?? most);
      else write(run.value, own);
      if (!run.removed) replaced = [];
    }
    at = end;
  }
  copy(at, view.length);
  return parts.join('');
}

function withoutLast(text: string, ends: readonly string[]): string {
  const last = ends.find((end) => text.endsWith(end));
  return last === undefined ? text : text.slice(0, -last.length);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
