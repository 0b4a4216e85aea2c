import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Simulator } from '../../src/simulator/simulator.ts';

/** A file as one change left it; both ends of a move are two entries. */
export interface Entry {
  readonly path: string;
  /** git's modes; 000000: there is none. */
  readonly before: string;
  readonly after: string;
  /** Added and removed. */
  readonly lines: number;
}

/** A ref that was made or moved. */
export interface Moved {
  readonly name: string;
  readonly before: string | null;
  readonly isForward: boolean;
  readonly message: string;
  /** The lines that it adds, of all files. */
  readonly added: string;
  readonly entries: readonly Entry[];
}

const run = promisify(execFile);

/** Every ref but GitHub's own, and its commit. */
export async function refsOf(github: Simulator, repository: string): Promise<Map<string, string>> {
  const listed = await git(
    github.gitDirectory(repository),
    'for-each-ref',
    '--format=%(refname) %(objectname)',
  );
  const refs = listed.split('\n').flatMap((line) => {
    const [name = '', commit = ''] = line.split(' ');
    // GitHub's own, one for each pull request.
    return name === '' || name.startsWith('refs/pull/') ? [] : [[name, commit] as const];
  });
  return new Map(refs);
}

/** How a ref went from where it was, or from `main`, to a commit. */
export async function movedFrom(
  directory: string,
  name: string,
  before: string | null,
  commit: string,
  main: string,
): Promise<Moved> {
  const from = before ?? main;
  const isForward =
    before === null ||
    (await git(directory, 'merge-base', '--is-ancestor', before, commit).then(
      () => true,
      () => false,
    ));
  const message = await git(directory, 'log', '-1', '--format=%B', commit);
  const diff = await git(directory, 'diff', '--no-renames', '--unified=0', from, commit);
  const added = diff.split('\n').filter((line) => line.startsWith('+') && !line.startsWith('+++ '));
  const entries = await changed(directory, from, commit);
  return { name, before, isForward, message, added: added.join('\n'), entries };
}

/** What a commit changes beside another, told by git's plumbing: no renames are guessed. */
export async function changed(directory: string, from: string, to: string): Promise<Entry[]> {
  const told = await git(directory, 'diff-tree', '-r', '-z', '--no-renames', '--raw', '--numstat', from, to);
  // Modes and names first, two fields each; then counts and names again, one field each.
  const fields = told.split('\0').slice(0, -1);
  const modes = fields.filter((field) => field.startsWith(':')).length;
  return Array.from({ length: modes }, (_, index) => {
    const [before = '', after = ''] = fields[index * 2]!.slice(1).split(' ');
    const named = fields[index * 2 + 1];
    const [added, removed, path = ''] = (fields[modes * 2 + index] ?? '').split('\t');
    if (path !== named) throw new Error(`git tells ${path} where it told ${named}`);
    return { path, before, after, lines: Number(added) + Number(removed) };
  });
}

export async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['--git-dir', directory, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
