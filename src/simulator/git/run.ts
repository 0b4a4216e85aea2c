import { startGit } from '../../git/start-git.ts';

/** git itself said no. `stderr` is its own sentence. */
export class GitError extends Error {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: Buffer;

  constructor(args: readonly string[], code: number | null, stderr: string, stdout: Buffer) {
    super(`git ${args.join(' ')} ended with ${code ?? 'a signal'}: ${stderr.trim()}`);
    this.code = code;
    this.stderr = stderr;
    this.stdout = stdout;
  }
}

interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer rather than a failure. Default: only 0. */
  readonly accept?: readonly number[];
}

/**
 * The environment every git child gets: nothing of the user's or the machine's git configuration,
 * no prompts, no hooks, no locale.
 */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: '/dev/null',
    GIT_CONFIG_KEY_1: 'core.quotePath',
    GIT_CONFIG_VALUE_1: 'false',
    GIT_CONFIG_KEY_2: 'safe.directory',
    GIT_CONFIG_VALUE_2: '*',
    ...extra,
  };
}

/**
 * Runs git in a bare repository and returns what it wrote to standard output.
 *
 * @throws GitError when it ends with a code that `accept` does not list
 */
export async function git(
  directory: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  return (await runGit(directory, args, options)).stdout;
}

/** As `git`, for the callers that read the exit code as an answer. */
export async function runGit(
  directory: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<{ code: number; stdout: Buffer; stderr: string }> {
  const { input = '', env, accept = [0] } = options;
  const ended = await startGit({
    args: ['--git-dir', directory, ...args],
    env: cleanEnvironment(env),
    input,
  });
  const { code, stderr } = ended;
  const stdout = Buffer.from(ended.stdout);
  if (code !== null && accept.includes(code)) return { code, stdout, stderr };
  throw new GitError(args, code, stderr, stdout);
}

/** As `git`, as text without the final newline. */
export async function gitText(
  directory: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return (await git(directory, args, options)).toString().replace(/\n$/, '');
}

/** Splits git's NUL-separated output. */
export function splitNul(output: Buffer | string): string[] {
  return output.toString().split('\0').filter(Boolean);
}

/** `git merge-tree --write-tree` came with 2.38; without it no merge can be told from a conflict. */
const OLDEST = [2, 38] as const;

/**
 * Makes sure that a git new enough is there.
 *
 * @throws Error with a sentence for whoever starts the simulator
 */
export async function checkGit(): Promise<void> {
  const { stdout } = await runGit('.', ['--version']).catch((error: Error) => {
    throw new Error(`The simulator needs the git command, ${OLDEST.join('.')} or newer: ${error.message}`);
  });
  const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(stdout.toString()) ?? [];
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (isOld)
    throw new Error(
      `The simulator needs git ${OLDEST.join('.')} or newer, and this is ${stdout.toString().trim()}.`,
    );
}
