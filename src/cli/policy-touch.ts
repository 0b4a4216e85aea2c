import type { Change } from '../changes/change-set.ts';
import type { Workspace } from '../changes/workspace.ts';

/** Changes that touch paths as lightly as can be: one line more in a file that is there, else a new file. */
export async function touching(paths: readonly string[], workspace: Workspace): Promise<Change[]> {
  const known = new Set((await workspace.list()).map(({ path }) => path));
  return paths.map((path) =>
    known.has(path)
      ? { op: 'replace_range', path, start_line: 1, end_line: 0, content: 'touched\n', expect: '' }
      : { op: 'create_file', path, content: 'touched\n' },
  );
}
