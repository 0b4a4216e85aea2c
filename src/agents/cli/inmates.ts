import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** How the processes of a cage are told from others: by an account that nobody else has, or by a mark in their environment. */
export type Inmates = { readonly uid: number } | { readonly mark: string };

/** The variable that carries the mark. */
export const MARK = 'CONDUCTOR_CLI_RUN';

const ROUNDS = 60;
/** Rounds in which whoever runs is stopped first: what is stopped does not fork. */
const STOPPING_ROUNDS = 20;
const BETWEEN_ROUNDS_MS = 25;

/**
 * Kills what is left of a cage, also what has left its process group. All are stopped before the first is killed, since
 * what forks is ahead of whoever looks; with a limit to their number that comes to an end. By account nothing gets
 * away; by mark, a process that has thrown its environment away does. Where there is no /proc, nothing is found.
 */
export async function endStragglers(inmates: Inmates): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const left = await processesOf(inmates);
    if (left.length === 0) return;
    const running = left.filter(({ isStopped }) => !isStopped);
    if (round < STOPPING_ROUNDS && running.length > 0) {
      for (const { pid } of running) signal(pid, 'SIGSTOP');
      continue;
    }
    for (const { pid } of left) signal(pid, 'SIGKILL');
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

interface Process {
  readonly pid: number;
  readonly isStopped: boolean;
}

/** Zombies are left out: they are dead, and wait for their parent to notice. */
async function processesOf(inmates: Inmates): Promise<readonly Process[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map((pid) => look(pid, inmates)));
  return found.filter((one) => one !== null).filter(({ pid }) => pid !== process.pid);
}

/** Null: it is none of the inmates, or gone. */
async function look(pid: number, inmates: Inmates): Promise<Process | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const state = /^State:\s+(\w)/m.exec(status)?.[1] ?? 'X';
    if ('ZX'.includes(state) || !(await belongs(pid, status, inmates))) return null;
    return { pid, isStopped: 'Tt'.includes(state) };
  } catch {
    return null;
  }
}

async function belongs(pid: number, status: string, inmates: Inmates): Promise<boolean> {
  // Real, effective, saved and file system: a program that is allowed to become another one changes some of them.
  if ('uid' in inmates)
    return (/^Uid:\s+(.*)$/m.exec(status)?.[1] ?? '').split(/\s+/).includes(String(inmates.uid));
  const environment = await readFile(`/proc/${pid}/environ`);
  return environment.includes(`${MARK}=${inmates.mark}`);
}
