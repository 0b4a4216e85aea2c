import { GitNotStarted, startGit } from '../git/start-git.ts';

/** What git and curl say where the remote was away, too busy, or the connection broke. */
const MAY_PASS =
  /returned error: (429|5\d\d)|could ?n[o']t connect|failed to connect|could not resolve host|connection refused|timed out|reset by peer|early EOF|hung up|that starts git ended/i;

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
    this.transient = MAY_PASS.test(message);
  }
}

/** How git is run: nothing on the machine, in the repository or in the environment configures it. */
export interface GitOptions {
  readonly gitDir: string;
  /** Absent: git reaches no network, whatever the repository's own configuration says. */
  readonly remote?: GitRemote | undefined;
  readonly input?: string | undefined;
  /** Milliseconds after which git is ended, and has failed. */
  readonly limitMs?: number | undefined;
}

/** Where to fetch from. Git knows it as `conductor`, for one command: nothing is written to the repository's config. */
export interface GitRemote {
  readonly url: string;
  /** Sent as Basic credentials of `x-access-token`; in the environment of the child, never in its arguments. */
  readonly token: string;
}

const SAFE_CONFIG: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['submodule.recurse', 'false'],
  ['safe.directory', '*'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['log.showSignature', 'false'],
];

/** Of git's own words, so many of the last are told. */
const TOLD = 2_000;

/** Runs git on a repository and gives its standard output. Throws GitError: `git_missing` where there is no git. */
export async function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { gitDir, remote, input = '', limitMs } = options;
  const order = { args: ['--git-dir', gitDir, ...args], env: gitEnvironment(remote), input, limitMs };
  const { code, stdout, stderr } = await startGit(order).catch((error: unknown) => {
    if (!(error instanceof GitNotStarted)) throw error;
    throw error.code === 'ENOENT' ? missing() : new GitError('git_failed', error.message, null);
  });
  if (code === 0) return Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  const why = stderr.slice(-TOLD).trim() || `exit code ${code}`;
  throw new GitError('git_failed', `git ${args[0]} failed: ${why}`, code);
}

const missing = () =>
  new GitError(
    'git_missing',
    'The git command was not found. Install git 2.38 or newer and make sure it is on the PATH.',
    null,
  );

/** The whole environment of a git child: a path, no home, no prompt, our own settings, and a remote where one is needed. */
export function gitEnvironment(remote?: GitRemote): Record<string, string> {
  const config = [...SAFE_CONFIG, ...(remote ? remoteConfig(remote) : [])];
  const settings = config.flatMap(([key, of], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, of],
  ]);
  return {
    PATH: SEARCH_PATH,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    // Nothing is fetched that was not asked for: a partial clone would fetch each missing file by itself.
    GIT_NO_LAZY_FETCH: '1',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: String(config.length),
    ...Object.fromEntries(settings),
  };
}

/** `promisor`: what is left out of a fetch may be asked for later, so git does not take it for damage. */
function remoteConfig({ url, token }: GitRemote): (readonly [string, string])[] {
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  return [
    ['protocol.http.allow', 'always'],
    ['protocol.https.allow', 'always'],
    ['http.extraHeader', `Authorization: Basic ${credentials}`],
    ['remote.conductor.url', url],
    ['remote.conductor.promisor', 'true'],
    ['remote.conductor.partialCloneFilter', 'blob:none'],
  ];
}

/** Read once: where programs are found is the one thing of the host's environment that git needs. */
const SEARCH_PATH = process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
