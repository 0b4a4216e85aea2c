import type { ChangeError } from '../change-error.ts';
import type { FileChange } from '../file-change.ts';
import { shownPath } from '../paths.ts';
import type { FindFlaw, Flaw, Language } from './language.ts';
import { languageOf } from './languages.ts';
import { withinTime } from './within-time.ts';

/** For all files of a change together. */
const LIMITS = { problems: 5, milliseconds: 3_000 };
const MOST_WORDS = 120;
/** Text of a template language in the place of a value, a line or a key, as Helm, Jinja and ERB write it. */
const TEMPLATED = /(?:^|[:=-] )[ \t]*\{[{%]|<%/m;

/**
 * The files that a change would leave unreadable: code `syntax_error`, with path, line and column of the first place,
 * and the parser’s words, shortened. A file that did not parse before either is not held against the change. What no
 * parser here reads, gives up at or has no time for is left alone; the shortest files come first. Nothing of a file is
 * run.
 */
export async function syntaxProblems(files: readonly FileChange[], limits = LIMITS): Promise<ChangeError[]> {
  const parsers = new Map<Language, FindFlaw>();
  for (const { path } of files) {
    const language = languageOf(path);
    if (language && !parsers.has(language)) parsers.set(language, await language.load());
  }
  const problems: ChangeError[] = [];
  const shortestFirst = [...files].sort((a, b) => (a.after?.length ?? 0) - (b.after?.length ?? 0));
  withinTime(limits.milliseconds, () => {
    for (const file of shortestFirst) {
      const language = languageOf(file.path);
      const flaw = language && newFlaw(file, language, parsers.get(language)!);
      if (flaw) problems.push(problem(file.path, language.title, flaw));
      if (problems.length === limits.problems) return;
    }
  });
  return problems;
}

/** The problem of one file, or null. */
export async function syntaxProblem(file: FileChange): Promise<ChangeError | null> {
  return (await syntaxProblems([file]))[0] ?? null;
}

/** The flaw that the change brings in; null: there is none. */
function newFlaw({ path, from, before, after }: FileChange, language: Language, find: FindFlaw): Flaw | null {
  if (after === null) return null;
  const flaw = unlessGivenUp(find, after, path);
  if (flaw === null || TEMPLATED.test(after)) return null;
  const origin = from ?? path;
  const wasFlawed = before !== null && languageOf(origin) === language && unlessGivenUp(find, before, origin);
  return wasFlawed ? null : flaw;
}

/** A parser that fails in a way of its own, as at a nesting that is too deep for it, has found nothing. */
function unlessGivenUp(find: FindFlaw, text: string, path: string): Flaw | null {
  try {
    return find(text, path);
  } catch {
    return null;
  }
}

function problem(path: string, title: string, { line, column, words }: Flaw): ChangeError {
  return {
    code: 'syntax_error',
    message: `${shownPath(path)} is not valid ${title} at ${line}:${column}: ${harmless(words)}.`,
    hint: 'Correct it there, or in the lines before, where such a mistake often begins.',
  };
}

/** The first line of a parser's words, without what does not show, and without a full stop. */
function harmless(words: string): string {
  const [line = ''] = words.slice(0, 1_000).split('\n');
  const visible = line.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').replace(/\.$/, '');
  return visible.length > MOST_WORDS ? `${visible.slice(0, MOST_WORDS)}…` : visible;
}
