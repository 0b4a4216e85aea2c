import type { Probot } from 'probot';
import type { Mask } from '../messages/mask.ts';
import { harmlessLogLine } from '../messages/way-out.ts';

/** Writes a line to a log: without secrets, and so that it can't pass for anything else. */
export type Log = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

/** The App's log. Nothing of ours is written to it otherwise. */
export function appLog(app: Pick<Probot, 'log'>, mask: Mask): Log {
  return (level, message, fields) => {
    const clean = mask.texts({ message, fields });
    app.log[level](clean.fields, harmlessLogLine(clean.message));
  };
}
