import { createHash } from 'node:crypto';
import type { RunId } from './run-id.ts';

/** An approval that an agent asked for in the middle of its work. */
export interface AskedInRun {
  /** What people answer with: twelve hex digits of the run and of what was asked. */
  readonly name: string;
  readonly run: RunId;
  /** The account that had asked for the work: its yes does not count. */
  readonly by: number;
}

const MARK =
  /^<!-- conductor:status run=\S+ -->\n\n<!-- conductor:asks ([0-9a-f]{12}) run=(\S+) by=(\d+) -->/;

export const nameOfAsked = (run: RunId, what: string) =>
  createHash('sha256').update(`${run}\n${what}`).digest('hex').slice(0, 12);

/** The line of Conductor's comment that a later run finds the question by. */
export const asksMark = ({ name, run, by }: AskedInRun) =>
  `<!-- conductor:asks ${name} run=${run} by=${by} -->`;

/** What a comment of Conductor's own asks; null: nothing. */
export function askedIn(body: string): AskedInRun | null {
  const [, name, run, by] = MARK.exec(body) ?? [];
  return name && run && by ? { name, run, by: Number(by) } : null;
}
