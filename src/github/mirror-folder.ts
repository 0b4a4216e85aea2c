import { randomUUID } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GitError, git } from './git.ts';
import { makePrivate } from './private-folder.ts';

/**
 * Works on a mirror, which is made first where there is none. One that a process left behind when it was killed, half
 * made or locked by nobody who lives, is given up, and the work done once more on a new one: a mirror holds nothing that
 * can't be fetched again.
 */
export async function onMirror<T>(gitDir: string, work: () => Promise<T>): Promise<T> {
  await make(gitDir);
  try {
    return await work();
  } catch (error) {
    if (!isLeftBroken(error)) throw error;
    const gone = `${gitDir}.${randomUUID()}.gone`;
    await rename(gitDir, gone);
    await rm(gone, { recursive: true, force: true });
    await make(gitDir);
    return work();
  }
}

/** Made beside its place and moved there whole, so that what stands there is a repository. */
async function make(gitDir: string): Promise<void> {
  await makePrivate(dirname(gitDir));
  if (await exists(gitDir)) return;
  const beside = `${gitDir}.${randomUUID()}.new`;
  await mkdir(beside, { mode: 0o700 });
  await git(['init', '--quiet', '--bare', '--template='], { gitDir: beside });
  try {
    await rename(beside, gitDir);
  } catch (error) {
    // Another process was faster.
    if (!(await exists(gitDir))) throw error;
    await rm(beside, { recursive: true, force: true });
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Git's own words, as git 2.39 and later write them without a locale. */
const isLeftBroken = (error: unknown) =>
  error instanceof GitError && /fatal: not a git repository|Unable to create '.*\.lock'/.test(error.message);
