import { spawn } from 'node:child_process';
import { GitError, gitEnvironment } from './git.ts';

/** Reads objects of one repository through one git process. Null: the repository does not hold that object. */
export interface BlobReader {
  /** The bytes of a blob, by its full hash. */
  read(object: string): Promise<Uint8Array | null>;
  /** How many bytes a blob has, without reading them. */
  sizeOf(object: string): Promise<number | null>;
  close(): void;
}

interface Waiting {
  /** Only the size was asked for: no bytes follow the answer's first line. */
  readonly sizeOnly: boolean;
  answer(blob: { readonly size: number; readonly bytes: Uint8Array } | null): void;
  reject(error: Error): void;
}

/** Starts `git cat-file --batch-command`. Its process does not keep the program alive while nothing is being read. */
export function openBlobReader(gitDir: string): BlobReader {
  const child = spawn('git', ['--git-dir', gitDir, 'cat-file', '--batch-command'], {
    env: gitEnvironment(),
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: Waiting[] = [];
  let chunks: Buffer[] = [];
  let asked = '';
  let received = 0;
  let wanted = 1;
  let ended: Error | null = null;

  function keepAlive(alive: boolean): void {
    const streams = [child.stdin, child.stdout] as unknown as { ref?(): void; unref?(): void }[];
    for (const each of [child, ...streams]) alive ? each.ref?.() : each.unref?.();
  }

  function end(error: Error): void {
    ended ??= error;
    for (const { reject } of waiting.splice(0)) reject(ended);
  }

  /** Hands out every answer that is complete: `<hash> blob <size>`, a line end, and the bytes with a line end. */
  function deliver(): void {
    const buffer = Buffer.concat(chunks, received);
    let at = 0;
    let delivered = 0;
    wanted = 1;
    for (const { sizeOnly, answer, reject } of waiting) {
      const header = buffer.indexOf('\n', at);
      if (header < 0) break;
      const [object, type, size] = buffer.toString('latin1', at, header).split(' ');
      const next = header + 1 + (sizeOnly || size === undefined ? 0 : Number(size) + 1);
      if (buffer.length < next) {
        wanted = next - at;
        break;
      }
      if (type === 'blob') answer({ size: Number(size), bytes: buffer.subarray(header + 1, next - 1) });
      else if (type === 'missing') answer(null);
      else reject(new GitError('git_failed', `${object} is no file content, but ${type}.`, null));
      delivered += 1;
      at = next;
    }
    waiting.splice(0, delivered);
    chunks = at < buffer.length ? [buffer.subarray(at)] : [];
    received = buffer.length - at;
    if (waiting.length === 0) keepAlive(false);
  }

  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    received += chunk.length;
    // A large object comes in many pieces: they are put together once, when it is whole.
    if (received >= wanted) deliver();
  });
  child.stdin.on('error', () => undefined);
  child.on('error', (error) =>
    end(new GitError('git_missing', `git could not be started: ${error.message}`, null)),
  );
  child.on('close', (exitCode) => end(new GitError('git_failed', 'git cat-file ended early.', exitCode)));
  keepAlive(false);

  /** What is asked for in one turn of the event loop goes to git in one write. */
  function send(): void {
    child.stdin.write(asked);
    asked = '';
  }

  function ask<T>(
    what: 'contents' | 'info',
    object: string,
    take: (blob: { readonly size: number; readonly bytes: Uint8Array }) => T,
  ): Promise<T | null> {
    return new Promise((resolve, reject) => {
      if (ended) return reject(ended);
      keepAlive(true);
      const answer: Waiting['answer'] = (blob) => resolve(blob && take(blob));
      waiting.push({ sizeOnly: what === 'info', answer, reject });
      if (asked === '') setImmediate(send);
      asked += `${what} ${object}\n`;
    });
  }

  return {
    // A copy: what is handed out must not hold on to the whole buffer that it came in.
    read: (object) => ask('contents', object, ({ bytes }) => new Uint8Array(bytes)),
    sizeOf: (object) => ask('info', object, ({ size }) => size),
    close() {
      end(new GitError('git_failed', 'The workspace is closed.', null));
      child.kill();
    },
  };
}
