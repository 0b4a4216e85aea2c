import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

/** Another process holds the data folder. */
export class DataFolderTaken extends Error {
  constructor(folder: string, holder: string) {
    super(`The data folder ${folder} is in use by ${holder}. One folder serves one process.`);
    this.name = 'DataFolderTaken';
  }
}

/** A data folder that this process, and no other, holds. */
export interface DataFolder {
  /** Where PGlite keeps its files. */
  readonly database: string;
  release(): void;
}

/** A holder that was killed lets go a moment after it is gone: the lock is its database's process'. */
const LET_GO_WITHIN_MS = 10_000;
/** Source: SQLite's result codes. */
const SQLITE_BUSY = 5;

/**
 * Takes a folder for this process alone, on behalf of `holder`, which is named to others. PGlite itself does not guard
 * its folder: two processes in one silently lose each other's commits. The lock is SQLite's, held by the operating
 * system, so it ends with the process however that dies, and a holder that is merely slow keeps it.
 * @throws DataFolderTaken with the holder's name, and what SQLite says when the lock's own file can't be used.
 */
export async function takeDataFolder(folder: string, holder = process.pid): Promise<DataFolder> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'holder.json');
  const until = Date.now() + LET_GO_WITHIN_MS;
  let lock = lockOf(folder);
  while (lock === null) {
    const other = holderIn(file);
    if (!isGone(other) || Date.now() > until) throw new DataFolderTaken(folder, nameOf(other));
    await setTimeout(20);
    lock = lockOf(folder);
  }
  const held = lock;
  const since = new Date().toISOString();
  writeFileSync(file, JSON.stringify({ pid: holder, host: hostname(), since } satisfies Holder));
  return {
    database: join(folder, 'database'),
    release() {
      rmSync(file, { force: true });
      held.close();
    },
  };
}

/** Null when somebody else has it. */
function lockOf(folder: string): DatabaseSync | null {
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null;
    throw error;
  }
}

/**
 * Makes the database's folder in one step that can't be seen half done: `create` fills a temporary folder, which is
 * then renamed. What earlier starts left half done is thrown away; whoever still writes there writes into nothing.
 */
export async function createWhole(
  folder: string,
  create: (temporary: string) => Promise<void>,
): Promise<void> {
  const beginning = `${basename(folder)}.new-`;
  for (const name of readdirSync(dirname(folder)).filter((each) => each.startsWith(beginning)))
    await rm(join(dirname(folder), name), { recursive: true, force: true }).catch(() => undefined);
  const temporary = join(dirname(folder), `${beginning}${randomUUID()}`);
  await create(temporary);
  renameSync(temporary, folder);
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/** Null while it has not said its name. */
function holderIn(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

function nameOf(holder: Holder | null): string {
  if (holder === null) return 'a process that has not said its name yet';
  return `process ${holder.pid} on ${holder.host}, since ${holder.since}`;
}

/** Of a process on another machine nobody here can tell. */
function isGone(holder: Holder | null): boolean {
  if (holder === null || holder.host !== hostname()) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
