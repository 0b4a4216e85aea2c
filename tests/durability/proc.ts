import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** What Linux tells of processes in /proc. Elsewhere there is nothing to read, and all of it is 0 or null. */

/** Megabytes: resident now, or at most so far. */
export function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(read(pid, 'status'))?.[1];
  return Math.round(Number(found ?? 0) / 1_024);
}

/** Microseconds of CPU so far, to a hundredth of a second. */
export function cpuOf(pid: number): number {
  const [user = 0, system = 0] = fieldsOf(pid).slice(11, 13).map(Number);
  return (user + system) * 10_000;
}

/** The process of a process' embedded database. */
export function embeddedDatabaseOf(pid: number): number | null {
  if (!existsSync('/proc')) return null;
  const found = readdirSync('/proc')
    .map(Number)
    .find((each) => Number(fieldsOf(each)[1]) === pid && read(each, 'cmdline').includes('embedded-process'));
  return found ?? null;
}

/** From the third on: the second, a name in brackets, may hold anything. Source: proc_pid_stat(5). */
function fieldsOf(pid: number): string[] {
  const stat = read(pid, 'stat');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
