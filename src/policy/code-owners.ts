import type { Workspace } from '../changes/workspace.ts';
import { BRACKETS, type PatternTree, patternProblem, plantPatterns } from './code-owners-patterns.ts';

/** Where GitHub looks for the file, in its order; the first that is there counts, and no other. */
export const CODE_OWNERS_PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** GitHub does not load a larger file (docs.github.com, "About code owners"). Bytes. */
const MAX_BYTES = 3_000_000;
const TOO_LARGE = 'has 3 MB or more, so GitHub does not load it';

/** `@user`, also of a managed account (`@user_company`); `@organisation/team`; or an e-mail address. */
const OWNER =
  /^(?:@[A-Za-z0-9][A-Za-z0-9_-]*|@[A-Za-z0-9][A-Za-z0-9_-]*\/[A-Za-z0-9_][A-Za-z0-9._-]*|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$/;

/** What a CODEOWNERS file says, as plain data. */
export interface CodeOwners {
  /** The file that it was read from. */
  readonly path: string;
  /** In the order of the file: the last that matches a path counts. */
  readonly entries: readonly CodeOwnersEntry[];
  /** Lines that say something other than whoever wrote them meant. While there are any, nothing is sure. */
  readonly problems: readonly CodeOwnersProblem[];
}

interface CodeOwnersEntry {
  readonly pattern: string;
  /** `@user`, `@organisation/team` or an e-mail address, as written. None: nobody owns what matches. */
  readonly owners: readonly string[];
  /** 1-based. */
  readonly line: number;
}

export interface CodeOwnersProblem {
  /** 1-based; null when it is the whole file's. */
  readonly line: number | null;
  /** The end of a sentence: `holds "[" …`. */
  readonly message: string;
}

/**
 * Reads a CODEOWNERS file as GitHub does. A line that GitHub skips, or whose pattern can match nothing, is a problem
 * and no entry, so the lines before it speak for its paths, as they do there. One exception: brackets. GitHub
 * skips such a line, too, but what was meant is plain in most (`app/[id]/page.tsx`), so it is a problem and an entry
 * that takes them literally. Never throws.
 */
export function parseCodeOwners(text: string, path: string): CodeOwners {
  if (new TextEncoder().encode(text).byteLength >= MAX_BYTES) {
    return unreadable(path, TOO_LARGE);
  }
  const entries: CodeOwnersEntry[] = [];
  const problems: CodeOwnersProblem[] = [];
  for (const [index, written] of text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const [pattern, ...owners] = wordsOf(written);
    if (pattern === undefined) continue;
    const message = ownersProblem(owners) ?? patternProblem(pattern);
    if (message !== null) problems.push({ line, message });
    if (message === null || message === BRACKETS) entries.push({ pattern, owners, line });
  }
  return { path, entries, problems };
}

/**
 * Reads who owns what from the base branch; null where there is no CODEOWNERS. A file that can't be read has no entries, and
 * a problem that says so.
 */
export async function readCodeOwners(trusted: Workspace): Promise<CodeOwners | null> {
  const files = new Map((await trusted.list()).map(({ path, mode }) => [path, mode]));
  const path = CODE_OWNERS_PLACES.find((place) => files.has(place));
  if (path === undefined) return null;
  if (!files.get(path)?.startsWith('100')) return unreadable(path, 'is a link, so GitHub does not read it');
  if (((await trusted.sizeOf(path)) ?? 0) >= MAX_BYTES) return unreadable(path, TOO_LARGE);
  const bytes = await trusted.read(path);
  try {
    return parseCodeOwners(new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? undefined), path);
  } catch {
    return unreadable(path, 'is not UTF-8 text');
  }
}

function unreadable(path: string, message: string): CodeOwners {
  return { path, entries: [], problems: [{ line: null, message }] };
}

/**
 * Who owns a path: the owners of the last entry that matches, as written; none when no entry does, or when that one
 * clears them. Case counts, as it does for GitHub. Entries grant a right as well as hold back: read loosely,
 * `/Docs/ @writers` would take `docs/` from whoever `*` gives it to.
 */
export function ownersOf(owners: CodeOwners, path: string): readonly string[] {
  return entryOf(owners, path)?.owners ?? [];
}

/** The entry that decides about a path; null when none matches. */
export function entryOf(owners: CodeOwners, path: string): CodeOwnersEntry | null {
  let tree = TREES.get(owners);
  if (tree === undefined) {
    tree = plantPatterns(owners.entries.map(({ pattern }) => pattern));
    TREES.set(owners, tree);
  }
  return owners.entries[tree.lastMatch(path)] ?? null;
}

/** What was made of a file's patterns, as long as the file itself is known. */
const TREES = new WeakMap<CodeOwners, PatternTree>();

/** A pattern with its escapes, then owners. A `#` at the start of a word begins a comment. */
function wordsOf(line: string): string[] {
  const words = line.match(/(?:\\.|[^ \t\\]|\\$)+/gs) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return comment < 0 ? words : words.slice(0, comment);
}

function ownersProblem(owners: readonly string[]): string | null {
  const stranger = owners.find((owner) => !OWNER.test(owner));
  return stranger === undefined
    ? null
    : `names ${JSON.stringify(stranger.slice(0, 80))}, which is not "@user", "@organisation/team" or an e-mail address`;
}
