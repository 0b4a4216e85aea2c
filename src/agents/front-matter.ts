import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';

export interface Place {
  /** 1-based, in the whole file. */
  readonly line: number;
  readonly column: number;
}

export type FrontMatter =
  | {
      readonly ok: true;
      readonly value: unknown;
      /** What stands behind the front matter, trimmed. */
      readonly body: string;
      readonly bodyLine: number;
      /** Where the value at a path of keys stands, or the nearest thing around it. */
      readonly locate: (path: readonly PropertyKey[]) => Place;
    }
  | { readonly ok: false; readonly at: Place; readonly message: string };

const LONGEST_FILE = 128 * 1024;
const START: Place = { line: 1, column: 1 };

/** Splits a Markdown file at its `---` lines, and reads what is between them as YAML of plain data. Never throws. */
export function readFrontMatter(text: string): FrontMatter {
  if (text.length > LONGEST_FILE) return { ok: false, at: START, message: 'the file is over 128 KiB' };
  const parts = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?\n)??---[ \t]*(?:\r?\n|$)/.exec(text);
  if (parts === null) {
    return {
      ok: false,
      at: START,
      message: 'the file has to begin with a line `---`, its keys, and a line `---`',
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(parts[1] ?? '', { lineCounter: lines, prettyErrors: false, merge: false });
  // The counter starts behind the line of the opening `---`.
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line) + 1, column: Math.max(1, col) };
  };
  const wrong = document.errors[0] ?? document.warnings[0];
  if (wrong !== undefined) return { ok: false, at: place(wrong.pos[0]), message: wrong.message };
  try {
    return {
      ok: true,
      value: document.toJS({ maxAliasCount: 0 }) ?? {},
      body: text.slice(parts[0].length).trim(),
      bodyLine: parts[0].split('\n').length,
      locate: (path) => place(offsetOf(document.contents, path)),
    };
  } catch {
    return { ok: false, at: START, message: 'aliases (`*name`) are not supported' };
  }
}

function offsetOf(contents: unknown, path: readonly PropertyKey[]): number {
  let node = contents;
  let offset = isNode(node) && node.range ? node.range[0] : 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      if (isNode(pair.key) && pair.key.range) offset = pair.key.range[0];
      node = pair.value;
    } else {
      node = isSeq(node) ? node.items[Number(step)] : undefined;
      if (isNode(node) && node.range) offset = node.range[0];
    }
  }
  return offset;
}
