/**
 * Code points that HFS+ leaves out when it compares names, so that `.g\u200cit` opens `.git` there.
 * Source: git's utf8.c, next_hfs_char, after Apple's TN1150.
 */
const HFS_IGNORABLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/**
 * NTFS short (8.3) names of the folders and files that rules protect: `GITHUB~1` opens `.github` where short names
 * are on. `gi7eba~1` is the hashed form that Windows falls back to for `.gitmodules` (git's path.c).
 */
const SHORT_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^git~\d+$/, '.git'],
  [/^github~\d+$/, '.github'],
  [/^workfl~\d+$/, 'workflows'],
  [/^(?:gitmod~\d+|gi7eba~\d+)$/, '.gitmodules'],
  [/^(?:gitatt~\d+|gi7d29~\d+)$/, '.gitattributes'],
  [/^codeow~\d+$/, 'codeowners'],
  [/^conduc~\d+$/, 'conductor'],
  [/^conduc~\d+\.yml$/, 'conductor.yml'],
];

/**
 * The name that a case-insensitive, normalising file system compares: HFS+'s ignorable code points left out,
 * trailing dots and spaces cut as NTFS does, letters folded, NFC. Two names with one folded form cannot both be
 * checked out on macOS or Windows.
 */
export function foldedName(name: string): string {
  if (/^[!-~]*[!-\-/-~]$/.test(name)) return name.toLowerCase();
  let folded = name;
  // One pass can make room for the next: a letter that folds to two, a dot laid bare by a cut space.
  for (let pass = 0; pass < 4; pass += 1) {
    const before: string = folded;
    folded = folded.replace(HFS_IGNORABLE, '').normalize('NFC');
    // Upper case in between catches letters whose lower case alone differs, such as the long s.
    folded = folded.toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
    if (!/^\.{1,2}$/.test(folded)) folded = withoutTail(folded);
    if (folded === before) break;
  }
  return folded;
}

/** Undoes the percent-encoding of dots, slashes and NUL, however often it was applied. */
export function withoutPercentEncoding(path: string): string {
  let decoded = path;
  for (let pass = 0; pass < 8; pass += 1) {
    const before: string = decoded;
    decoded = decoded.replace(/%(25|2e|2f|5c|00)/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    if (decoded === before) break;
  }
  return decoded;
}

/**
 * One spelling for everything that some file system may take for the same file, for comparing with the globs of
 * policy. Backslashes are slashes, `.`, `..` and `//` are resolved, NTFS streams are cut, names are folded. Lossy
 * and stricter than any one file system: use it to compare, never to read or write. Total on any string.
 */
export function canonicalPath(path: string): string {
  const resolved: string[] = [];
  for (const part of withoutPercentEncoding(path).replaceAll('\\', '/').split('/')) {
    const name = canonicalName(part);
    if (name === '' || name === '.') continue;
    if (name === '..') resolved.pop();
    else resolved.push(name);
  }
  return resolved.join('/');
}

/** One component of `canonicalPath`: folded, without an NTFS stream, a known short name spelled out. */
export function canonicalName(part: string): string {
  const colon = part.indexOf(':');
  const name = foldedName(colon < 0 ? part : part.slice(0, colon));
  return SHORT_NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? name;
}

/** A loop, since a pattern anchored at the end is quadratic on a name full of dots. */
function withoutTail(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === ' ')) end -= 1;
  return name.slice(0, end);
}
