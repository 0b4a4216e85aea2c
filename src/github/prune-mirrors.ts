import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What all mirrors under one folder may take together; and how long one must have rested before it may go. */
export interface MirrorLimits {
  readonly bytes: number;
  /** Another process may be reading a mirror: none of its runs takes this long. */
  readonly restMs: number;
}

const LIMITS: MirrorLimits = { bytes: 20 * 1024 ** 3, restMs: 24 * 60 * 60_000 };
const EVERY_MS = 60 * 60_000;

interface Mirror {
  readonly gitDir: string;
  readonly bytes: number;
  readonly usedAt: number;
}

let lookedAt = 0;

/** Once an hour: removes mirrors that have rested, longest first, until the others are within the limits. */
export async function pruneMirrors(directory: string, isRead: (gitDir: string) => boolean): Promise<void> {
  if (Date.now() - lookedAt < EVERY_MS) return;
  lookedAt = Date.now();
  await removeOldMirrors(directory, isRead, LIMITS);
}

/** Gives the folders that were removed. A mirror that is read, or was used lately, stays whatever it takes. */
export async function removeOldMirrors(
  directory: string,
  isRead: (gitDir: string) => boolean,
  limits: MirrorLimits,
): Promise<readonly string[]> {
  const names = await readdir(directory);
  // What a process that died had begun to remove, or to make.
  for (const name of names.filter((each) => each.endsWith('.gone'))) await remove(join(directory, name));
  for (const name of names.filter((each) => each.endsWith('.new'))) {
    const made = await stat(join(directory, name)).catch(() => null);
    if (made && Date.now() - made.mtimeMs >= limits.restMs) await remove(join(directory, name));
  }
  const found = await Promise.all(
    names.filter((name) => /^\d+\.git$/.test(name)).map((name) => mirrorAt(join(directory, name))),
  );
  const mirrors = found.filter((mirror) => mirror !== null).sort((a, b) => a.usedAt - b.usedAt);
  const removed: string[] = [];
  let bytes = mirrors.reduce((sum, mirror) => sum + mirror.bytes, 0);
  for (const mirror of mirrors) {
    const mayGo = Date.now() - mirror.usedAt >= limits.restMs && !isRead(mirror.gitDir);
    if (bytes <= limits.bytes || !mayGo) continue;
    // Out of the way first: whoever asks for it meanwhile begins a new one.
    await rename(mirror.gitDir, `${mirror.gitDir}.gone`);
    await remove(`${mirror.gitDir}.gone`);
    bytes -= mirror.bytes;
    removed.push(mirror.gitDir);
  }
  return removed;
}

const remove = (path: string) => rm(path, { recursive: true, force: true });

/** A mirror's size is that of its packs; null for one that is gone, or that nothing was fetched into. */
async function mirrorAt(gitDir: string): Promise<Mirror | null> {
  try {
    const folder = join(gitDir, 'objects', 'pack');
    const files = await readdir(folder);
    const sizes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).size));
    return {
      gitDir,
      bytes: sizes.reduce((sum, size) => sum + size, 0),
      usedAt: (await stat(gitDir)).mtimeMs,
    };
  } catch {
    return null;
  }
}
