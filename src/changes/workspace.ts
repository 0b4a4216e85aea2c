/** A file of a repository at one commit. `mode` is git's, as six octal digits. */
export interface WorkspaceEntry {
  readonly path: string;
  readonly mode: '100644' | '100755' | '120000' | '160000';
}

/** One line that matched a search. `line` is 1-based. */
export interface SearchMatch {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

/** A read-only view of the repository at one commit. Nothing reached through it can write or run anything. */
export interface Workspace {
  /** The commit, as a full hash; a plain folder without git says `folder`. */
  readonly commit: string;
  /** What git knows beyond this commit; null where there is no git. */
  readonly past: Past | null;
  /** Every file, sorted by path. */
  list(): Promise<readonly WorkspaceEntry[]>;
  /**
   * How many bytes a file has; null when there is no such file, or it is a submodule. Not part of the list: git looks
   * each size up by itself, and does not know that of a file which it has not fetched yet.
   */
  sizeOf(path: string): Promise<number | null>;
  /** The bytes of a file; null when there is no such file. A symbolic link gives its target's name, as git stores it. */
  read(path: string): Promise<Uint8Array | null>;
  /** Says which files will be read: those that are not here are fetched in one go. Changes nothing but how long it takes. */
  prefetch(paths: readonly string[]): Promise<void>;
  /** Lines that contain `text` literally, in path order, at most `limit`. Binary files are passed over. */
  search(text: string, limit: number): Promise<readonly SearchMatch[]>;
}

/** The commits before a workspace's own, as far as they are known here. */
export interface Past {
  /** The paths that each of the latest commits touched, newest first; merges, and what began the history, left out. */
  touched(commits: number): Promise<readonly (readonly string[])[]>;
  /** What this commit changes against the commit at which it left another's line. */
  changesSince(other: string): Promise<ChangesSince>;
}

/** A commit against an earlier one. */
export interface ChangesSince {
  /** The merge base; where it is not known, `other` itself. */
  readonly from: string;
  readonly isMergeBase: boolean;
  readonly files: readonly { readonly path: string; readonly status: string }[];
  /** As git prints it; null where there are too many files. */
  readonly patch: string | null;
}
