import type { Cage } from './cage.ts';
import { findProgram } from './find-program.ts';
import type { ProcessOptions } from './run-process.ts';

/** Processes and threads of one run, and bytes of one file: no work that is meant well comes near. */
const MOST_PROCESSES = 4_096;
const LARGEST_FILE = 4 * 1024 ** 3;

type Started = Pick<ProcessOptions, 'program' | 'args'>;

/**
 * The same start, within limits that the kernel keeps: where the account is this run's own, since processes are counted
 * by account, and where the machine has util-linux's prlimit.
 */
export async function withinLimits(
  { inmates }: Cage,
  { program, args }: Started,
  path: readonly string[],
): Promise<Started> {
  const prlimit = 'uid' in inmates ? await findProgram('prlimit', path) : null;
  if (prlimit === null) return { program, args };
  const limits = [`--nproc=${MOST_PROCESSES}`, `--fsize=${LARGEST_FILE}`, '--core=0'];
  return { program: prlimit, args: [...limits, '--', program, ...args] };
}
