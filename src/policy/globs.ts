import { canonicalPath, foldedName } from '../changes/canonical-path.ts';
import { expansions, globIndex, MAX_EXPANSIONS } from './glob-index.ts';

/** The longest glob, in characters, and the most that a list may hold. */
const MAX_GLOB_LENGTH = 256;
export const MAX_GLOBS = 200;
/** The most patterns that all globs of a list may stand for together. */
const MAX_LIST_EXPANSIONS = 600;
const MAX_BRACE_DEPTH = 3;

/** How many patterns the braces of these globs stand for. One that is too long to be usable counts as the largest. */
export function patternCount(globs: readonly string[]): number {
  return globs.reduce(
    (sum, glob) => sum + (glob.length > MAX_GLOB_LENGTH ? MAX_EXPANSIONS : expansions(glob).length),
    0,
  );
}

/** Whether a path is one that a list of globs means; gives the glob, or null. */
type PathMatcher = (path: string) => string | null;

/**
 * What is wrong with a glob, as the end of a sentence; null when it is usable. Refused is what would silently match
 * nothing (a leading or trailing slash, `./`, `..`, backslashes), what reads as its opposite (`!`), and what is too
 * large to evaluate quickly.
 */
export function globProblem(glob: string): string | null {
  if (glob === '') return 'is empty';
  if (glob.length > MAX_GLOB_LENGTH) return `is longer than ${MAX_GLOB_LENGTH} characters`;
  if (!glob.isWellFormed() || /\p{Cc}/u.test(glob)) return 'holds a control character';
  if (glob.startsWith('!')) return 'starts with "!"; exceptions are not supported, so name what is meant';
  if (glob.includes('\\')) return 'holds a backslash; write "/"';
  if (glob.startsWith('/')) return 'starts with "/"; leave it out, globs start at the root of the repository';
  if (glob.endsWith('/')) return 'ends with "/"; write "/**" for everything in a folder';
  if (braceDepth(glob) > MAX_BRACE_DEPTH) return `nests braces deeper than ${MAX_BRACE_DEPTH}`;
  const expanded = expansions(glob);
  if (expanded.length > MAX_EXPANSIONS) return `stands for more than ${MAX_EXPANSIONS} patterns`;
  const parts = expanded.flatMap((pattern) => pattern.split('/'));
  return parts.some((part) => part === '' || part === '.' || part === '..')
    ? 'has an empty, "." or ".." part'
    : null;
}

/** What is wrong with a list of usable globs, as the end of a sentence; null when it is usable. */
export function globsProblem(globs: readonly string[]): string | null {
  return patternCount(globs) > MAX_LIST_EXPANSIONS
    ? `stand for more than ${MAX_LIST_EXPANSIONS} patterns together`
    : null;
}

/**
 * Matches what a person means by the globs, for rules that hold back: a path matches as it is spelled and as any
 * file system may read it (see `canonicalPath`). A glob that ends in a plain name also means what is below it, and
 * one that ends in `/**` also means a file with the folder's name.
 */
export function strictMatcher(globs: readonly string[]): PathMatcher {
  const listsOf = strictLists(globs.map((glob) => [glob]));
  return (path) => globs[listsOf(path)[0] ?? -1] ?? null;
}

/**
 * Matches exactly what the globs say, case included, for rules that let through. A path that is not plain matches
 * nothing.
 */
export function exactMatcher(globs: readonly string[]): PathMatcher {
  const index = globIndex(
    globs.map((glob, number) => [glob, number]),
    { anyCase: false },
  );
  return (path) => globs[index.match(path)[0] ?? -1] ?? null;
}

/** As `strictMatcher`, for many lists at once: gives the numbers, ascending, of the lists that mean a path. */
export function strictLists(lists: readonly (readonly string[])[]): (path: string) => readonly number[] {
  const globs = lists.flatMap((list, number) =>
    list.flatMap(withSurroundings).flatMap((glob) => {
      const folded = foldedGlob(glob);
      const spellings = folded === glob ? [glob] : [glob, folded];
      return spellings.map((spelling) => [spelling, number] as const);
    }),
  );
  if (globs.length === 0) return () => [];
  const index = globIndex(globs, { anyCase: true });
  return (path) => {
    const plain = canonicalPath(path);
    const spelled = index.match(path);
    if (plain === path) return spelled;
    return [...new Set([...spelled, ...index.match(plain)])].sort((a, b) => a - b);
  };
}

function withSurroundings(glob: string): string[] {
  if (glob.endsWith('/**')) return [glob, glob.slice(0, -'/**'.length)];
  return /[*?[\]{}]/.test(glob.slice(glob.lastIndexOf('/') + 1)) ? [glob] : [glob, `${glob}/**`];
}

/** A glob in the spelling of canonical paths. */
function foldedGlob(glob: string): string {
  return glob.split('/').map(foldedName).join('/');
}

function braceDepth(glob: string): number {
  let depth = 0;
  let deepest = 0;
  for (const character of glob) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
