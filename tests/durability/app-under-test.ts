import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostSettings } from '../../src/runs/ports.ts';

export interface CrashPoint {
  /** A step's name without its number; null: any step. */
  readonly step: string | null;
  readonly position: 'before' | 'done' | 'stored';
  /** Times that the point is passed before it strikes. */
  readonly after: number;
}

/** What one process of the App is started with. */
export interface AppSetup {
  readonly githubUrl: string;
  readonly dataDirectory: string;
  readonly databaseUrl: string | null;
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  readonly port: number;
  readonly crashAt: CrashPoint | null;
  readonly logLevel?: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly host?: Partial<HostSettings>;
}

/** A process of the App. */
export interface AppProcess {
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<void>;
  signal(name: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Kills it, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Crashes it there from now on. */
  arm(crashAt: CrashPoint): Promise<void>;
  /** Names of the steps that it has gone through. */
  steps(): Promise<readonly string[]>;
  /** Bytes: resident, and of JavaScript's heap after a collection. */
  memory(): Promise<{ readonly rss: number; readonly heapUsed: number }>;
}

/** What a process of the App can be told. */
export type Order =
  | { readonly kind: 'arm'; readonly crashAt: CrashPoint }
  | { readonly kind: 'steps' | 'memory' };

const COMPILED = join(tmpdir(), 'conductor-durability-compiled');

/** Starts a process of the App, and resolves when it takes events. Null when it died before that. */
export async function startApp(setup: AppSetup): Promise<AppProcess | null> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'app-process.ts'), [JSON.stringify(setup)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--expose-gc'],
    // Processes of the App come and go here: compiled once is enough.
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', NODE_COMPILE_CACHE: COMPILED },
  });
  const exited = once(child, 'exit').then(() => undefined);
  const ready = await Promise.race([message(child, 'ready'), exited.then(() => null)]);
  if (ready === null) return null;
  return {
    url: String(ready.url),
    pid: child.pid ?? 0,
    exited,
    signal: (name) => void child.kill(name),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async arm(crashAt) {
      await ask({ kind: 'arm', crashAt }, 'armed');
    },
    steps: async () => (await ask({ kind: 'steps' }, 'steps'))?.steps ?? [],
    async memory() {
      const { rss = 0, heapUsed = 0 } = (await ask({ kind: 'memory' }, 'memory')) ?? {};
      return { rss, heapUsed };
    },
  };

  /** Null: it died first. */
  function ask(order: Order, answer: string): Promise<Message | null> {
    const answered = message(child, answer);
    if (child.connected) child.send(order);
    return Promise.race([answered, exited.then(() => null)]);
  }
}

interface Message {
  readonly kind: string;
  readonly url?: string;
  readonly steps?: readonly string[];
  readonly rss?: number;
  readonly heapUsed?: number;
}

function message(child: ChildProcess, kind: string): Promise<Message> {
  return new Promise((resolve) => {
    const listen = (said: Message) => {
      if (said.kind !== kind) return;
      child.off('message', listen);
      resolve(said);
    };
    child.on('message', listen);
  });
}

/**
 * A port that is free now, so that a restarted App listens where the one before did. Below those that systems hand out
 * by themselves: while the App is down, nobody's connection takes it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer().listen(port, '127.0.0.1');
    const listens = await Promise.race([
      once(server, 'listening').then(() => true),
      once(server, 'error').then(() => false),
    ]).catch(() => false);
    if (!listens) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
