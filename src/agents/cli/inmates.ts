import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the processes of a cage are told from others: by an account that nobody else has, or by a mark in their environment. */
export type Inmates = { readonly uid: number } | { readonly mark: string };

/** The variable that carries the mark. */
export const MARK = 'CONDUCTOR_CLI_RUN';

const ROUNDS = 40;
const BETWEEN_ROUNDS_MS = 25;

/**
 * Kills what is left of a cage, also what has left its process group. Again and again, since what forks is ahead of
 * whoever looks. By account nothing gets away; by mark, a process that has thrown its environment away does. Where
 * there is no /proc, nothing is found.
 */
export async function endStragglers(inmates: Inmates): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const left = await processesOf(inmates);
    if (left.length === 0) return;
    for (const pid of left) signal(pid, 'SIGKILL');
    await sleep(BETWEEN_ROUNDS_MS);
  }
}

/** True when some process is this account's. */
export async function someoneIs(uid: number): Promise<boolean> {
  return (await processesOf({ uid })).length > 0;
}

/** Sends a signal to a process, or with a negative number to its group; false when there is nobody. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

export const isAlive = (pid: number): boolean => Number.isInteger(pid) && pid > 0 && signal(pid, 0);

/** Zombies are left out: they are dead, and wait for their parent to notice. */
async function processesOf(inmates: Inmates): Promise<number[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(async (pid) => ((await belongs(pid, inmates)) ? pid : null)));
  return found.filter((pid) => pid !== null && pid !== process.pid).map(Number);
}

async function belongs(pid: number, inmates: Inmates): Promise<boolean> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    if (/^State:\s+[ZX]/m.test(status)) return false;
    // Real, effective, saved and file system: a program that is allowed to become another one changes some of them.
    if ('uid' in inmates)
      return (/^Uid:\s+(.*)$/m.exec(status)?.[1] ?? '').split(/\s+/).includes(String(inmates.uid));
    const environment = await readFile(`/proc/${pid}/environ`);
    return environment.includes(`${MARK}=${inmates.mark}`);
  } catch {
    return false;
  }
}
