/** The first place where a text is not what its language allows. Lines and columns count from 1. */
export interface Flaw {
  readonly line: number;
  readonly column: number;
  /** The parser's own words: untrusted, of any length. */
  readonly words: string;
}

/** Finds the first flaw; null: there is none, or the parser leaves the text alone. May throw where it gives up. */
export type FindFlaw = (text: string, path: string) => Flaw | null;

/** A language whose files can be checked. To add one: a file beside this one, and a row in `languages.ts`. */
export interface Language {
  /** What people call it. */
  readonly title: string;
  readonly path: RegExp;
  /** Loads its parser. Called only when a file of the language has changed, so that nothing is loaded at the start. */
  load(): Promise<FindFlaw>;
}

/** The place of an offset in a text. */
export function placeAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
