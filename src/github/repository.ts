import { createHash } from 'node:crypto';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileChange } from '../changes/file-change.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { RepositoryRef } from '../commands/request.ts';
import type { StepResult } from '../runs/outcome.ts';
import { changesBetween } from './changes-between.ts';
import { GitError, type GitRemote, git } from './git.ts';
import type { Rest } from './git-past.ts';
import { type GitWorkspace, isFullHash, openGitWorkspace } from './git-workspace.ts';
import { absentIn } from './held-blobs.ts';
import { onMirror } from './mirror-folder.ts';
import { pruneMirrors } from './prune-mirrors.ts';

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

/** Commits fetched with a ref, without their files: most pull requests leave their base's line within so many. */
const HISTORY = 50;
/** As far back as a merge base is looked for, and for how long. */
const FURTHEST_HISTORY = 500;
const LONGEST_DEEPENING_MS = 20_000;

const MOST_PACKS = 50;

/** What every fetch is told. A server that knows no filters sends whole files, and nothing is left to ask for. */
const FETCH = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--filter=blob:none',
];

/** One fetch at a time into one folder: git's own lock would fail the second. */
const fetching = new Map<string, Promise<unknown>>();
/** How many open sources read a mirror: it is not removed under them. */
const readers = new Map<string, number>();

/**
 * A bare, shallow, partial copy kept under `directory` between runs. A fetch brings commits and trees, and only what is
 * new of them; files come when they are read, all that are needed in one go.
 */
export function mirrorSource(directory: string, options: SourceOptions): RepositorySource {
  const gitDir = join(directory, `${options.repository.id}.git`);
  const opened: GitWorkspace[] = [];
  /** Fetched by this source: nobody removes them while it reads, so git is not asked again. */
  const brought = new Set<string>();
  let isReading = false;

  function startReading(): void {
    if (isReading) return;
    isReading = true;
    readers.set(gitDir, (readers.get(gitDir) ?? 0) + 1);
  }

  function stopReading(): void {
    if (!isReading) return;
    isReading = false;
    readers.set(gitDir, (readers.get(gitDir) ?? 1) - 1);
  }

  async function remote(): Promise<GitRemote> {
    return { url: options.cloneUrl, token: await options.token() };
  }

  async function fetch(ref: string): Promise<string | null> {
    const from = await remote();
    await consolidate(gitDir, from);
    const local = localRef(ref);
    try {
      const what = [`--depth=${HISTORY}`, 'conductor', `+${ref}:${local}`];
      await git([...FETCH, ...what], { gitDir, remote: from });
    } catch (error) {
      if (error instanceof GitError && /couldn't find remote ref/i.test(error.message)) return null;
      throw error;
    }
    // The folder's time says when the mirror was last used.
    await utimes(gitDir, new Date(), new Date());
    await pruneMirrors(directory, (mirror) => (readers.get(mirror) ?? 0) > 0);
    const commit = await revision(gitDir, local);
    brought.add(commit);
    return commit;
  }

  /** A run that waited, or that another process began, names a commit which no mirror here holds any more, or yet. */
  async function holdCommit(commit: string): Promise<void> {
    if (!isFullHash(commit) || brought.has(commit) || (await holds(gitDir, commit))) return;
    const what = [...FETCH, `--depth=${HISTORY}`, 'conductor', commit];
    await onMirror(gitDir, async () => git(what, { gitDir, remote: await remote() }));
  }

  const rest: Rest = {
    bring: (objects) =>
      inTurn(gitDir, async () => {
        // Not offered what is here already: git would take each commit that it has for one that it has all files of.
        const asked = ['-c', 'fetch.negotiationAlgorithm=noop', ...FETCH, '--stdin', 'conductor'];
        await git(asked, { gitDir, remote: await remote(), input: `${objects.join('\n')}\n` });
      }),
    deepen: (commits) =>
      inTurn(gitDir, async () => {
        const deeper = [...FETCH, `--depth=${FURTHEST_HISTORY}`, 'conductor', ...commits];
        const limitMs = LONGEST_DEEPENING_MS;
        await git(deeper, { gitDir, remote: await remote(), limitMs }).catch((error: unknown) => {
          if (!(error instanceof GitError)) throw error;
        });
      }),
  };

  return {
    fetch(ref) {
      startReading();
      return inTurn(gitDir, () => onMirror(gitDir, () => fetch(ref)));
    },
    async changesBetween(from, to) {
      startReading();
      for (const commit of [from, to]) await inTurn(gitDir, () => holdCommit(commit));
      return changesBetween(gitDir, from, to, async (objects) => {
        const absent = await absentIn(gitDir, objects);
        if (absent.length > 0) await rest.bring(absent);
      });
    },
    treeOf: (commit) => revision(gitDir, `${commit}^{tree}`),
    async workspaceAt(commit) {
      startReading();
      await inTurn(gitDir, () => holdCommit(commit));
      const workspace = await openGitWorkspace(gitDir, commit, rest);
      opened.push(workspace);
      return workspace;
    },
    close() {
      for (const workspace of opened.splice(0)) workspace.close();
      stopReading();
    },
  };
}

function inTurn<T>(gitDir: string, work: () => Promise<T>): Promise<T> {
  const mine = (fetching.get(gitDir) ?? Promise.resolve()).then(work, work);
  const ended = mine.catch(() => null);
  fetching.set(gitDir, ended);
  void ended.then(() => {
    if (fetching.get(gitDir) === ended) fetching.delete(gitDir);
  });
  return mine;
}

/** Where a ref of the remote stands here. One that was deleted there stays here, and `a` would bar the way to `a/b`. */
function localRef(ref: string): string {
  return `refs/conductor/${createHash('sha256').update(ref).digest('hex').slice(0, 32)}`;
}

/** Each fetch leaves a pack, and git looks for an object in all of them: when there are many, they are made one. */
async function consolidate(gitDir: string, remote: GitRemote): Promise<void> {
  // Where there is no such folder, git says so better.
  const files = await readdir(join(gitDir, 'objects', 'pack')).catch(() => []);
  const packs = files.filter((name) => name.endsWith('.pack'));
  if (packs.length > MOST_PACKS) await git(['repack', '-a', '-d', '-q'], { gitDir, remote });
}

async function holds(gitDir: string, commit: string): Promise<boolean> {
  return git(['cat-file', '-e', `${commit}^{tree}`], { gitDir }).then(
    () => true,
    () => false,
  );
}

async function revision(gitDir: string, name: string): Promise<string> {
  return (await git(['rev-parse', '--verify', '--end-of-options', name], { gitDir })).toString().trim();
}
