/** A name that a file defines. `line` is 1-based; `indent` its depth in steps of indentation, 0 for the outermost. */
export interface Definition {
  readonly name: string;
  readonly line: number;
  readonly indent: number;
  /** The line as it stands, without what surrounds it. */
  readonly text: string;
}

const MODIFIERS =
  '(?:export|default|public|private|protected|internal|static|abstract|async|final|override|pub(?:\\([\\w:]*\\))?|unsafe|extern|open|sealed|data|inline|virtual|declare|readonly|partial|const(?= fn))';
const KINDS =
  '(?:function\\*?|class|interface|type|enum|struct|trait|impl|def|defp|defmodule|fn|func|fun|module|namespace|const|let|var|val|object|record|protocol|extension|union|sub|proc|mod|macro_rules!)';

/** Words that say what is defined: in most languages a definition begins with one, after words that qualify it. */
const BY_WORD = new RegExp(
  `^([ \\t]*)(?:${MODIFIERS} +)*(${KINDS}) +(?:\\([^()\\n]{0,80}\\) *)?([A-Za-z_$][\\w$]*)`,
);
/** `name(…) {` on a line of its own, as methods and C's functions are written. */
const BY_FORM =
  /^([ \t]*)(?:[\w$<>,.*&:[\]]+ +){0,6}[*&#]{0,2}([A-Za-z_$][\w$]*)\([^;{}]{0,200}\)[^;{}()=]{0,100}\{ *$/;
/** Markdown's headings, and Make's and YAML's outermost keys. */
const HEADING = /^(#{1,3}) +(.{1,100})$/;
const NO_NAMES = new Set(
  'if for while switch catch with function return do else try match loop synchronized using lock'.split(' '),
);
const VALUES = new Set(['const', 'let', 'var', 'val', 'type', 'mod']);

const LONGEST_LINE = 300;
const DEEPEST = 2;

/** What a file defines, by the form of its lines; no grammar is needed. Values count only where they are outermost. */
export function definitionsIn(text: string, isProse = false): readonly Definition[] {
  const found: Definition[] = [];
  let number = 0;
  for (let start = 0; start < text.length; number++) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
    if (line.length > LONGEST_LINE || line.trim() === '') continue;
    const definition = isProse ? heading(line) : definitionOf(line);
    if (definition) found.push({ ...definition, line: number + 1 });
  }
  return found;
}

function definitionOf(line: string): Omit<Definition, 'line'> | null {
  const text = line.trim().replace(/\s*\{$/, '');
  const byWord = BY_WORD.exec(line);
  if (byWord) {
    const [, space = '', kind = '', name = ''] = byWord;
    const indent = depthOf(space);
    return indent > (VALUES.has(kind) ? 0 : DEEPEST) ? null : { name, indent, text };
  }
  const byForm = BY_FORM.exec(line);
  if (!byForm) return null;
  const [, space = '', name = ''] = byForm;
  const indent = depthOf(space);
  return NO_NAMES.has(name) || indent > DEEPEST ? null : { name, indent, text };
}

function heading(line: string): Omit<Definition, 'line'> | null {
  const [, marks = '', name = ''] = HEADING.exec(line) ?? [];
  return name === '' ? null : { name, indent: marks.length - 1, text: line.trim() };
}

/** Two spaces, four spaces and a tab are one step; which of them a file uses is not asked. */
function depthOf(space: string): number {
  const tabs = space.length - space.replaceAll('\t', '').length;
  return tabs + Math.ceil((space.length - tabs) / 4);
}
