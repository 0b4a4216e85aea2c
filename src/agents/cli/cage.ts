import { execFile } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { chmod, chown, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CageError, failure } from './failures.ts';
import type { CageUser, CliHost, Owner } from './host.ts';
import { endStragglers, type Inmates, isAlive, someoneIs } from './inmates.ts';

/** Where a CLI works: a copy to edit, a home and a folder for temporary files of its own, and nothing else. */
export interface Cage {
  /** Ours; those in it may pass through it, and not change what it holds. */
  readonly root: string;
  readonly copy: string;
  readonly home: string;
  readonly temporary: string;
  readonly requestFile: string;
  /** Whose the folders are, and who runs there; null: we ourselves. */
  readonly owner: Owner | null;
  readonly inmates: Inmates;
}

/** Accounts that systemd keeps for services that come and go, so nobody has them: https://systemd.io/UIDS-GIDS/. */
const ACCOUNTS = { first: 61_184, past: 65_520 };
const NAME = 'conductor-cli-';
/** Says whose cage it is, for whoever finds it. */
const NOTE = 'cage.json';

interface Note {
  readonly host: string;
  readonly pid: number;
  readonly inmates: Inmates;
}

/** Makes the folders. Throws CageError `cli_no_cage` where that can't be done. */
export async function makeCage({
  temporaryFolder,
  user,
}: Pick<CliHost, 'temporaryFolder' | 'user'>): Promise<Cage> {
  await clearUp(temporaryFolder);
  const { root, owner } = await makeRoot(temporaryFolder, user).catch((error: unknown) => {
    throw noCage(error);
  });
  const cage: Cage = {
    root,
    copy: join(root, 'copy'),
    home: join(root, 'home'),
    temporary: join(root, 'tmp'),
    requestFile: join(root, 'home', 'request.md'),
    owner,
    inmates: user === 'own' && owner ? { uid: owner.uid } : { mark: randomBytes(16).toString('hex') },
  };
  try {
    const note: Note = { host: hostname(), pid: process.pid, inmates: cage.inmates };
    await writeFile(join(root, NOTE), JSON.stringify(note), { mode: 0o600 });
    for (const folder of [cage.copy, cage.home, cage.temporary]) await makeFolder(folder, owner);
    return cage;
  } catch (error) {
    await removeCage(cage);
    throw noCage(error);
  }
}

/** Removes the folders, whatever was put there, and what was put elsewhere in the name of the cage. Never throws. */
export async function removeCage({ root, inmates }: Pick<Cage, 'root' | 'inmates'>): Promise<void> {
  if ('uid' in inmates) await removeStrays(inmates.uid, dirname(root));
  await removeAll(root);
}

/** What an account of its own has left in the folders that everybody may write to. */
async function removeStrays(uid: number, temporaryFolder: string): Promise<void> {
  for (const folder of new Set([temporaryFolder, '/tmp', '/var/tmp', '/dev/shm'])) {
    for (const name of await readdir(folder).catch(() => [])) {
      const stray = join(folder, name);
      const isTheirs = await lstat(stray).then(
        (found) => found.uid === uid,
        () => false,
      );
      if (isTheirs) await removeAll(stray);
    }
  }
}

async function removeAll(root: string): Promise<void> {
  try {
    await rm(root, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    // Folders that nobody may enter, or that are too deep for a path: the system's own tools manage those.
    const run = promisify(execFile);
    await run('chmod', ['-R', 'u+rwX', '--', root]).catch(() => undefined);
    await run('rm', ['-rf', '--', root]).catch(() => undefined);
  }
}

/** Writes a file of a cage, its folders with it. It must not be there yet. */
export async function putFile(path: string, bytes: Uint8Array | string, mode: number, owner: Owner | null) {
  await writeFile(path, bytes, { mode, flag: 'wx' });
  if (owner) await chown(path, owner.uid, owner.gid);
}

/** Makes a folder and those above it, each its inmate's. */
export async function makeFolder(path: string, owner: Owner | null): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && (await lstat(path)).isDirectory()) return;
    if (codeOf(error) !== 'ENOENT') throw error;
    await makeFolder(dirname(path), owner);
    return makeFolder(path, owner);
  }
  if (owner) await chown(path, owner.uid, owner.gid);
}

/** For an account of its own the folder's name is also the lock on it: two runs never share one. */
async function makeRoot(temporaryFolder: string, user: CageUser) {
  if (user !== 'own') {
    const root = await mkdtemp(join(temporaryFolder, NAME));
    const owner = user === 'same' ? null : user;
    if (owner) await openTo(root);
    return { root, owner };
  }
  for (let attempt = 0; attempt < 100; attempt++) {
    const id = randomInt(ACCOUNTS.first, ACCOUNTS.past);
    const root = join(temporaryFolder, `${NAME}${id}`);
    try {
      if (await someoneIs(id)) continue;
      await mkdir(root, { mode: 0o711 });
      await openTo(root);
      return { root, owner: { uid: id, gid: id } };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  throw new Error('every account is taken');
}

/** Whoever is in it may pass, and neither list nor rename what is there. */
async function openTo(root: string): Promise<void> {
  await chmod(root, 0o711);
}

/** Ends and removes what a process that was killed has left behind. */
async function clearUp(temporaryFolder: string): Promise<void> {
  const names = await readdir(temporaryFolder).catch(() => []);
  for (const name of names.filter((name) => name.startsWith(NAME))) {
    const root = join(temporaryFolder, name);
    try {
      const left = await lstat(root);
      if (!left.isDirectory() || left.uid !== process.getuid?.()) continue;
      const note: Note = JSON.parse(await readFile(join(root, NOTE), 'utf8'));
      if (note.host !== hostname() || isAlive(note.pid)) continue;
      if (!isOurs(note.inmates)) continue;
      await endStragglers(note.inmates);
      await removeCage({ root, inmates: note.inmates });
    } catch {
      // Being made, or being removed, by somebody else.
    }
  }
}

/** Where a CLI runs as ourselves it could have written the note: nobody else's processes are ended for it. */
function isOurs(inmates: Inmates): boolean {
  if ('uid' in inmates) return inmates.uid >= ACCOUNTS.first && inmates.uid < ACCOUNTS.past;
  return /^[0-9a-f]{32}$/.test(inmates.mark);
}

function noCage(error: unknown): CageError {
  const why = error instanceof Error ? error.message : String(error);
  return new CageError(
    failure(
      'cli_no_cage',
      `No folder could be made for a CLI to work in: ${why}.`,
      'Whoever runs Conductor has to make room in the system’s folder for temporary files.',
    ),
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : null;
}
