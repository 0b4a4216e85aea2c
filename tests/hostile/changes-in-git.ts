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
  const raw = (await git(directory, 'diff-tree', '-r', '-z', '--no-renames', from, to)).split('\0');
  const counts = (await git(directory, 'diff-tree', '-r', '-z', '--numstat', '--no-renames', from, to)).split(
    '\0',
  );
  const entries: Entry[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [before = '', after = ''] = raw[at]!.slice(1).split(' ');
    const [added, removed, path = ''] = (counts[at / 2] ?? '').split('\t');
    if (path !== raw[at + 1]) throw new Error(`git tells ${path} where it told ${raw[at + 1]}`);
    entries.push({ path, before, after, lines: Number(added) + Number(removed) });
  }
  return entries;
}

async function git(directory: string, ...args: string[]): Promise<string> {
  const { stdout } = await run('git', ['--git-dir', directory, ...args], { maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
