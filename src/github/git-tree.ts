import type { WorkspaceEntry } from '../changes/workspace.ts';
import { git } from './git.ts';

/** The files of a commit in git's own order, by the bytes of their paths. */
export interface Tree {
  readonly entries: readonly WorkspaceEntry[];
  /** For each entry its blob; a submodule's is a commit of another repository. */
  readonly objects: readonly string[];
}

/**
 * Lists every file of a commit. Sizes are not asked for: git would look each of them up, which takes four times as
 * long, and would fetch every file that a partial clone has left out.
 */
export async function listTree(gitDir: string, commit: string): Promise<Tree> {
  const listing = (await git(['ls-tree', '-r', '-z', '--full-tree', commit], { gitDir })).toString('utf8');
  const entries: WorkspaceEntry[] = [];
  const objects: string[] = [];
  for (let start = 0; start < listing.length; ) {
    // `<mode> <type> <object>`, a tab, the path, NUL: the mode has six digits, and hashes are as long as the commit's.
    const tab = listing.indexOf('\t', start);
    const end = listing.indexOf('\0', tab);
    objects.push(listing.slice(tab - commit.length, tab));
    entries.push({
      path: listing.slice(tab + 1, end),
      mode: knownMode(listing.slice(start, start + MODE_DIGITS)),
    });
    start = end + 1;
  }
  return { entries, objects };
}

const MODE_DIGITS = 6;

/** Old repositories hold modes such as 100664, which git itself reads as a plain file. */
function knownMode(mode: string): WorkspaceEntry['mode'] {
  return mode === '100755' || mode === '120000' || mode === '160000' ? mode : '100644';
}
