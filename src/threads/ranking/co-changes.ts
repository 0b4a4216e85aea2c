import type { Past } from '../../changes/workspace.ts';

const COMMITS = 500;
/** A commit that touched more files than this says nothing of any two of them. */
const MOST_FILES = 30;

/** Paths that were changed in the same commits as these, with the share of those commits, 0 to 1. */
export async function changedTogether(
  past: Past | null,
  paths: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const together = new Map<string, number>();
  if (past === null || paths.length === 0) return together;
  const asked = new Set(paths);
  let commits = 0;
  for (const touched of await past.touched(COMMITS)) {
    if (touched.length > MOST_FILES || !touched.some((path) => asked.has(path))) continue;
    commits += 1;
    for (const path of touched) if (!asked.has(path)) together.set(path, (together.get(path) ?? 0) + 1);
  }
  for (const [path, times] of together) together.set(path, times / commits);
  return together;
}
