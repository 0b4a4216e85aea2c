import type { FileChange } from '../changes/file-change.ts';
import { countLines } from '../changes/unified-diff.ts';

const counted = new WeakMap<readonly FileChange[], ReturnType<typeof countLines>>();

/** Lines that a change adds and removes, counted once however many rules ask. */
export function changedLines(files: readonly FileChange[]): ReturnType<typeof countLines> {
  const lines = counted.get(files) ?? countLines(files);
  counted.set(files, lines);
  return lines;
}
