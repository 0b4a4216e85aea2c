/** A stretch of a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Tells where the handle ends that starts at the `@` at `at`; null when there is none, or it is part of something else. */
export type HandleEnd = (text: string, at: number) => number | null;

const CHARACTER_REFERENCE = String.raw`&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`;
const REFERENCE_BEFORE = new RegExp(`${CHARACTER_REFERENCE}$`);
const REFERENCE_AFTER = new RegExp(`^${CHARACTER_REFERENCE}`);
const LONGEST_REFERENCE = 34;

/**
 * Makes the test for `@trigger` as a token of its own. Case does not matter. Not a handle: a part of a longer name
 * (`@conductor-x`, `@conductors`), of an address (`a@conductor.com`), of a path or a team (`x/@conductor`,
 * `@conductor/team`), escaped (`\@conductor`), or touched on either side by a character that is invisible,
 * bidirectional, or not ASCII, also when that character is written as `&#8203;`.
 * GitHub's own name for an App, `@conductor[bot]`, is the same handle.
 */
export function handleOf(trigger: string): HandleEnd {
  const name = trigger.replace(/[^A-Za-z0-9]/g, String.raw`\$&`);
  const handle = new RegExp(String.raw`@${name}(?:\[bot\])?`, 'iy');
  return (text, at) => {
    handle.lastIndex = at;
    if (!handle.test(text)) return null;
    const end = handle.lastIndex;
    if (isUnderscored(text, at, end)) return end;
    return mayStandBefore(text, at) && mayStandAfter(text, end) ? end : null;
  };
}

function mayStandBefore(text: string, at: number): boolean {
  const character = text.charAt(at - 1);
  if (character === '') return true;
  if (!isPlain(character) || /[A-Za-z0-9_/@.\\-]/.test(character)) return false;
  return character !== ';' || !REFERENCE_BEFORE.test(text.slice(Math.max(0, at - LONGEST_REFERENCE), at));
}

function mayStandAfter(text: string, end: number): boolean {
  const character = text.charAt(end);
  if (character === '') return true;
  if (!isPlain(character) || /[A-Za-z0-9_/@-]/.test(character)) return false;
  if (character === '.' || character === "'") return !/[A-Za-z0-9_-]/.test(text.charAt(end + 1));
  if (character === '\\') return /\s/.test(text.charAt(end + 1));
  return character !== '&' || !REFERENCE_AFTER.test(text.slice(end, end + LONGEST_REFERENCE));
}

/** `_@conductor_` is the handle in italics: the underscores are not part of a name when nothing else touches them. */
function isUnderscored(text: string, at: number, end: number): boolean {
  return (
    text[at - 1] === '_' && text[end] === '_' && mayStandBefore(text, at - 1) && mayStandAfter(text, end + 1)
  );
}

function isPlain(character: string): boolean {
  return (
    (character >= ' ' && character <= '~') || character === '\n' || character === '\r' || character === '\t'
  );
}
