import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';

const MODULES = join(import.meta.dirname, '../../node_modules');

/**
 * Copies a PGlite that has been created, and never opened by Conductor, to `folder`. Creating one takes PGlite seconds:
 * it is done once for each version, and kept where other tools keep such things.
 */
export async function copyCreated(folder: string): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(MODULES, '@electric-sql/pglite/package.json'), 'utf8'));
  const created = join(MODULES, '.cache/conductor-tests', `pglite-${version}`);
  if (!existsSync(created)) await create(created);
  cpSync(created, folder, { recursive: true });
}

/** Another test file may do the same now: the first that is through wins. */
async function create(created: string): Promise<void> {
  const mine = `${created}.${randomUUID()}`;
  mkdirSync(mine, { recursive: true });
  await (await PGlite.create(mine)).close();
  try {
    renameSync(mine, created);
  } catch (error) {
    rmSync(mine, { recursive: true });
    if (!existsSync(created)) throw error;
  }
}
