import { spawn } from 'node:child_process';

/** A git command that failed. `message` holds git's own words, without the token that the command may have used. */
export class GitError extends Error {
  readonly code: 'git_failed' | 'git_missing';
  readonly exitCode: number | null;
  /** The same command may succeed later: the remote was away, or the connection broke. */
  readonly transient: boolean;

  constructor(code: 'git_failed' | 'git_missing', message: string, exitCode: number | null) {
    super(message);
    this.name = 'GitError';
    this.code = code;
    this.exitCode = exitCode;
    this.transient =
      /returned error: 5\d\d|could not connect|timed out|reset by peer|early EOF|hung up/i.test(message);
  }
}

/** How git is run: nothing on the machine, in the repository or in the environment configures it. */
export interface GitOptions {
  readonly gitDir: string;
  /** Sent as Basic credentials of `x-access-token`; in the environment of the child, never in its arguments. */
  readonly token?: string | undefined;
  readonly input?: string | undefined;
}

const SAFE_CONFIG: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.http.allow', 'always'],
  ['protocol.https.allow', 'always'],
  ['submodule.recurse', 'false'],
  ['safe.directory', '*'],
  ['gc.auto', '0'],
];

/** Runs git on a repository and gives its standard output. Throws GitError: `git_missing` where there is no git. */
export function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const child = spawn('git', ['--git-dir', options.gitDir, ...args], {
    env: gitEnvironment(options.token),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out: Buffer[] = [];
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    err = (err + chunk.toString()).slice(-2_000);
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');

  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'ENOENT'
          ? new GitError(
              'git_missing',
              'The git command was not found. Install git 2.38 or newer and make sure it is on the PATH.',
              null,
            )
          : error,
      ),
    );
    child.on('close', (exitCode) => {
      if (exitCode === 0) return resolve(Buffer.concat(out));
      reject(
        new GitError(
          'git_failed',
          `git ${args[0]} failed: ${err.trim() || `exit code ${exitCode}`}`,
          exitCode,
        ),
      );
    });
  });
}

/** The whole environment of a git child: a path, no home, no prompt, our own settings, and the token where one is needed. */
export function gitEnvironment(token?: string): NodeJS.ProcessEnv {
  const config = [...SAFE_CONFIG];
  if (token) {
    const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
    config.push(['http.extraHeader', `Authorization: Basic ${credentials}`]);
  }
  const settings = config.flatMap(([key, of], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, of],
  ]);
  return {
    PATH: SEARCH_PATH,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(settings),
  };
}

/** Read once: where programs are found is the one thing of the host's environment that git needs. */
const SEARCH_PATH = process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
