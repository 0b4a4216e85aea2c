/** Ways in which a secret may be written, worked out by node's own functions: what `Mask` must find. */
export const WRITINGS: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  reversed: (text) => [...text].reverse().join(''),
  hex: (text) => Buffer.from(text).toString('hex'),
  HEX: (text) => Buffer.from(text).toString('hex').toUpperCase(),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64, one byte on': (text) => Buffer.from(` ${text}`).toString('base64'),
  'base64, two bytes on': (text) => Buffer.from(`  ${text}`).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'URL-encoded': (text) => encodeURIComponent(text),
  'every byte URL-encoded': (text) => Buffer.from(text).toString('hex').replace(/../g, '%$&'),
  'with zero-width characters inside': (text) => [...text].join('\u200b'),
  'with tag characters inside': (text) => [...text].join('\u{e0041}'),
  'with white space inside': (text) => [...text].join(' \n'),
  'on lines of a quotation': (text) => [...text].join('\n> '),
  'as HTML spells it': (text) => [...text].map((one) => `&#${one.charCodeAt(0)};`).join(''),
};

const WINDOW = 12;

/** What a text still gives away of a secret: every twelve characters of it that can be read in the text, however written. */
export function readable(secret: string, text: string): string[] {
  const bare = text.replace(/\s|\p{Default_Ignorable_Code_Point}/gu, '');
  const found: string[] = [];
  for (let at = 0; at + WINDOW <= secret.length; at++) {
    const window = secret.slice(at, at + WINDOW);
    const written = [
      window,
      [...window].reverse().join(''),
      encodeURIComponent(window),
      Buffer.from(window).toString('hex'),
      Buffer.from(window).toString('hex').toUpperCase(),
      ...[0, 1, 2].flatMap((before) => {
        // The four outer characters depend on what stands around.
        const inner = Buffer.from(`${' '.repeat(before)}${window}`)
          .toString('base64')
          .slice(4, -4);
        return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
      }),
    ];
    found.push(...written.filter((each) => each.length >= 8 && bare.includes(each)));
  }
  return found;
}
