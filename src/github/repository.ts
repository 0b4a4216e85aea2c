import { lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileChange } from '../changes/file-change.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { RepositoryRef } from '../commands/request.ts';
import type { StepResult } from '../runs/outcome.ts';
import { changesBetween } from './changes-between.ts';
import { GitError, git } from './git.ts';
import { type GitWorkspace, openGitWorkspace } from './git-workspace.ts';

/** A repository's commits, read through git: costs no API request, however many files are read. */
export interface RepositorySource {
  /** The commit that a ref of the remote points to, made readable here; null when there is no such ref. */
  fetch(ref: string): Promise<string | null>;
  /** What changed from one commit to another, told from their trees; fetches what is not here yet. */
  changesBetween(from: string, to: string): Promise<StepResult<readonly FileChange[]>>;
  /** The tree of a commit, as a full hash. */
  treeOf(commit: string): Promise<string>;
  workspaceAt(commit: string): Promise<Workspace>;
  /** Lets go of the git processes that its workspaces hold. None of them can be read afterwards. */
  close(): void;
}

export interface SourceOptions {
  readonly repository: RepositoryRef;
  /** Where the repository is cloned from, without credentials. */
  readonly cloneUrl: string;
  readonly token: () => Promise<string>;
}

/** One fetch at a time into one folder: git's own lock would fail the second. */
const fetching = new Map<string, Promise<unknown>>();

/** A bare, shallow copy kept under `directory` between runs; a fetch brings only what is new. */
export function mirrorSource(directory: string, options: SourceOptions): RepositorySource {
  const gitDir = join(directory, `${options.repository.id}.git`);

  const opened: GitWorkspace[] = [];

  async function fetch(ref: string): Promise<string | null> {
    await makePrivate(directory);
    await mkdir(gitDir, { recursive: true, mode: 0o700 });
    await git(['init', '--quiet', '--bare'], { gitDir });
    const local = `refs/conductor/${ref.replace(/^refs\//, '')}`;
    const token = await options.token();
    try {
      await git(
        [
          'fetch',
          '--quiet',
          '--no-tags',
          '--depth=1',
          '--no-recurse-submodules',
          options.cloneUrl,
          `+${ref}:${local}`,
        ],
        { gitDir, token },
      );
    } catch (error) {
      if (error instanceof GitError && /couldn't find remote ref/i.test(error.message)) return null;
      throw error;
    }
    return revision(gitDir, local);
  }

  function fetchInTurn(ref: string): Promise<string | null> {
    const before = fetching.get(gitDir) ?? Promise.resolve();
    const mine = before.then(
      () => fetch(ref),
      () => fetch(ref),
    );
    fetching.set(
      gitDir,
      mine.catch(() => null),
    );
    return mine;
  }

  const isHere = (commit: string) =>
    revision(gitDir, `${commit}^{tree}`).then(
      () => true,
      () => false,
    );

  return {
    fetch: fetchInTurn,
    async changesBetween(from, to) {
      for (const commit of [from, to]) if (!(await isHere(commit))) await fetchInTurn(commit);
      return changesBetween(gitDir, from, to);
    },
    treeOf: (commit) => revision(gitDir, `${commit}^{tree}`),
    async workspaceAt(commit) {
      const workspace = await openGitWorkspace(gitDir, commit);
      opened.push(workspace);
      return workspace;
    },
    close() {
      for (const workspace of opened.splice(0)) workspace.close();
    },
  };
}

async function revision(gitDir: string, name: string): Promise<string> {
  return (await git(['rev-parse', '--verify', '--end-of-options', name], { gitDir })).toString().trim();
}

/** git obeys a repository's own config: a folder that somebody else could have prepared is not used. */
async function makePrivate(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found = await lstat(directory);
  const isOurs = process.getuid === undefined || found.uid === process.getuid();
  if (found.isDirectory() && isOurs && (found.mode & 0o022) === 0) return;
  throw new GitError(
    'git_failed',
    `${directory} is not a folder that only this account may write. Set DATA_DIR to one that is.`,
    null,
  );
}
