/** Languages by the ends of file names. Only what people write by hand is here: it is what a change may be about. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  TypeScript: ['ts', 'tsx', 'mts', 'cts'],
  JavaScript: ['js', 'jsx', 'mjs', 'cjs'],
  Python: ['py', 'pyi'],
  Go: ['go'],
  Rust: ['rs'],
  Java: ['java'],
  Kotlin: ['kt', 'kts'],
  Scala: ['scala'],
  Ruby: ['rb', 'rake'],
  PHP: ['php'],
  'C#': ['cs'],
  'F#': ['fs'],
  C: ['c', 'h'],
  'C++': ['cc', 'cpp', 'cxx', 'hpp', 'hh'],
  'Objective-C': ['m', 'mm'],
  Swift: ['swift'],
  Dart: ['dart'],
  Elixir: ['ex', 'exs'],
  Erlang: ['erl'],
  Haskell: ['hs'],
  OCaml: ['ml', 'mli'],
  Clojure: ['clj', 'cljs'],
  Lua: ['lua'],
  Perl: ['pl', 'pm'],
  R: ['r'],
  Julia: ['jl'],
  Zig: ['zig'],
  Shell: ['sh', 'bash', 'zsh'],
  SQL: ['sql'],
  HTML: ['html', 'htm'],
  CSS: ['css', 'scss', 'less'],
  Vue: ['vue'],
  Svelte: ['svelte'],
  Terraform: ['tf'],
  Protobuf: ['proto'],
  GraphQL: ['graphql', 'gql'],
};
const BY_ENDING = new Map(
  Object.entries(NAMES).flatMap(([name, ends]) => ends.map((end) => [end, name] as const)),
);

/** Texts that are read beside code. */
const PROSE = new Set(['md', 'mdx', 'rst', 'txt', 'adoc']);
const SETTINGS = new Set(['json', 'yml', 'yaml', 'toml', 'ini', 'cfg', 'gradle', 'cmake', 'mk']);

/** The language of a file by its name; null for what is none. */
export function languageOf(path: string): string | null {
  return BY_ENDING.get(endingOf(path)) ?? null;
}

export function isProse(path: string): boolean {
  return PROSE.has(endingOf(path));
}

/** Is a file worth reading for a request: code, prose or settings, and no list that a program wrote? */
export function isReadable(path: string): boolean {
  const ending = endingOf(path);
  const isText = BY_ENDING.has(ending) || PROSE.has(ending) || SETTINGS.has(ending) || ending === '';
  return (
    isText && !/(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|[\w.-]*\.min\.\w+|LICENSE[\w.]*)$/.test(path)
  );
}

/** In lower case; empty for a name without one. */
function endingOf(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const dot = base.lastIndexOf('.');
  return dot <= 0 ? '' : base.slice(dot + 1).toLowerCase();
}
