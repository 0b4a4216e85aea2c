import { spawn } from 'node:child_process';
import type { SearchMatch, Workspace, WorkspaceEntry } from '../changes/workspace.ts';
import { type BlobReader, openBlobReader } from './blob-reader.ts';
import { GitError, git, gitEnvironment } from './git.ts';

/** A workspace on a git repository; `close` ends the git process that it may hold. It never keeps a program alive. */
export interface GitWorkspace extends Workspace {
  close(): void;
}

interface TreeFile extends WorkspaceEntry {
  /** The blob's, or a submodule's commit. */
  readonly object: string;
}

/**
 * Opens a commit of a repository for reading, through git's own objects: no work tree, no index, no filters, no
 * replaced objects. `gitDir` is the `.git` folder or a bare repository; `commit` a full hash.
 *
 * Throws GitError where there is no such commit; `commit` is checked here, so no name reaches git's arguments.
 */
export async function openGitWorkspace(gitDir: string, commit: string): Promise<GitWorkspace> {
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) {
    throw new GitError(
      'git_failed',
      `${JSON.stringify(commit.slice(0, 80))} is not a full commit hash.`,
      null,
    );
  }
  const listing = await git(['--no-replace-objects', 'ls-tree', '-r', '-z', '-l', '--full-tree', commit], {
    gitDir,
  });
  const files = treeFiles(listing.toString('utf8'));
  const entries = files.map(({ path, mode, size }) => ({ path, mode, size }));
  const objects = new Map(
    files.filter(({ mode }) => mode !== '160000').map(({ path, object }) => [path, object]),
  );
  let blobs: BlobReader | null = null;

  return {
    commit,
    list: async () => entries,

    async read(path) {
      const object = objects.get(path);
      if (object === undefined) return null;
      blobs ??= openBlobReader(gitDir);
      return blobs.read(object);
    },

    search: (text, limit) => grep(gitDir, commit, text, limit),

    close() {
      blobs?.close();
      blobs = null;
    },
  };
}

/** The entries of `ls-tree -r -z -l`, sorted by path: mode, type, object, size, a tab, the path, NUL. */
function treeFiles(listing: string): TreeFile[] {
  const files = listing.split('\0').flatMap<TreeFile>((record) => {
    const tab = record.indexOf('\t');
    if (tab < 0) return [];
    const [mode, , object, size] = record.slice(0, tab).split(/ +/);
    return [
      { path: record.slice(tab + 1), mode: knownMode(mode!), size: Number(size) || 0, object: object! },
    ];
  });
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Old repositories hold modes such as 100664, which git itself reads as a plain file. */
function knownMode(mode: string): WorkspaceEntry['mode'] {
  return mode === '100755' || mode === '120000' || mode === '160000' ? mode : '100644';
}

/** Lines that hold `text`, found by git, which is ended as soon as there are enough. */
function grep(gitDir: string, commit: string, text: string, limit: number): Promise<SearchMatch[]> {
  // git takes each line of a pattern as a pattern of its own, and no line holds a line end.
  if (text === '' || /[\n\0]/.test(text) || limit < 1) return Promise.resolve([]);
  const options = [
    '-n',
    '-F',
    '-I',
    '-z',
    '--no-color',
    '--full-name',
    '--no-textconv',
    '--no-recurse-submodules',
  ];
  const child = spawn('git', ['--git-dir', gitDir, 'grep', ...options, '-e', text, commit], {
    env: { ...gitEnvironment(), GIT_NO_REPLACE_OBJECTS: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const matches: SearchMatch[] = [];
  let rest = Buffer.alloc(0);
  let problem = '';
  child.stderr.on('data', (chunk: Buffer) => {
    problem = (problem + chunk.toString()).slice(-2_000);
  });
  child.stdout.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = endOfMatch(rest); end >= 0 && matches.length < limit; end = endOfMatch(rest)) {
      matches.push(searchMatch(rest.subarray(0, end).toString('utf8'), commit));
      rest = rest.subarray(end + 1);
    }
    if (matches.length >= limit) child.kill();
  });

  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => {
      // git says 1 when nothing was found, and nothing at all when it was ended.
      if (exitCode === 0 || exitCode === 1 || matches.length >= limit) resolve(matches);
      else reject(new GitError('git_failed', `git grep failed: ${problem.trim()}`, exitCode));
    });
  });
}

/** Where a match ends in git's output. A path may hold a line end; the line behind the second NUL may not. */
function endOfMatch(output: Buffer): number {
  const path = output.indexOf(0);
  const line = path < 0 ? -1 : output.indexOf(0, path + 1);
  return line < 0 ? -1 : output.indexOf('\n', line + 1);
}

function searchMatch(record: string, commit: string): SearchMatch {
  const [path = '', line = '', ...text] = record.split('\0');
  return {
    path: path.slice(commit.length + 1),
    line: Number(line),
    text: text.join('\0').replace(/\r$/, ''),
  };
}
