/** How generated edits are written, and how the files that they are of are dressed. */
export type GeneratedFormat = 'lines' | 'part' | 'blocks' | 'numbered' | 'loose' | 'v4a';
export type Random = (below: number) => number;

interface Written {
  readonly head: readonly string[];
  readonly old: readonly string[];
  readonly now: readonly string[];
  readonly tail: readonly string[];
  readonly line: number;
}

const signed = (sign: string, lines: readonly string[]) => lines.map((line) => `${sign}${line}\n`).join('');
const body = ({ head, old, now, tail }: Written) =>
  signed(' ', head) + signed('-', old) + signed('+', now) + signed(' ', tail);
const textOfParts = (...parts: readonly (readonly string[])[]) => signed('', parts.flat());

export const WRITERS: Readonly<Record<Exclude<GeneratedFormat, 'part'>, (edit: Written) => string>> = {
  lines: ({ head, old, now, tail }) => json(textOfParts(head, old, tail), textOfParts(head, now, tail)),
  blocks: ({ head, old, now, tail }) =>
    `f\n<<<<<<< SEARCH\n${textOfParts(head, old, tail)}=======\n${textOfParts(head, now, tail)}>>>>>>> REPLACE\n`,
  numbered: (edit) => {
    const context = edit.head.length + edit.tail.length;
    const [before, after] = [context + edit.old.length, context + edit.now.length];
    const start = before === 0 ? edit.line - 1 : edit.line;
    return `--- a/f\n+++ b/f\n@@ -${start},${before} +${start},${after} @@\n${body(edit)}`;
  },
  loose: (edit) => `\`\`\`diff\n--- f\n+++ f\n@@ ... @@\n${body(edit)}\`\`\`\n`,
  v4a: (edit) => `*** Begin Patch\n*** Update File: f\n@@\n${body(edit)}*** End Patch\n`,
};

export function json(search: string, replace: string): string {
  return JSON.stringify([{ path: 'f', search, replace }]);
}

export interface Dress {
  readonly on: (lines: readonly string[]) => string;
  readonly endsLine: boolean;
  readonly isMixed: boolean;
}

/** A file's own dress: line ends, a byte order mark, no line end at the end. Mixed ends go by what a line says. */
export function dressOf(random: Random, isUniform: boolean): Dress {
  const [kind, bom, endsLine] = [random(isUniform ? 2 : 3), random(5) === 0, random(4) > 0];
  const isCrlf = (line: string) => kind === 1 || (kind === 2 && line.length % 2 > 0);
  const on = (lines: readonly string[]) => {
    const text = lines.map((line) => line + (isCrlf(line) ? '\r\n' : '\n')).join('');
    return (bom ? '\ufeff' : '') + (endsLine ? text : text.replace(/\r?\n$/, ''));
  };
  return { on, endsLine, isMixed: kind === 2 };
}

/** Equal; in a file of mixed line ends, those of new lines may be either. */
export function isSame(right: string, after: string, isMixed: boolean): boolean {
  return right === after || (isMixed && right.replaceAll('\r\n', '\n') === after.replaceAll('\r\n', '\n'));
}

/** mulberry32: small, and the same everywhere. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return below <= 1 ? 0 : ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
