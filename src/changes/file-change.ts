/** What a change set does to one file, worked out against its base. The result of applying, and the input of policy. */
export interface FileChange {
  readonly op: 'create' | 'modify' | 'delete' | 'rename';
  /** Where the file is afterwards; for a deletion, where it was. */
  readonly path: string;
  /** Where a renamed file was. */
  readonly from: string | null;
  /** The text before; null when the file did not exist, or was deleted without being text (binary, over a MiB). */
  readonly before: string | null;
  /** The text after; null when the file is deleted. */
  readonly after: string | null;
  /** git's file mode before, six octal digits; null when the file did not exist. */
  readonly modeBefore: string | null;
  /** git's file mode after, six octal digits; null when the file is deleted. */
  readonly mode: string | null;
}
