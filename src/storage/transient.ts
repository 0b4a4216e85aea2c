import { setTimeout } from 'node:timers/promises';

/** PostgreSQL's classes of errors that may pass: connection, resources, rollback, operator intervention; and read-only. */
const CLASSES = ['08', '53', '40', '57'];
const CODES = [
  '25006',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
];
const LONGEST_PAUSE_MS = 2_000;

/**
 * True when the same statement may succeed later: the database is away, full, or made one transaction wait for
 * another. Source: PostgreSQL manual, appendix A; node-postgres has no codes for its own two.
 */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (CODES.includes(code) || (code.length === 5 && CLASSES.includes(code.slice(0, 2)))) return true;
  if (error instanceof AggregateError) return error.errors.some(isTransient);
  return /^Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    error.message,
  );
}

/**
 * Repeats statements for as long as the database is away, until `signal` is aborted; throws at once what will not pass.
 * Only for statements that may be repeated.
 */
export async function untilBack<T>(signal: AbortSignal, statements: () => Promise<T>): Promise<T> {
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await statements();
    } catch (error) {
      if (signal.aborted || !isTransient(error)) throw error;
    }
    await setTimeout(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}
