import { delimiter, dirname, join } from 'node:path';
import type { CliTask } from '../cli-agent.ts';
import type { Runner } from '../profile.ts';
import type { CliAdapter, LaunchOptions } from './adapter.ts';
import { type Cage, makeFolder, putFile } from './cage.ts';
import { MARK } from './inmates.ts';
import { IDENTITY } from './own-git.ts';
import { requestText } from './request-file.ts';
import type { ProcessOptions } from './run-process.ts';

/** Writes the request and the CLI's own settings into its home, and says how it is to be started. */
export async function launchIn(
  cage: Cage,
  adapter: CliAdapter,
  runner: Runner,
  task: CliTask,
  gateway: LaunchOptions['gateway'],
  path: readonly string[],
): Promise<Pick<ProcessOptions, 'args' | 'env' | 'stdin'>> {
  const { home, requestFile, owner } = cage;
  const launch = adapter.launch({ model: task.entry.model, gateway, home, requestFile }, runner);
  await putFile(requestFile, requestText(task), 0o600, owner);
  const identity = `[user]\n\tname = ${IDENTITY.name}\n\temail = ${IDENTITY.email}\n`;
  for (const [name, text] of Object.entries({ '.gitconfig': identity, ...launch.files })) {
    await makeFolder(dirname(join(home, name)), owner);
    await putFile(join(home, name), text, 0o600, owner);
  }
  return {
    args: launch.args,
    env: { ...environmentOf(cage, path), ...launch.env },
    stdin: launch.stdin === 'request' ? requestFile : null,
  };
}

/** Made from nothing: no variable of ours is handed on. */
export function environmentOf(
  { home, temporary, inmates }: Cage,
  path: readonly string[],
): Record<string, string> {
  return {
    PATH: path.join(delimiter),
    HOME: home,
    USER: 'conductor',
    LOGNAME: 'conductor',
    SHELL: '/bin/sh',
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    NO_COLOR: '1',
    TMPDIR: temporary,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_STATE_HOME: join(home, '.local/state'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    ...('mark' in inmates && { [MARK]: inmates.mark }),
  };
}
