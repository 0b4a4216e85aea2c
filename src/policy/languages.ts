/** The languages that a rule may name, by the endings of their files. */
const ENDINGS = {
  c: ['c', 'h'],
  cpp: ['cc', 'cpp', 'cxx', 'hh', 'hpp', 'hxx'],
  csharp: ['cs', 'csx'],
  css: ['css', 'scss', 'sass', 'less'],
  go: ['go'],
  html: ['html', 'htm', 'vue', 'svelte'],
  java: ['java'],
  javascript: ['js', 'cjs', 'mjs', 'jsx'],
  kotlin: ['kt', 'kts'],
  markdown: ['md', 'mdx', 'markdown'],
  php: ['php', 'phtml'],
  python: ['py', 'pyi', 'pyw', 'ipynb'],
  ruby: ['rb', 'rake', 'gemspec'],
  rust: ['rs'],
  shell: ['sh', 'bash', 'zsh', 'fish', 'ps1', 'bat', 'cmd'],
  sql: ['sql'],
  swift: ['swift'],
  terraform: ['tf', 'tfvars', 'hcl'],
  typescript: ['ts', 'cts', 'mts', 'tsx'],
  yaml: ['yml', 'yaml'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Language = keyof typeof ENDINGS;
export const LANGUAGES = Object.keys(ENDINGS) as readonly Language[] as readonly [Language, ...Language[]];

const BY_ENDING: ReadonlyMap<string, Language> = new Map(
  LANGUAGES.flatMap((language) => ENDINGS[language].map((ending) => [ending, language] as const)),
);

/** The language of a file by its ending; null: none that a rule may name. */
export function languageOf(path: string): Language | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const dot = name.lastIndexOf('.');
  return dot < 0 ? null : (BY_ENDING.get(name.slice(dot + 1).toLowerCase()) ?? null);
}
