import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { delimiter, join } from 'node:path';
import type { Cage } from './cage.ts';
import { CageError, failure } from './failures.ts';

/** Nothing on the machine, in the copy or in the home configures git, and it starts no other program. */
const SAFE_CONFIG: Readonly<Record<string, string>> = {
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.excludesFile': '/dev/null',
  'core.attributesFile': '/dev/null',
  'commit.gpgSign': 'false',
  'protocol.allow': 'never',
  // All files go into one pack: a third of the time for ten thousand of them, and a twentieth of the room.
  'core.bigFileThreshold': '1',
  'core.compression': '1',
  'gc.auto': '0',
};
/** Whose commits in the copy are. They go nowhere. */
export const IDENTITY = { name: 'Conductor', email: 'conductor@localhost' };
const LONGEST_MS = 120_000;
const LONGEST_OUTPUT = 64 * 1024 * 1024;

/**
 * Runs git in a cage, as those who are in it: what they may have put in its way gets no more than they have. Gives its
 * output. Throws CageError `cli_git_failed`.
 */
export function ownGit(cage: Cage, path: readonly string[], args: readonly string[]): Promise<string> {
  const config = Object.entries(SAFE_CONFIG).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const child = spawn('git', [...config, ...args], {
    cwd: cage.copy,
    env: {
      PATH: path.join(delimiter),
      HOME: cage.temporary,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_ATTR_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: IDENTITY.name,
      GIT_AUTHOR_EMAIL: IDENTITY.email,
      GIT_COMMITTER_NAME: IDENTITY.name,
      GIT_COMMITTER_EMAIL: IDENTITY.email,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS,
    killSignal: 'SIGKILL',
    ...cage.owner,
  });
  const out: Buffer[] = [];
  let size = 0;
  let words = '';
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LONGEST_OUTPUT) out.push(chunk);
    else child.kill('SIGKILL');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-300);
  });
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(gitFailed(error.message)));
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(gitFailed(words.trim() || `exit code ${code}`));
    });
  });
}

/** Makes the copy a repository of one commit: most CLIs want one, and show their edits against it. */
export async function commitBaseline(cage: Cage, path: readonly string[]): Promise<void> {
  // No templates: they would bring hooks.
  await ownGit(cage, path, ['init', '--quiet', '--template=', '--initial-branch=main', '.']);
  await ownGit(cage, path, ['add', '--all', '--force', '.']);
  const commit = ['commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'Base'];
  await ownGit(cage, path, commit);
}

/**
 * Files and, with a slash at the end, whole folders of the copy that its own .gitignore files leave out. The copy's
 * .git is not used: by now it is whatever the CLI has made of it.
 */
export async function ignoredPaths(cage: Cage, path: readonly string[]): Promise<ReadonlySet<string>> {
  // A name that nobody could have put something under.
  const gitDir = join(cage.temporary, `${randomUUID()}.git`);
  await ownGit(cage, path, ['init', '--quiet', '--template=', '--bare', gitDir]);
  const list = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  const listed = await ownGit(cage, path, [`--git-dir=${gitDir}`, '--work-tree=.', ...list]);
  return new Set(listed.split('\0').filter((entry) => entry !== ''));
}

function gitFailed(why: string): CageError {
  return new CageError(
    failure('cli_git_failed', `git failed in the copy that the CLI works on: ${why}.`, 'Ask again.'),
  );
}
