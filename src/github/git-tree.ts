import type { WorkspaceEntry } from '../changes/workspace.ts';
import { git } from './git.ts';

/** A file of a commit. `object` is its blob; a submodule's is a commit of another repository. */
export interface TreeFile extends WorkspaceEntry {
  readonly object: string;
}

/**
 * Every file of a commit, in git's own order: by the bytes of the paths. Sizes are not asked for: git would look each
 * of them up, which takes four times as long, and would fetch every file that a partial clone has left out.
 */
export async function listTree(gitDir: string, commit: string): Promise<readonly TreeFile[]> {
  const listing = (await git(['ls-tree', '-r', '-z', '--full-tree', commit], { gitDir })).toString('utf8');
  const files: TreeFile[] = [];
  for (let start = 0; start < listing.length; ) {
    const end = listing.indexOf('\0', start);
    const tab = listing.indexOf('\t', start);
    // `<mode> <type> <object>`, a tab, the path, NUL: the mode has six digits, and nothing follows the object.
    const object = listing.slice(listing.lastIndexOf(' ', tab) + 1, tab);
    files.push({
      path: listing.slice(tab + 1, end),
      mode: knownMode(listing.slice(start, start + 6)),
      object,
    });
    start = end + 1;
  }
  return files;
}

/** Old repositories hold modes such as 100664, which git itself reads as a plain file. */
function knownMode(mode: string): WorkspaceEntry['mode'] {
  return mode === '100755' || mode === '120000' || mode === '160000' ? mode : '100644';
}
