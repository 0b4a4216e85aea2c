/** Marks of the blocks that hold other blocks: quotations, list items, footnotes. */
const CONTAINERS = /^(?:[ \t]*(?:>|[-*+](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$)|\[\^[^\]\s]+\]:))+/;
const MARK = />|[-*+]|\d+[.)]|\[\^[^\]\s]+\]:/g;
const TABLE_RULE = /^[ >\t:|-]+$/;

const DEEPEST = 50;
const MOST_CONTAINERS = 2_000;
const MOST_TABLES = 500;
const MOST_LINES = 3_000;
const MOST_CELLS = 3_000;

/**
 * True for blocks that no person writes and that Markdown libraries take minutes for: mdast-util-from-markdown needs
 * 30 s for 65,000 characters of `- - a`, and overflows its stack on deep nesting (measured 2026-11). Linear in the text.
 */
export function tooComplex(markdown: string): boolean {
  if (count(markdown, /\n|\r/g) > MOST_LINES || count(markdown, /\|/g) > MOST_CELLS) return true;
  let containers = 0;
  let tables = 0;
  for (const line of markdown.split('\n')) {
    const marks = CONTAINERS.exec(line)?.[0].match(MARK)?.length ?? 0;
    containers += marks;
    if (line.includes('-') && TABLE_RULE.test(line)) tables += 1;
    if (marks > DEEPEST || containers > MOST_CONTAINERS || tables > MOST_TABLES) return true;
  }
  return false;
}

const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;
