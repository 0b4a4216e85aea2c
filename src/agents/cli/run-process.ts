import { type ChildProcess, spawn } from 'node:child_process';
import { open, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cage } from './cage.ts';
import { endStragglers, signal } from './inmates.ts';
import { lineReader } from './line-reader.ts';

/** How a process is started. Its environment is all that it gets. */
export interface ProcessOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The end of a file is the end of its input; null: there is no input at all. */
  readonly stdin: string | null;
  readonly onLine: (line: string) => void;
}

/** How it ended. `stopped`: the signal was aborted, and its reason says why. */
export type Ended =
  | { readonly how: 'exited'; readonly exitCode: number | null; readonly lastWords: string }
  | { readonly how: 'stopped' | 'output_limit'; readonly lastWords: string }
  | { readonly how: 'not_started'; readonly why: string };

/** Bytes and lines that it may print in all: an event stream of a day's work has some megabytes. */
const MOST_OUTPUT = 64 * 1024 * 1024;
const MOST_LINES = 500_000;
const LONGEST_LINE = 1024 * 1024;
const LAST_WORDS = 2_000;
/** Time to put things in order between being asked to end and being ended. */
const GRACE_MS = 2_000;
/** What comes out of pipes after the end: those who hold them are dead by then. */
const DRAIN_MS = 1_000;

/**
 * Runs a process in the cage until it exits, prints too much, or `stop` is aborted. When it resolves, nothing of the
 * cage runs any more, whatever was started in it and however it went away.
 */
export async function runProcess(cage: Cage, options: ProcessOptions, stop: AbortSignal): Promise<Ended> {
  if (stop.aborted) return { how: 'stopped', lastWords: '' };
  const input = options.stdin === null ? null : await open(options.stdin, 'r');
  let child: ChildProcess;
  try {
    child = spawn(options.program, options.args, {
      cwd: cage.copy,
      env: options.env,
      stdio: [input?.fd ?? 'ignore', 'pipe', 'pipe'],
      detached: true,
      ...cage.owner,
    });
  } catch (error) {
    return { how: 'not_started', why: error instanceof Error ? error.message : String(error) };
  } finally {
    await input?.close();
  }
  return watched(cage, child, options.onLine, stop);
}

async function watched(
  cage: Cage,
  child: ChildProcess,
  onLine: (line: string) => void,
  stop: AbortSignal,
): Promise<Ended> {
  let lastWords = '';
  let printed = 0;
  let lineCount = 0;
  const tooMuch = new AbortController();
  const lines = lineReader(LONGEST_LINE, (line) => {
    lineCount += 1;
    if (lineCount <= MOST_LINES) onLine(line);
    else tooMuch.abort();
  });
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.length;
    if (printed > MOST_OUTPUT) tooMuch.abort();
    if (!tooMuch.signal.aborted) lines.push(chunk);
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.length;
    if (printed > MOST_OUTPUT) tooMuch.abort();
    lastWords = (lastWords + chunk.toString()).slice(-LAST_WORDS);
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const exited = new Promise<Ended>((resolve) => {
    child.once('error', (error) => resolve({ how: 'not_started', why: error.message }));
    child.once('exit', (exitCode) => resolve({ how: 'exited', exitCode, lastWords }));
  });
  const { pid } = child;
  if (pid !== undefined) await sacrificeFirst(pid);

  const ended = await Promise.race([exited, aborted(stop), aborted(tooMuch.signal)]);
  if (pid !== undefined) await endGroup(pid, ended === null);
  await endStragglers(cage.inmates);
  await Promise.race([closed, sleep(DRAIN_MS, undefined, { ref: false })]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  lines.end();
  if (tooMuch.signal.aborted) return { how: 'output_limit', lastWords };
  if (ended === null) return { how: 'stopped', lastWords };
  return ended.how === 'exited' ? { ...ended, lastWords } : ended;
}

/** With `asked` politely first, and then to the end: a group may outlive the process that it is named after. */
async function endGroup(pid: number, asked: boolean): Promise<void> {
  if (asked && signal(-pid, 'SIGTERM')) {
    for (let waited = 0; waited < GRACE_MS && signal(-pid, 0); waited += 20) await sleep(20);
  }
  signal(-pid, 'SIGKILL');
}

/** Where memory runs out, the kernel takes a CLI before it takes us. Not everywhere possible, and not needed. */
async function sacrificeFirst(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/oom_score_adj`, '500').catch(() => undefined);
}

function aborted(signal: AbortSignal): Promise<null> {
  if (signal.aborted) return Promise.resolve(null);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(null), { once: true }));
}
