import { spawn } from 'node:child_process';
import { GitError, gitEnvironment } from './git.ts';

/** Reads objects of one repository through one git process. */
export interface BlobReader {
  /** The bytes of an object, by its full hash. Throws GitError when the repository does not have it. */
  read(object: string): Promise<Uint8Array>;
  close(): void;
}

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** Starts `git cat-file --batch`. Its process does not keep the program alive while nothing is being read. */
export function openBlobReader(gitDir: string): BlobReader {
  const child = spawn('git', ['--git-dir', gitDir, 'cat-file', '--batch'], {
    env: { ...gitEnvironment(), GIT_NO_REPLACE_OBJECTS: '1', GIT_NO_LAZY_FETCH: '1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const waiting: Waiting[] = [];
  let chunks: Buffer[] = [];
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

  /** Hands out every answer that is complete: `<hash> blob <size>`, a line end, the bytes, a line end. */
  function deliver(): void {
    let buffer = Buffer.concat(chunks, received);
    for (;;) {
      const header = buffer.indexOf('\n');
      if (header < 0) break;
      const [object, type, size] = buffer.subarray(0, header).toString('latin1').split(' ');
      const length = size === undefined ? 0 : Number(size) + 1;
      wanted = header + 1 + length;
      if (buffer.length < wanted) break;
      const next = waiting.shift();
      if (type === 'blob') next?.resolve(new Uint8Array(buffer.subarray(header + 1, wanted - 1)));
      else
        next?.reject(
          new GitError('git_failed', `The repository has no file content ${object} (${type}).`, null),
        );
      buffer = buffer.subarray(wanted);
      wanted = 1;
    }
    chunks = buffer.length > 0 ? [buffer] : [];
    received = buffer.length;
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

  return {
    read(object) {
      return new Promise((resolve, reject) => {
        if (ended) return reject(ended);
        keepAlive(true);
        waiting.push({ resolve, reject });
        child.stdin.write(`${object}\n`);
      });
    },

    close() {
      end(new GitError('git_failed', 'The workspace is closed.', null));
      child.kill();
    },
  };
}
