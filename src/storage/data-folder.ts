import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

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

/**
 * Takes a folder for this process alone. PGlite itself does not guard its folder: two processes in one silently lose
 * each other's commits. The lock is SQLite's, held by the operating system, so it ends with the process however that
 * dies, and a holder that is merely slow keeps it. @throws DataFolderTaken with the holder's name.
 */
export function takeDataFolder(folder: string): DataFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  const holder = join(folder, 'holder.json');
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new DataFolderTaken(folder, holderIn(holder));
  }
  writeFileSync(
    holder,
    JSON.stringify({ pid: process.pid, host: hostname(), since: new Date().toISOString() }),
  );
  return {
    database: join(folder, 'database'),
    release() {
      rmSync(holder, { force: true });
      lock.close();
    },
  };
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

function holderIn(file: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(file, 'utf8'));
    return `process ${pid} on ${host}, since ${since}`;
  } catch {
    return 'a process that has not said its name yet';
  }
}
