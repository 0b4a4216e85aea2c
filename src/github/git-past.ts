import type { ChangesSince, Past } from '../changes/workspace.ts';
import { GitError, git } from './git.ts';

/** How what a partial clone lacks is got. A repository that is whole needs none. */
export interface Rest {
  /** Fetches blobs, all in one go. */
  bring(objects: readonly string[]): Promise<void>;
  /** Fetches the history of commits further back, as far as is quickly done. */
  deepen(commits: readonly string[]): Promise<void>;
}

/** With more files than this, a change is named and not shown. */
const MOST_FILES = 300;
const LONGEST_LOG_MS = 5_000;
/** Lines around a change: enough for a reader, and a third of what git prints for three files of one line. */
const CONTEXT_LINES = 3;
const NULL_OBJECT = /^0+$/;

/** The past of a commit. `hold` makes sure that the repository holds blobs. */
export function gitPast(
  gitDir: string,
  commit: string,
  rest: Rest | null,
  hold: (objects: readonly string[]) => Promise<void>,
): Past {
  async function mergeBase(other: string): Promise<string | null> {
    try {
      return (await git(['merge-base', commit, other], { gitDir })).toString().trim();
    } catch (error) {
      // 1: there is none, or it lies behind what was fetched.
      if (error instanceof GitError && error.exitCode === 1) return null;
      throw error;
    }
  }

  async function mergeBaseFurtherBack(other: string): Promise<string | null> {
    const near = await mergeBase(other);
    if (near !== null || rest === null) return near;
    await rest.deepen([commit, other]);
    return mergeBase(other);
  }

  return {
    async touched(commits) {
      // What began the history touched every file; in a shallow one it is only where the fetch ended.
      const args = ['-c', 'log.showRoot=false', 'log', '-z', '--format=%x01', '--name-only', '--no-renames'];
      const options = [`--max-count=${commits}`, '--no-merges', '--no-ext-diff', '--end-of-options', commit];
      const log = await git([...args, ...options], { gitDir, limitMs: LONGEST_LOG_MS });
      return log
        .toString('utf8')
        .split('\x01')
        .map((record) => record.split(/[\0\n]+/).filter((path) => path !== ''))
        .filter((paths) => paths.length > 0);
    },

    async changesSince(other): Promise<ChangesSince> {
      const base = await mergeBaseFurtherBack(other);
      const from = base ?? other;
      const isMergeBase = base !== null;
      const raw = await git(['diff-tree', '-r', '-z', '--raw', '--no-renames', from, commit], { gitDir });
      const entries = rawEntries(raw.toString('utf8'));
      const files = entries.map(({ path, status }) => ({ path, status }));
      if (files.length > MOST_FILES) return { from, isMergeBase, files, patch: null };

      await hold(entries.flatMap(({ objects }) => objects));
      const shown = ['-r', '-p', '-M', `-U${CONTEXT_LINES}`, '--no-color', '--no-ext-diff', '--no-textconv'];
      const patch = await git(['diff-tree', ...shown, from, commit], { gitDir });
      return { from, isMergeBase, files, patch: patch.toString('utf8') };
    },
  };
}

/** `:<mode> <mode> <object> <object> <status>`, NUL, the path, NUL. A submodule's object is no blob of this repository. */
function rawEntries(raw: string) {
  const parts = raw.split('\0');
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, at) => {
    const [before = '', after = '', was = '', is = '', status = ''] = (parts[2 * at] ?? '')
      .slice(1)
      .split(' ');
    const objects = [[before, was] as const, [after, is] as const].flatMap(([mode, object]) =>
      mode === '160000' || NULL_OBJECT.test(object) ? [] : [object],
    );
    return { path: parts[2 * at + 1] ?? '', status, objects };
  });
}
