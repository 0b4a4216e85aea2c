/** The names of a file before and after; null for /dev/null. */
export interface Names {
  readonly old: string | null;
  readonly now: string | null;
}

/** A name as `---`, `+++` and git's headers write it: up to a tab, unquoted; null for /dev/null. */
export function fileName(written: string): string | null {
  const name = unquoted(written.replace(/\r$/, ''));
  return name === '/dev/null' ? null : name;
}

/** The two names of a `diff --git` line; equal ones may have spaces. Null names when they can't be told apart. */
export function namesOfGitLine(line: string): Names {
  const rest = line.slice('diff --git '.length);
  const quotedNames = /^("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")$/.exec(rest);
  if (quotedNames) return { old: unquoted(quotedNames[1]!), now: unquoted(quotedNames[2]!) };
  const middle = (rest.length - 1) / 2;
  const [old, now] = [rest.slice(0, middle), rest.slice(middle + 1)];
  const isTwice = Number.isInteger(middle) && rest[middle] === ' ' && old.slice(2) === now.slice(2);
  return isTwice ? { old, now } : { old: null, now: null };
}

/** Without the `a/` and `b/` that diffs put before names, when every name that is there has its own. */
export function withoutPrefixes({ old, now }: Names): Names {
  const prefixed = (old === null || old.startsWith('a/')) && (now === null || now.startsWith('b/'));
  return prefixed ? { old: old?.slice(2) ?? null, now: now?.slice(2) ?? null } : { old, now };
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** Undoes git's quoting (quote.c): C escapes, and bytes of UTF-8 in octal. */
function unquoted(written: string): string {
  if (!/^".*"$/.test(written)) return written.split('\t')[0]!.trimEnd();
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of written.slice(1, -1).matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal) bytes.push(Number.parseInt(octal, 8));
    // One by one: as arguments of one call, a long name's bytes overflow the stack.
    else
      for (const byte of new TextEncoder().encode(escaped ? (ESCAPES[escaped] ?? escaped) : plain))
        bytes.push(byte);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
