import { lstat, mkdir } from 'node:fs/promises';
import { GitError } from './git.ts';

/** Makes a folder that only this account may write. Git obeys a repository's own config: one that somebody else could have prepared is not used. */
export async function makePrivate(directory: string): Promise<void> {
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
