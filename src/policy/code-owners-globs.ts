/** Globs for one part of a path, laid together letter by letter; `T` is what a glob that matches gives. */
export interface GlobTree<T> {
  readonly letters: Map<string, GlobTree<T>>;
  /** What comes behind `?`, and behind `*`: that one stays at any letter. */
  any: GlobTree<T> | null;
  star: GlobTree<T> | null;
  readonly isStar: boolean;
  /** What is given where a glob ends here. */
  end: T | null;
}

export function globTree<T>(isStar = false): GlobTree<T> {
  return { letters: new Map(), any: null, star: null, isStar, end: null };
}

/** The end of a glob of letters, `*`, `?` and escapes; made where it is new. */
export function plantGlob<T>(root: GlobTree<T>, glob: string, make: () => T): T {
  let at = root;
  for (const [piece, escaped] of glob.matchAll(/\\(.)|./gsu)) {
    if (piece === '*') {
      at.star ??= globTree(true);
      at = at.star;
    } else if (piece === '?') {
      at.any ??= globTree();
      at = at.any;
    } else {
      const letter = escaped ?? piece;
      const next: GlobTree<T> = at.letters.get(letter) ?? globTree();
      at.letters.set(letter, next);
      at = next;
    }
  }
  at.end ??= make();
  return at.end;
}

/** What the globs give that match a part. Looks at each letter once, for all globs that are still in it. */
export function endsOf<T>(root: GlobTree<T>, part: string): T[] {
  let at = new Set([root]);
  for (const letter of part) {
    const next = new Set<GlobTree<T>>();
    // What is added on the way is visited, too: a place before `*` is also one behind it.
    for (const each of at) {
      if (each.star !== null) at.add(each.star);
      if (each.isStar) next.add(each);
      if (each.any !== null) next.add(each.any);
      const named = each.letters.get(letter);
      if (named !== undefined) next.add(named);
    }
    if (next.size === 0) return [];
    at = next;
  }
  const ends: T[] = [];
  for (const each of at) {
    if (each.star !== null) at.add(each.star);
    if (each.end !== null) ends.push(each.end);
  }
  return ends;
}
