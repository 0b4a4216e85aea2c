/** Text and links that do nothing on GitHub: they notify nobody, lead nowhere, close nothing, and are no Markdown. */

/** Hosts that links may go to, beside those of the config. Images may come from none. */
const LINK_HOSTS: readonly string[] = ['github.com', 'docs.github.com'];

/** Written out by a browser, an entity could be an @ or a # again. */
const ENTITY = /&#?\w+;/g;
/** Full-width ones, too: whoever reads or copies the text takes them for the same. */
const MENTION = /[@\uff20\ufe6b](?=[a-z0-9]|$)/gi;
const REFERENCE = /#(?=\d|$)|GH-(?=\d|$)/gi;
/** What stands before names another repository. */
const FOREIGN_REFERENCE = /(?<=[\w.-])#(?=\d|$)/g;
const CLOSING_WORD = /\b(close[sd]?|fix(e[sd])?|resolve[sd]?)\b/i;
/** What may stand inside a word in the source, and not on the page. */
const MARKUP = /[*_~\\`]|<[^<>]*>|&#?\w+;/g;
const THREAD_LINK = /^https?:\/\/[^/]+\/[^/]+\/[^/]+\/(issues|pull|discussions)\/\d/i;
const BREAK = '\u200b';
const BREAK_WRITTEN = '&#8203;';
const ADDRESS = /(?:[a-z][a-z0-9+.-]{0,20}:\/\/|www\.)[^\s<>"'`]+/gi;
const MARKS = /[&<>`*_[\]!\\~|$]/g;
/** `[skip ci]` and its like: a commit that says so is not checked. */
const SKIPS = /\[([^[\]\n]{0,40}\b(?:skip|no)\b[^[\]\n]{0,40})\]/gi;
/** A line that git, or GitHub, reads as a trailer: who wrote a commit, who signed it, that its checks are skipped. */
const TRAILER = /^([ \t]*[a-z0-9]{1,40}(?:-[a-z0-9]{1,40}){1,8})[ \t]*:/gim;

/**
 * True when the text may close something. A closing word and a reference may be apart in the source, or in pieces there,
 * and together on the page: then no reference in it may stay.
 */
export function mayClose(markdown: string): boolean {
  return CLOSING_WORD.test(markdown) || CLOSING_WORD.test(markdown.replace(MARKUP, ''));
}

/** Text as it stands in the source of Markdown. */
export function inertSource(source: string, closes: boolean, hosts: readonly string[]): string {
  const escaped = withoutCalls(source, closes)
    .replace(ENTITY, (entity) => `&amp;${entity.slice(1)}`)
    .replace(/\\?</g, '&lt;')
    // One that pairs with nothing here could pair with one of ours.
    .replace(/\\?`/g, '&#96;')
    .replace(/^::/gm, '&#58;:');
  return brokenAddresses(escaped, closes, hosts).replaceAll(BREAK, BREAK_WRITTEN);
}

/** Text that a parser has read, to be Markdown again: all its signs are only signs. */
export function literal(text: string, closes: boolean): string {
  const escaped = withoutCalls(text, closes).replace(MARKS, (mark) => `&#${mark.charCodeAt(0)};`);
  return brokenAddresses(escaped, closes, null).replaceAll(BREAK, BREAK_WRITTEN);
}

/** Mentions and references with a break in them; it is written as an entity once nothing more is escaped. */
function withoutCalls(text: string, closes: boolean): string {
  const open = closes ? text.replace(REFERENCE, `$&${BREAK}`) : text;
  return open.replace(FOREIGN_REFERENCE, `${BREAK}#`).replace(MENTION, `$&${BREAK}`);
}

/** A link that leads nowhere: its words, and its target with the dots broken, so that people can see where it went. */
export function inertLink(words: string, url: string, closes: boolean): string {
  const target = brokenAddress(literal(url.replace(/^[a-z][a-z0-9+.-]*:(?!\/\/)/i, ''), closes));
  const shown = words.replace(/^https?:\/\//, '');
  return words === url || url.endsWith(shown) ? target : `${literal(words, closes)} (${target})`;
}

/** `closes`: what it stands in may close the thread that it leads to. */
export function mayLink(url: string, closes: boolean, hosts: readonly string[]): boolean {
  if (url.startsWith('#')) return true;
  if ((closes && THREAD_LINK.test(url)) || !URL.canParse(url)) return false;
  const { protocol, host } = new URL(url);
  return protocol === 'https:' && [...LINK_HOSTS, ...hosts].includes(host);
}

/** Plain text, for commits and titles: it mentions and closes nobody and nothing, and has no trailers. */
export function inertPlain(text: string): string {
  return brokenAddresses(text, mayClose(text), [])
    .replace(MENTION, '')
    .replace(FOREIGN_REFERENCE, ' ')
    .replace(REFERENCE, (reference) => (reference === '#' ? '' : 'GH '))
    .replace(SKIPS, '($1)')
    .replace(TRAILER, '$1 –');
}

/** `hosts` null: no address may stay. */
const brokenAddresses = (text: string, closes: boolean, hosts: readonly string[] | null) =>
  text.replace(ADDRESS, (url) => (hosts && mayLink(url, closes, hosts) ? url : brokenAddress(url)));

const brokenAddress = (url: string) =>
  url
    .replace(/(?:[a-z][a-z0-9+.-]{0,20}:)?\/\//gi, '')
    .slice(0, 200)
    .toWellFormed()
    .replaceAll(/(?<!\[)\./g, '[.]')
    // What stands behind could make it a link.
    .replaceAll('](', '] (');
