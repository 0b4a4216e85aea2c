import { constants } from 'node:fs';
import { type FileHandle, open, writeFile } from 'node:fs/promises';
import { unusable } from '../runs/handed-over.ts';
import { type StepResult, value } from '../runs/outcome.ts';
import type { HandOver } from '../runs/ports.ts';

/** Bytes: more than the largest change set takes, escaped as JSON is. */
const MOST_BYTES = 25_000_000;

/** Hands over through a file, which one job uploads as an artifact and the other downloads. */
export function handOverFile(part: HandOver['part'], path: string): HandOver {
  if (part === 'think') return { part, give: (text) => writeFile(path, text, { mode: 0o600 }) };
  return { part, take: () => readHandedOver(path) };
}

/** An artifact holds what its maker packed: only a plain file of a sane size is read, and no link is followed. */
async function readHandedOver(path: string): Promise<StepResult<string>> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return unusable('there is no such file');
  }
  try {
    const found = await file.stat();
    if (!found.isFile()) return unusable('it is no plain file');
    if (found.size > MOST_BYTES) return unusable(`it has more than ${MOST_BYTES / 1_000_000} MB`);
    return value(new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile()));
  } catch {
    return unusable('it is no text');
  } finally {
    await file.close();
  }
}
