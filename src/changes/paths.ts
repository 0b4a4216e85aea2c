import { canonicalName, withoutPercentEncoding } from './canonical-path.ts';
import type { ChangeError } from './change-error.ts';
import { MAX_PATH_LENGTH } from './change-set.ts';

/** The longest component, in UTF-8 bytes: NAME_MAX of every file system in common use. */
const MAX_NAME_BYTES = 255;

/** Bidirectional controls, tags and separators: they make a path read as another one. */
const MISLEADING = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/u;

/** Names that Windows takes for a device whatever the extension (Microsoft, "Naming Files, Paths, and Namespaces"). */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i;

/**
 * Why a path is not a plain relative path that every file system, git and GitHub take for the same file; null when
 * it is one. Refuses what git's verify_path refuses with protectHFS and protectNTFS on, what GitHub's create-tree
 * calls malformed, and what Windows would rename. Pure; total on any string.
 *
 * Codes: `path_empty`, `path_too_long`, `path_not_unicode`, `path_control_character`, `path_misleading`,
 * `path_not_relative`, `path_not_plain`, `path_names_git`, `path_windows`, `path_encoded`.
 */
export function pathProblem(path: string): ChangeError | null {
  if (path === '') return problem('path_empty', path, 'is empty');
  if (path.length > MAX_PATH_LENGTH) {
    return problem('path_too_long', path, `is longer than ${MAX_PATH_LENGTH} characters`);
  }
  if (!path.isWellFormed()) return problem('path_not_unicode', path, 'holds a lone surrogate');
  if (/\p{Cc}/u.test(path)) return problem('path_control_character', path, 'holds a control character');

  const parts = path.split(/[/\\]/);
  const gitName = parts.find((part) => canonicalName(part) === '.git');
  if (gitName !== undefined) {
    return problem('path_names_git', path, 'names the git folder on some file system');
  }
  if (MISLEADING.test(path))
    return problem('path_misleading', path, 'holds a character that hides how it reads');
  if (/^[/\\]/.test(path) || /^[A-Za-z]:/.test(path) || isHome(path)) {
    return problem('path_not_relative', path, 'does not start at the root of the repository');
  }
  if (path.includes('\\')) return problem('path_not_plain', path, 'holds a backslash');
  return (
    parts.reduce<ChangeError | null>((found, part) => found ?? nameProblem(path, part), null) ?? encoded(path)
  );
}

function nameProblem(path: string, name: string): ChangeError | null {
  if (name === '')
    return problem('path_not_plain', path, 'has an empty part between, before or after slashes');
  // Format characters do not show, and some file systems do not see them either.
  const seen = name.replace(/\p{Cf}/gu, '');
  if (seen.trim() === '') return problem('path_misleading', path, 'has a part that shows nothing');
  if (seen === '.' || seen === '..') return problem('path_not_plain', path, `has a part "${seen}"`);
  if (seen.includes(':'))
    return problem('path_windows', path, 'holds a colon, which names a drive or a stream');
  if (/[. ]$/.test(seen)) return problem('path_windows', path, 'has a part that ends in a dot or a space');
  if (DEVICE.test(seen)) return problem('path_windows', path, 'has a part that Windows takes for a device');
  if (new TextEncoder().encode(name).byteLength > MAX_NAME_BYTES) {
    return problem('path_too_long', path, `has a part of more than ${MAX_NAME_BYTES} bytes`);
  }
  return null;
}

/** A shell's spelling of a home folder: `~`, `~/x`, `~root/x`; a file named `~lock` is a plain name. */
function isHome(path: string): boolean {
  return path === '~' || /^~[^/\\]*[/\\]/.test(path);
}

function encoded(path: string): ChangeError | null {
  const decoded = withoutPercentEncoding(path);
  return decoded === path || pathProblem(decoded) === null
    ? null
    : problem('path_encoded', path, 'hides an unsafe path behind percent signs');
}

function problem(code: string, path: string, what: string): ChangeError {
  return {
    code,
    message: `The path ${shownPath(path)} ${what}.`,
    hint: 'Name the file from the root of the repository, with plain names and forward slashes, such as docs/guide.md.',
  };
}

/** A path for people: quoted, at most 120 characters, with every character that does not show spelled out. */
export function shownPath(path: string): string {
  const cut = path.length > 120 ? `${path.slice(0, 120)}…` : path;
  const visible = cut.toWellFormed().replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
  return `"${visible}"`;
}
