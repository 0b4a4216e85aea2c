import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DataFolderTaken } from './data-folder.ts';

/** What a statement gave, in node-postgres' words. */
export interface Answer {
  readonly rows: unknown[];
  readonly fields: unknown[];
  readonly command: string;
  readonly rowCount: number;
}

/** What the database's process is told. */
export type Order =
  | { readonly kind: 'run'; readonly id: number; readonly text: string; readonly values: readonly unknown[] }
  | { readonly kind: 'close' };

type ErrorFields = Readonly<Record<string, unknown>>;

/** What it says. */
export type Report =
  | { readonly kind: 'open' }
  | { readonly kind: 'refused'; readonly error: ErrorFields }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'error'; readonly id: number; readonly error: ErrorFields };

/** One life of the database's process: its one session ends with it. */
export interface Link {
  /** @throws what the database says, and with code 08006 once the process has ended. */
  run(text: string, values: readonly unknown[]): Promise<Answer>;
}

/** PGlite in a process of its own. */
export interface EmbeddedDatabase {
  /** The process as it is now; another one where it has ended by itself, or was killed for want of memory. */
  link(): Promise<Link>;
  close(): Promise<void>;
}

/** Beside this file, whether it runs from source or is bundled. */
const PROGRAM = fileURLToPath(new URL(`embedded-process${extname(import.meta.url)}`, import.meta.url));
/**
 * V8's optimising compiler takes 500 MB at a time for PostgreSQL's interpreter loop, and makes statements no faster:
 * measured with PGlite 0.5.16, 270 MB instead of 830, at 0.3 ms a statement either way.
 */
const V8 = ['--liftoff-only'];

/**
 * Opens PGlite in a process of its own. In ours it would take each statement's time from whoever waits for an answer,
 * and make starting git, which forks the process it is started from, fifteen times slower.
 * @throws DataFolderTaken when another process holds the folder, and what the database says when it can't be opened.
 */
export async function openEmbeddedDatabase(directory: string): Promise<EmbeddedDatabase> {
  let life = await start(directory);
  let next: Promise<void> | null = null;
  let closed = false;
  return {
    async link() {
      if (life.ended && !closed) {
        next ??= start(directory)
          .then((started) => {
            life = started;
          })
          .finally(() => {
            next = null;
          });
        await next;
      }
      return life;
    },
    async close() {
      closed = true;
      await next?.catch(() => undefined);
      await life.close();
    },
  };
}

interface Life extends Link {
  readonly ended: boolean;
  close(): Promise<void>;
}

async function start(directory: string): Promise<Life> {
  const child = fork(PROGRAM, [directory], {
    // Nothing of what this process knows: neither secrets nor options for Node.
    env: {},
    execArgv: V8,
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const life = lifeOf(child, exited);
  const first = await Promise.race([
    once(child, 'message').then(([report]) => report as Report),
    exited.then(([code, signal]) => `its process ended with ${signal ?? code}`),
  ]);
  if (typeof first === 'string') throw new Error(first);
  if (first.kind === 'refused') {
    child.kill('SIGKILL');
    await exited;
    throw errorOf(first.error);
  }
  return life;
}

function lifeOf(child: ChildProcess, exited: Promise<unknown>): Life {
  const waiting = new Map<number, PromiseWithResolvers<Answer>>();
  let statements = 0;
  let ended = false;
  child.on('message', (report: Report) => {
    if (report.kind !== 'answer' && report.kind !== 'error') return;
    const asked = waiting.get(report.id);
    waiting.delete(report.id);
    if (report.kind === 'answer') asked?.resolve(report.answer);
    else asked?.reject(errorOf(report.error));
  });
  child.once('exit', () => {
    ended = true;
    for (const asked of waiting.values()) asked.reject(gone());
    waiting.clear();
  });
  // A message that can't be sent: the exit that follows says it to whoever waits.
  child.on('error', () => undefined);
  return {
    get ended() {
      return ended;
    },
    run(text, values) {
      if (ended) return Promise.reject(gone());
      const id = statements++;
      const asked = Promise.withResolvers<Answer>();
      waiting.set(id, asked);
      child.send({ kind: 'run', id, text, values } satisfies Order);
      return asked.promise;
    },
    async close() {
      if (!ended) child.send({ kind: 'close' } satisfies Order);
      await exited;
    },
  };
}

/** PostgreSQL's code for a connection that broke: it passes, and what was under way is not known. */
function gone(): Error {
  return Object.assign(new Error('The embedded database’s process has ended.'), { code: '08006' });
}

function errorOf(fields: ErrorFields): Error {
  const error = fields.name === DataFolderTaken.name ? Object.create(DataFolderTaken.prototype) : new Error();
  return Object.assign(error, fields);
}
