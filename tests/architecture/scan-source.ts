/** Reads what a source file reaches for: its imports, and what it takes from the air (clock, environment, network). */

export interface Import {
  /** null: computed at run time, so no one can say what it reaches. */
  readonly specifier: string | null;
  /** `import type` or `export type`: gone at run time. `import { type A }` is not: Node still loads the module. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
  /** 1-based. */
  readonly line: number;
}

export type Ambient = 'clock' | 'randomness' | 'environment' | 'network';

export interface Source {
  /** Below src, with forward slashes. */
  readonly path: string;
  readonly lineCount: number;
  readonly imports: readonly Import[];
  readonly ambient: readonly { readonly what: Ambient; readonly line: number }[];
}

const FROM = /(?<=^|[;}\n])[ \t]*(?:import|export)\s+(type\s(?!\s*from\b))?[\w$*\s{},]*?\bfrom\s*"(\d+)"/g;
const BARE = /(?<=^|[;}\n])[ \t]*import\s*"(\d+)"/g;
const CALL = /(?<![.\w$])import\s*\(\s*(?:"(\d+)"\s*[,)])?/g;
const HIDDEN = /(?<![.\w$])require\s*\(|\bcreateRequire\b|\bgetBuiltinModule\b/g;

const AMBIENT: Readonly<Record<Ambient, RegExp>> = {
  clock:
    /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|(?<![\w$.]|new\s+)Date\s*\(|\bperformance\s*\.\s*now\b|\bTemporal\s*\.\s*Now\b|\bhrtime\b/g,
  randomness: /\bMath\s*\.\s*random\b|\brandom(?:UUID|Bytes|Int|Fill|FillSync)\b|\bgetRandomValues\b/g,
  environment:
    /(?<![\w$])process\s*(?:\??\.\s*env\b|(?:\?\.)?\[)|[=(,]\s*(?:globalThis\s*\.\s*)?process\s*(?=[;,)\n])/g,
  network:
    /(?<![\w$.])(?:globalThis\s*\.\s*)?fetch\s*\((?![^()]*\)\s*[:{])|\bnew\s+(?:WebSocket|EventSource|XMLHttpRequest)\b/g,
};

/** Scans TypeScript without a compiler. Comments, strings, templates and regular expressions are not mistaken for code. */
export function scanSource(path: string, text: string): Source {
  const { code, strings } = mask(text);
  const lineAt = (index: number) => code.slice(0, index).split('\n').length;
  const found = <T>(pattern: RegExp, make: (match: RegExpMatchArray, line: number) => T) =>
    [...code.matchAll(pattern)].map((match) => make(match, lineAt(match.index + match[0].search(/\S/))));
  const named = (index: string | undefined) =>
    index === undefined ? null : (strings[Number(index)] ?? null);

  const imports: Import[] = [
    ...found(FROM, ([, type, at], line) => ({
      specifier: named(at),
      typeOnly: type !== undefined,
      dynamic: false,
      line,
    })),
    ...found(BARE, ([, at], line) => ({ specifier: named(at), typeOnly: false, dynamic: false, line })),
    ...found(CALL, ([, at], line) => ({ specifier: named(at), typeOnly: false, dynamic: true, line })),
    ...found(HIDDEN, (_, line) => ({ specifier: null, typeOnly: false, dynamic: true, line })),
  ];
  const kinds = Object.keys(AMBIENT) as Ambient[];
  return {
    path,
    lineCount: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: imports.sort((a, b) => a.line - b.line),
    ambient: kinds.flatMap((what) => found(AMBIENT[what], (_, line) => ({ what, line }))),
  };
}

const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const STRING = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"|`(?:\\[\s\S]|\$(?!\{)|[^`\\$])*`/y;
const TEMPLATE_PART = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:\$\{|`)/y;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const BEFORE_A_REGEX =
  /(?:^|[([{},;=:!&|?+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|throw|await|yield|else|do))$/;

/** The code alone: comments are gone, regular expressions empty, and a string is `"n"`, the n-th of `strings`. */
function mask(text: string): { code: string; strings: string[] } {
  const strings: string[] = [];
  const open: ('{' | '${')[] = [];
  let code = '';
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const token = pattern.exec(text)?.[0] ?? null;
    if (token !== null) at = pattern.lastIndex;
    return token;
  };

  while (at < text.length) {
    const comment = take(COMMENT);
    if (comment !== null) {
      code += ` ${newlinesIn(comment)}`;
      continue;
    }
    const string = take(STRING);
    if (string !== null) {
      code += `"${strings.push(string.slice(1, -1)) - 1}"${newlinesIn(string)}`;
      continue;
    }
    if (text[at] === '/' && BEFORE_A_REGEX.test(code.trimEnd().slice(-10)) && take(REGEX) !== null) {
      code += '/ /';
      continue;
    }
    const char = text[at] ?? '';
    at += 1;
    code += char;
    if (char === '{') open.push('{');
    // A template with substitutions starts, or goes on after one of them.
    if (char === '`' || (char === '}' && open.pop() === '${')) {
      const part = take(TEMPLATE_PART) ?? '';
      code += newlinesIn(part) + (part.endsWith('${') ? '${' : '`');
      if (part.endsWith('${')) open.push('${');
    }
  }
  return { code, strings };
}

function newlinesIn(text: string): string {
  return text.replace(/[^\n]/g, '');
}
