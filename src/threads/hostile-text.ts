/**
 * The tags that data stands in. Those around code have long names, which code seldom holds: what is shown of a file
 * should be what stands in it.
 */
const TAGS = [
  'thread',
  'message',
  'request',
  'review_thread',
  'repository_guidance',
  'repository_style',
  'repository_map',
  'repository_file',
  'pull_request_changes',
] as const;
export type Tag = (typeof TAGS)[number];
type Attributes = Readonly<Record<string, string>>;

const ANY_TAG = new RegExp(`<(?=/?(?:${TAGS.join('|')})\\b)`, 'gi');
/** Bidirectional, zero-width, tag and filler characters hide text from people; U+FE0F only colours an emoji. */
const INVISIBLE = /(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is found here
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** Wraps text as data. It can't close its own wrapping, nor open another. */
export function element(tag: Tag, attributes: Attributes, text: string): string {
  return group(tag, attributes, [escaped(text).trim()]);
}

/** Wraps what is wrapped already, or is escaped. Attributes that are empty are left out. */
export function group(tag: Tag, attributes: Attributes, parts: readonly string[]): string {
  const shown = Object.entries(attributes)
    .filter(([, of]) => of !== '')
    .map(
      ([key, of]) =>
        ` ${key}=${JSON.stringify(withoutUnseen(of)).replaceAll('<', '&lt;').replaceAll('>', '&gt;')}`,
    );
  return `<${tag}${shown.join('')}>\n${parts.filter((part) => part !== '').join('\n\n')}\n</${tag}>`;
}

/**
 * Data between two lines that nobody who wrote a part of it could know: `delimiter` is made when the run begins. Empty
 * text stays empty.
 */
export function asData(delimiter: string, text: string): string {
  return (
    text && `--- data ${delimiter} ---\n${text.replaceAll(delimiter, '')}\n--- end of data ${delimiter} ---`
  );
}

/** Text that no tag of ours can be read in. */
export function escaped(text: string): string {
  return text.replace(ANY_TAG, '&lt;');
}

/** Plain text without the characters that are not shown. */
export function withoutUnseen(text: string): string {
  return text.replace(INVISIBLE, '').replace(CONTROL, '');
}

/** Code or a diff: what a person would not see is written out, so that the reader sees it, and that it is there. */
export function asCode(text: string): string {
  const written = (character: string) => `\\u{${character.codePointAt(0)?.toString(16)}}`;
  return text
    .replace(/^\ufeff/, '')
    .replace(/\r\n/g, '\n')
    .replace(INVISIBLE, written)
    .replace(CONTROL, written);
}
