/**
 * The small process that git is started from; started by start-git.ts, ends with the process that started it.
 * It answers each order once, in whatever order git gets done.
 */
import { spawn } from 'node:child_process';
import type { GitEnded, GitOrder } from './start-git.ts';

// A terminal signals the whole group. It is for the owner to say when this is over.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit());

process.on('message', ({ id, args, env, input, limitMs }: GitOrder) => {
  const say = (ended: Omit<GitEnded, 'id'>) => void process.send?.({ id, ...ended });
  const child = spawn('git', args, { env });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  const limit = limitMs === undefined ? undefined : setTimeout(() => child.kill(), limitMs);
  child.on('error', ({ message, code }: NodeJS.ErrnoException) => {
    clearTimeout(limit);
    say({ code: null, stdout: Buffer.alloc(0), stderr: '', broken: { code: code ?? null, message } });
  });
  // A child that exits before reading all of its input closes the pipe; its exit code tells why.
  child.stdin.on('error', () => undefined);
  child.on('close', (code) => {
    clearTimeout(limit);
    // One that could not be started has been told of.
    if (child.pid === undefined) return;
    say({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString(), broken: null });
  });
  child.stdin.end(input);
});
