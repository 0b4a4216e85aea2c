import type { Pressed } from './run-events.ts';

const MARK =
  /^<!-- conductor:[^>]+ -->\n\n<!-- conductor:pressed (approve|deny) (sha256:[0-9a-f]{64}) by=(\d+) login=([\w-]+) at=([\d:.TZ-]+) -->/;

/** A button has no text of its own that could be read again: this line of Conductor's comment about it is the record. */
export const pressedMark = ({ says, digest, by, at }: Pressed) =>
  `<!-- conductor:pressed ${says} ${digest} by=${by.id} login=${by.login} at=${at} -->`;

/** What was pressed, by the second line of a comment of Conductor's own; null: nothing. */
export function pressedIn(body: string): Pressed | null {
  const [, says, digest = '', id, login = '', at = ''] = MARK.exec(body) ?? [];
  if (says !== 'approve' && says !== 'deny') return null;
  return { says, digest, by: { id: Number(id), login }, at };
}
