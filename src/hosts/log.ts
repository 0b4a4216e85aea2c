import { codeOf } from '../runs/run.ts';

/** Writes a line to a log: without secrets, and so that it can't pass for anything else. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** An error as fields of a line: its code, what it says, and where it came from if nobody expected it. */
export function failureFields(error: unknown): { code: string; error: string; stack?: string } {
  const code = codeOf(error);
  const isBug = code === 'internal_error' && error instanceof Error && error.stack !== undefined;
  return { code, error: String(error), ...(isBug && { stack: error.stack ?? '' }) };
}
