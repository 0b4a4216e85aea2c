/** A file of a repository at one commit. `mode` is git's, as six octal digits. */
export interface WorkspaceEntry {
  readonly path: string;
  readonly mode: '100644' | '100755' | '120000' | '160000';
  /** Bytes; 0 for a submodule. */
  readonly size: number;
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
  /** Every file, sorted by path. */
  list(): Promise<readonly WorkspaceEntry[]>;
  /** The bytes of a file; null when there is no such file. A symbolic link gives its target's name, as git stores it. */
  read(path: string): Promise<Uint8Array | null>;
  /** Lines that contain `text` literally, in path order, at most `limit`. Binary files are passed over. */
  search(text: string, limit: number): Promise<readonly SearchMatch[]>;
}
