import { runInNewContext } from 'node:vm';

/**
 * Does our own work, and ends it after so many milliseconds, wherever it is: no library's loop outlasts that. True when
 * it was done. Node's `vm` is the one way to end work that does not wait for anything; nothing but `work()` is run in it.
 */
export function withinTime(milliseconds: number, work: () => void): boolean {
  try {
    runInNewContext('work()', { work }, { timeout: milliseconds });
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  }
}
