import { braceExpand, Minimatch, type MinimatchOptions } from 'minimatch';
import { canonicalPath, foldedName } from '../changes/canonical-path.ts';

/** The longest glob, in characters, and the most that a list may hold. */
const MAX_GLOB_LENGTH = 256;
export const MAX_GLOBS = 200;
/** The most patterns that the braces of one glob may stand for, and all globs of a list together. */
const MAX_EXPANSIONS = 64;
const MAX_LIST_EXPANSIONS = 600;
const MAX_BRACE_DEPTH = 3;

/** `dot`: hidden files are files. No extended globs, negations or comments: a glob only says where files are. */
const OPTIONS: MinimatchOptions = {
  dot: true,
  nocase: true,
  noext: true,
  nonegate: true,
  nocomment: true,
  braceExpandMax: MAX_EXPANSIONS + 1,
};

/** Whether a path is one that a list of globs means; gives the glob, or null. */
export type PathMatcher = (path: string) => string | null;

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
  const count = globs.reduce((sum, glob) => sum + expansions(glob).length, 0);
  return count > MAX_LIST_EXPANSIONS ? `stand for more than ${MAX_LIST_EXPANSIONS} patterns together` : null;
}

function expansions(glob: string): string[] {
  return braceExpand(glob.slice(0, MAX_GLOB_LENGTH), { braceExpandMax: MAX_EXPANSIONS + 1 });
}

/**
 * Matches what a person means by the globs, for rules that hold back: a path matches as it is spelled and as any
 * file system may read it (see `canonicalPath`). A glob that ends in a plain name also means what is below it, and
 * one that ends in `/**` also means a file with the folder's name.
 */
export function strictMatcher(globs: readonly string[]): PathMatcher {
  const matchers = globs.map((glob) => {
    const patterns = withSurroundings(glob);
    const literal = patterns.map((pattern) => new Minimatch(pattern, OPTIONS));
    const folded = patterns.map(foldedGlob);
    const same = folded.every((pattern, index) => pattern === patterns[index]);
    const canonical = same ? literal : folded.map((pattern) => new Minimatch(pattern, OPTIONS));
    return { glob, literal, canonical };
  });
  return (path) => {
    const plain = canonicalPath(path);
    const hit = matchers.find(
      ({ literal, canonical }) =>
        literal.some((pattern) => pattern.match(path)) || canonical.some((pattern) => pattern.match(plain)),
    );
    return hit?.glob ?? null;
  };
}

/** Matches exactly what the globs say, case included, for rules that let through. */
export function exactMatcher(globs: readonly string[]): PathMatcher {
  const matchers = globs.map((glob) => ({
    glob,
    pattern: new Minimatch(glob, { ...OPTIONS, nocase: false }),
  }));
  return (path) => matchers.find(({ pattern }) => pattern.match(path))?.glob ?? null;
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
