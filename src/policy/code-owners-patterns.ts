import { endsOf, type GlobTree, globTree, plantGlob } from './code-owners-globs.ts';

/** The longest pattern, in characters: longer than any path that a change may name. */
const MAX_PATTERN_LENGTH = 1_024;

/** Brackets that are not escaped: GitHub skips the line, but what was meant is plain in most. */
export const BRACKETS = 'holds "[" or "]", which GitHub wants as "\\[" and "\\]"';

/** All patterns of a file at once. */
export interface PatternTree {
  /** The index of the last pattern that matches a path; -1 when none does. */
  lastMatch(path: string): number;
}

/** One place in the patterns: what they have in common up to some slash. */
interface Node {
  /** The pattern that ends here, for a path that does, too, and for one that goes on; -1: none. The last one counts. */
  here: number;
  below: number;
  readonly names: Map<string, Node>;
  globs: GlobTree<Node> | null;
  /** What comes behind `**`: the same node at any depth. */
  deep: Node | null;
  readonly isDeep: boolean;
}

/**
 * What is wrong with a pattern, as the end of a sentence; null when GitHub takes it and it can match something. Sources:
 * docs.github.com, "About code owners" (syntax exceptions) and "List CODEOWNERS errors"; that brackets have to be
 * escaped is what GitHub's own errors say (open-sauced/pizza-cli#100 quotes one).
 */
export function patternProblem(pattern: string): string | null {
  if (pattern.length > MAX_PATTERN_LENGTH) return `is longer than ${MAX_PATTERN_LENGTH} characters`;
  if (/(?! )[\p{C}\p{Z}]/u.test(pattern)) return 'holds a character that does not show';
  if (pattern.startsWith('!')) return 'starts with "!", but there are no exceptions in this file';
  if (pattern.includes('#'))
    return 'holds "#" in its pattern, which begins a comment even behind a backslash';
  if (pattern.includes('***')) return 'holds "***"; any folders are "**"';
  const parts = pattern.replace(/^\//, '').replace(/\/$/, '').split('/');
  if (parts.some((part) => /(?<!\\)(?:\\\\)*\\$/.test(part))) return 'has a backslash that escapes nothing';
  if (parts.some((part) => part === '' || part === '.' || part === '..')) {
    return 'has an empty, "." or ".." part, so it matches nothing';
  }
  return /[[\]]/.test(pattern.replace(/\\./g, '')) ? BRACKETS : null;
}

/**
 * Lays patterns together as a tree over the parts of paths, so that a path walks through all of them at once instead of
 * trying each. Takes usable patterns (`patternProblem`); no regular expression is made of them.
 */
export function plantPatterns(patterns: readonly string[]): PatternTree {
  const root = node();
  for (const [index, pattern] of patterns.entries()) plant(root, pattern, index);
  const start = withDeep([root]);

  /** Where the walk stands in each folder that a path has led into, with the last pattern that matches all below. */
  const folders = new Map<string, { readonly at: readonly Node[]; readonly last: number }>();
  function folderAt(path: string): { readonly at: readonly Node[]; readonly last: number } {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const slash = path.lastIndexOf('/');
    const parent = path === '' ? null : folderAt(slash < 0 ? '' : path.slice(0, slash));
    const at = parent === null ? start : withDeep(step(parent.at, path.slice(slash + 1)));
    const last = at.reduce((best, { below }) => Math.max(best, below), parent?.last ?? -1);
    folders.set(path, { at, last });
    return { at, last };
  }

  return {
    lastMatch(path) {
      const slash = path.lastIndexOf('/');
      const folder = folderAt(slash < 0 ? '' : path.slice(0, slash));
      return step(folder.at, path.slice(slash + 1)).reduce(
        (best, { here }) => Math.max(best, here),
        folder.last,
      );
    },
  };
}

function plant(root: Node, pattern: string, index: number): void {
  const parts = pattern.replace(/^\//, '').split('/');
  const last = parts.at(-1);
  // `foo/` and `foo/**` are what is below `foo`; `foo/*` is what lies in it; `foo` is itself and what is below.
  const onlyBelow = last === '' || last === '**';
  const onlyHere = last === '*' && (parts.length > 1 || pattern.startsWith('/'));
  if (onlyBelow) parts.pop();
  while (onlyBelow && parts.at(-1) === '**') parts.pop();
  // A pattern without a slash but at its end is meant at any depth.
  if (!pattern.slice(0, -1).includes('/') && parts.length > 0) parts.unshift('**');

  const end = parts.reduce(descend, root);
  if (!onlyBelow) end.here = index;
  if (!onlyHere) end.below = index;
}

function descend(from: Node, part: string): Node {
  if (part === '**') {
    if (from.isDeep) return from;
    from.deep ??= node(true);
    return from.deep;
  }
  if (/[*?]/.test(part.replace(/\\./g, ''))) {
    from.globs ??= globTree();
    return plantGlob(from.globs, part, node);
  }
  const name = part.replace(/\\(.)/g, '$1');
  const next = from.names.get(name) ?? node();
  from.names.set(name, next);
  return next;
}

function node(isDeep = false): Node {
  return { here: -1, below: -1, names: new Map(), globs: null, deep: null, isDeep };
}

/** The nodes that one more part of a path leads to. */
function step(from: readonly Node[], part: string): Node[] {
  const reached: Node[] = [];
  for (const each of from) {
    const named = each.names.get(part);
    if (named !== undefined) reached.push(named);
    if (each.globs !== null) reached.push(...endsOf(each.globs, part));
    if (each.isDeep) reached.push(each);
  }
  return reached;
}

/** A place before `**` is also one behind it: `a/**\/b` matches `a/b`. */
function withDeep(nodes: readonly Node[]): readonly Node[] {
  const all = new Set(nodes);
  for (const { deep } of all) if (deep !== null) all.add(deep);
  return [...all];
}
