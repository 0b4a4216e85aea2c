import { tmpdir } from 'node:os';
import { GitError, git } from '../github/git.ts';
import { SettingError } from './environment.ts';

/** Throws SettingError where there is no git: better before the first mention than after it. */
export async function needGit(): Promise<void> {
  try {
    await git(['--version'], { gitDir: tmpdir() });
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 'git_missing') throw error;
    throw new SettingError(
      'The git command was not found.',
      'Install git 2.38 or newer, and make sure that it is on the PATH.',
    );
  }
}
