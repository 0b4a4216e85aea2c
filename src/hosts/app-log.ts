import pino, { type DestinationStream, type Logger } from 'pino';
import type { Probot } from 'probot';
import type { Mask } from '../messages/mask.ts';
import { harmlessLogLine } from '../messages/way-out.ts';
import type { Log } from './log.ts';

/** The App's log. Nothing of ours is written to it otherwise. */
export function appLog(app: Pick<Probot, 'log'>, mask: Mask): Log {
  return (level, message, fields) => {
    const clean = mask.texts({ message, fields });
    app.log[level](clean.fields, harmlessLogLine(clean.message));
  };
}

/**
 * What libraries write to as well as we do: one JSON object a line, on standard output unless `to` is given. Every line
 * is masked as it leaves, whoever wrote it.
 */
export function jsonLogger(level: string, mask: Mask, to: DestinationStream = pino.destination(1)): Logger {
  return pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => `${JSON.stringify(mask.texts(JSON.parse(line)))}\n` },
    },
    to,
  );
}
