import type { Cage } from './cage.ts';
import { findProgram } from './find-program.ts';
import type { ProcessOptions } from './run-process.ts';

/** Processes and threads of one run, and bytes of one file: no work that is meant well comes near. */
const MOST_PROCESSES = 4_096;
const LARGEST_FILE = 4 * 1024 ** 3;

type Started = Pick<ProcessOptions, 'program' | 'args'>;

/**
 * The same start, within limits that the kernel keeps, where the machine has util-linux: no program makes it another
 * account (sudo, su), and, where the account is this run's own, since processes are counted by account, so many of them.
 */
export async function withinLimits(
  { inmates }: Cage,
  started: Started,
  path: readonly string[],
): Promise<Started> {
  const setpriv = await findProgram('setpriv', path);
  const prlimit = 'uid' in inmates ? await findProgram('prlimit', path) : null;
  const limits = [`--nproc=${MOST_PROCESSES}`, `--fsize=${LARGEST_FILE}`, '--core=0'];
  return behind(setpriv, ['--no-new-privs'], behind(prlimit, limits, started));
}

function behind(wrapper: string | null, options: readonly string[], { program, args }: Started): Started {
  if (wrapper === null) return { program, args };
  return { program: wrapper, args: [...options, '--', program, ...args] };
}
