import type { SecretLintRuleContext, SecretLintRuleCreator, SecretLintSourceCode } from '@secretlint/types';
import type { FileChange } from '../changes/file-change.ts';
import { linesOf } from '../changes/lines.ts';
import { newLinesOf } from './new-lines.ts';

/** What looks like a secret in a new line. The value itself is in none of it. */
export interface SecretFound {
  /** What recognised it: one of secretlint's rules, or one of ours. */
  readonly scanner: string;
  readonly path: string;
  /** 1-based line of the resulting file, on which it starts. */
  readonly line: number;
  /** Its first letters, where they name its kind, and dots. */
  readonly masked: string;
}

/** More than these are not told one by one; a change with one is blocked. */
const MAX_FOUND = 100;
/** Lines around a new one that are read with it: more than a private key of 8,192 bits has. */
const CONTEXT = 120;

type Range = readonly [from: number, to: number];
type Scan = (text: string, path: string, found: (scanner: string, range: Range) => void) => Promise<void>;

/** What secretlint's preset leaves out, each as its vendor writes it. */
const OWN: readonly (readonly [scanner: string, pattern: RegExp])[] = [
  // Also encrypted, cut off, or pasted together from quoted lines; a heading without a key behind it is none.
  [
    'privatekey',
    /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:[\s"'`+,]|\\[nr]|[A-Z][\w-]+: [^\n]{1,100}(?=\n)){1,60}(?:[A-Za-z0-9+/]{16}|[A-Za-z0-9+/=]{8,15}(?:[\s"'`+,]|\\[nr]){0,20}-----END)/g,
  ],
  ['google-api-key', /(?<![\w-])AIza[\w-]{35}(?![\w-])/g],
  ['azure-client-secret', /(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}(?![\w~.-])/g],
];

/**
 * Comments that switch secretlint off, since the text is hostile; and a rule that reads the file of that name from the
 * disk of this machine, or means a whole JSON file, whose key the pattern above finds at its line.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['filter-comments', 'gcp']);

/**
 * Looks for secrets in the new lines of a change with secretlint's recommended rules and a few of our own. A
 * pattern finds what is written out as its vendor
 * writes it; what is split, encoded or without a form of its own is not found.
 */
export async function findSecrets(files: readonly FileChange[]): Promise<SecretFound[]> {
  const found = new Map<string, SecretFound>();
  for (const file of files) {
    const fresh = new Set(newLinesOf(file).map(({ number }) => number));
    for (const { firstLine, text } of stretchesOf(file.after ?? '', fresh)) {
      const lineAt = lineCounter(text, firstLine);
      await scanText(text, file.path, (scanner, [from, to]) => {
        const value = text.slice(from, to);
        if (found.size >= MAX_FOUND || isPlaceholder(value)) return;
        const [line, last] = [lineAt(from), lineAt(Math.max(from, to - 1))];
        if (!isAnyIn(fresh, line, last)) return;
        found.set(`${file.path}:${line}`, { scanner, path: file.path, line, masked: maskOf(value) });
      });
    }
  }
  return [...found.values()];
}

const scanText: Scan = async (text, path, found) => {
  const { rules } = await import('@secretlint/secretlint-rule-preset-recommend');
  const source = { content: text, contentType: 'text', filePath: path, ext: '' };
  for (const rule of rules as readonly SecretLintRuleCreator[]) {
    const scanner = rule.meta.id.replace('@secretlint/secretlint-rule-', '');
    if (LEFT_OUT.has(scanner)) continue;
    const context = {
      sharedOptions: {},
      createTranslator: () => (messageId: string) => ({ messageId }),
      ignore: () => undefined,
      report: ({ message, range }: { message: { messageId: string }; range: Range }) => {
        // An account's number is no secret.
        if (message.messageId !== 'AWSAccountID') found(scanner, range);
      },
    } as unknown as SecretLintRuleContext;
    await rule.create(context, { enableIDScanRule: true }).file?.(source as unknown as SecretLintSourceCode);
  }
  for (const [scanner, pattern] of OWN) {
    for (const match of text.matchAll(pattern)) found(scanner, [match.index, match.index + match[0].length]);
  }
};

/** The parts of a text that are new, with what stands around them. */
function stretchesOf(text: string, fresh: ReadonlySet<number>): { firstLine: number; text: string }[] {
  if (fresh.size === 0) return [];
  const lines = linesOf(text);
  const spans: [from: number, to: number][] = [];
  for (const number of fresh) {
    const [from, to] = [Math.max(0, number - 1 - CONTEXT), Math.min(lines.length, number + CONTEXT)];
    const last = spans.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = to;
    else spans.push([from, to]);
  }
  return spans.map(([from, to]) => ({ firstLine: from + 1, text: lines.slice(from, to).join('') }));
}

/** Gives the line of an offset; looks for line ends once, whatever is found. */
function lineCounter(text: string, firstLine: number): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return firstLine + low;
  };
}

function isAnyIn(lines: ReadonlySet<number>, from: number, to: number): boolean {
  for (let line = from; line <= to; line += 1) if (lines.has(line)) return true;
  return false;
}

/** A value whose end repeats one or two characters stands for a value. */
function isPlaceholder(value: string): boolean {
  return new Set(value.slice(-20)).size <= 2;
}

function maskOf(value: string): string {
  const kind = /^[A-Za-z_-]{2,4}/.exec(value)?.[0];
  return value.length >= 20 && kind !== undefined ? `${kind}…` : '…';
}
