import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { sep } from 'node:path';
import { cleanEnvironment } from './run.ts';

export interface ObjectInfo {
  readonly sha: string;
  readonly type: 'blob' | 'tree' | 'commit' | 'tag';
  readonly size: number;
}

export interface FoundObject extends ObjectInfo {
  /** Empty unless the content was asked for. */
  readonly content: Buffer;
}

interface Question {
  readonly withContent: boolean;
  readonly answer: (found: FoundObject | null) => void;
  readonly fail: (error: Error) => void;
}

interface Reader {
  ask(names: readonly string[], withContent: boolean): Promise<(FoundObject | null)[]>;
  close(): void;
}

/**
 * One `git cat-file` for each repository that has been read, kept running: most of what an API call
 * asks of git is the name, type or content of an object, and starting git costs more than answering.
 */
const readers = new Map<string, Reader>();

/** Reads objects by name, in order; null where git knows none. Names must not contain a newline. */
export function readObjects(
  directory: string,
  names: readonly string[],
  withContent: boolean,
): Promise<(FoundObject | null)[]> {
  const reader = readers.get(directory) ?? openReader(directory);
  readers.set(directory, reader);
  return reader.ask(names, withContent);
}

/** Ends the readers of every repository below a folder. */
export function closeReaders(root: string): void {
  for (const [directory, reader] of readers) {
    if (directory.startsWith(root + sep)) reader.close();
  }
}

function openReader(directory: string): Reader {
  const child = spawn('git', ['--git-dir', directory, 'cat-file', '--batch-command'], {
    env: cleanEnvironment(),
  });
  const waiting: Question[] = [];
  let received = Buffer.alloc(0);

  const forget = (error: Error): void => {
    if (readers.get(directory) === reader) readers.delete(directory);
    for (const question of waiting.splice(0)) question.fail(error);
  };
  child.on('error', forget);
  child.on('close', () => forget(new Error(`git cat-file has ended in ${directory}`)));
  // The end of the process is told by 'close'; a pipe that breaks then has nothing to add.
  child.stdin.on('error', () => undefined);
  child.stderr.resume();
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (
      let taken = takeAnswer(received, waiting[0]);
      taken !== null;
      taken = takeAnswer(received, waiting[0])
    ) {
      received = received.subarray(taken.length);
      waiting.shift()?.answer(taken.found);
    }
  });
  unref(child);

  const reader: Reader = {
    ask: (names, withContent) =>
      Promise.all(
        names.map(
          (name) =>
            new Promise<FoundObject | null>((answer, fail) => {
              waiting.push({ withContent, answer, fail });
              child.stdin.write(`${withContent ? 'contents' : 'info'} ${name}\n`);
            }),
        ),
      ),
    close: () => child.stdin.end(),
  };
  return reader;
}

/** The first whole answer in what was received; null while it is incomplete. Source: `git help cat-file`. */
function takeAnswer(
  received: Buffer,
  question: Question | undefined,
): { found: FoundObject | null; length: number } | null {
  const end = received.indexOf('\n');
  if (question === undefined || end === -1) return null;
  const header = /^([0-9a-f]{40}) (blob|tree|commit|tag) (\d+)$/.exec(received.subarray(0, end).toString());
  if (header === null) return { found: null, length: end + 1 };
  const size = Number(header[3]);
  const length = question.withContent ? end + 1 + size + 1 : end + 1;
  if (received.length < length) return null;
  const content = question.withContent
    ? Buffer.from(received.subarray(end + 1, end + 1 + size))
    : Buffer.alloc(0);
  return { found: { sha: header[1]!, type: header[2] as ObjectInfo['type'], size, content }, length };
}

/** A reader that waits for questions keeps nobody's program from ending. */
function unref(child: ChildProcessWithoutNullStreams): void {
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    (stream as unknown as { unref?: () => void }).unref?.();
  }
}
