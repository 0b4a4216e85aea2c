import { type ChildProcess, fork } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What git is to do: `args` after `git`, its whole environment, and its input. */
export interface GitOrder {
  readonly id: number;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | Uint8Array;
  /** Milliseconds after which it is ended. */
  readonly limitMs?: number | undefined;
}

/** How it ended. `broken`: it did not even start, and why; its code is the system's, such as `ENOENT`. */
export interface GitEnded {
  readonly id: number;
  readonly code: number | null;
  readonly stdout: Uint8Array;
  readonly stderr: string;
  readonly broken: { readonly code: string | null; readonly message: string } | null;
}

/** Git did not start, or what starts it was ended. */
export class GitNotStarted extends Error {
  readonly code: string | null;

  constructor({ code, message }: NonNullable<GitEnded['broken']>) {
    super(message);
    this.code = code;
  }
}

interface Starter {
  start(order: Omit<GitOrder, 'id'>): Promise<GitEnded>;
}

/** Beside this file, whether it runs from source or is bundled. */
const PROGRAM = fileURLToPath(new URL(`git-process${extname(import.meta.url)}`, import.meta.url));

let starter: Starter | null = null;

/**
 * Runs git, from a small process that is kept for it: starting a program copies the page tables of the process that it
 * is started from, which took 0.8 ms in one of 40 MB, and 12.6 ms in one of 340 MB (Node 24.21, Linux 6.18).
 *
 * @throws GitNotStarted where git can't be started, or its starter was ended meanwhile; any exit code is an answer.
 */
export async function startGit(order: Omit<GitOrder, 'id'>): Promise<GitEnded> {
  starter ??= openStarter();
  const ended = await starter.start(order);
  if (ended.broken !== null) throw new GitNotStarted(ended.broken);
  return ended;
}

function openStarter(): Starter {
  const child = fork(PROGRAM, [], {
    // Nothing of what this process knows: neither secrets nor options for Node.
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const waiting = new Map<number, { answer(ended: GitEnded): void; fail(error: Error): void }>();
  let last = 0;

  function forget(why: string): void {
    if (starter === opened) starter = null;
    for (const { fail } of waiting.values()) fail(new GitNotStarted({ code: null, message: why }));
    waiting.clear();
  }
  child.on('message', (ended: GitEnded) => {
    waiting.get(ended.id)?.answer(ended);
    waiting.delete(ended.id);
    if (waiting.size === 0) keepAlive(child, false);
  });
  child.on('error', (error) => forget(error.message));
  child.on('exit', (code, signal) => forget(`The process that starts git ended with ${signal ?? code}.`));
  keepAlive(child, false);

  const opened: Starter = {
    start: (order) =>
      new Promise((answer, fail) => {
        last += 1;
        waiting.set(last, { answer, fail });
        keepAlive(child, true);
        // One that cannot be told any more has ended, and 'exit' says so.
        child.send({ id: last, ...order } satisfies GitOrder, () => undefined);
      }),
  };
  return opened;
}

/** A starter that waits for orders keeps nobody's program from ending. */
function keepAlive(child: ChildProcess, alive: boolean): void {
  for (const each of [child, child.channel]) alive ? each?.ref() : each?.unref();
}
