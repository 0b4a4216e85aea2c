import { git } from './git.ts';
import type { Rest } from './git-past.ts';
import type { Tree } from './git-tree.ts';

/** Up to so many files are fetched all together: one fetch takes less time than three. */
const FEW_FILES = 20_000;
/** In a larger repository, whoever reads a file is likely to read its neighbours next. */
const MOST_NEIGHBOURS = 64;

/**
 * Files that a search passes over whatever they hold. They make a repository large, and what git is asked for by name
 * can't be limited by size: so a search does not fetch them.
 */
const BINARY =
  /\.(?:7z|avif|bin|bmp|bz2|class|dll|dmg|docx?|dylib|eot|exe|flac|gif|gz|ico|jar|jpe?g|m4a|mov|mp[34]|o|ogg|otf|parquet|pdf|png|pptx?|psd|so|tar|tgz|tiff?|ttf|wasm|wav|webm|webp|woff2?|xlsx?|xz|zip|zst)$/i;

/** Sees to it that a partial clone holds what will be read, in as few fetches as can be, and never file by file. */
export interface HeldBlobs {
  /** These files; in a small repository all that a search could look into, besides. */
  hold(paths: readonly string[]): Promise<void>;
  /** One file that was asked for unannounced, and its neighbours. */
  holdAround(path: string): Promise<void>;
  /** Every file that a search could look into. */
  holdAll(): Promise<void>;
  /** Blobs of other commits. */
  holdObjects(objects: readonly string[]): Promise<void>;
}

export function heldBlobs(gitDir: string, { entries, objects: blobs }: Tree, { bring }: Rest): HeldBlobs {
  let wanted: string[] = [];
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  let holdsAll: Promise<void> | null = null;

  /** Whatever is asked for in one turn of the event loop, or while a fetch is under way, is fetched together. */
  function holdObjects(objects: readonly string[]): Promise<void> {
    wanted = wanted.concat(objects);
    next ??= current.then(turnOfTheLoop, turnOfTheLoop).then(() => {
      const asked = wanted;
      wanted = [];
      next = null;
      current = bringAbsent(asked);
      return current;
    });
    return next;
  }

  function blobsOf(isMeant: (path: string) => boolean): string[] {
    return blobs.filter((_, at) => entries[at]?.mode !== '160000' && isMeant(entries[at]?.path ?? ''));
  }

  async function bringAbsent(objects: readonly string[]): Promise<void> {
    if (objects.length === 0) return;
    const absent = await absentIn(gitDir, objects);
    if (absent.length > 0) await bring(absent);
  }

  function holdAll(): Promise<void> {
    holdsAll ??= holdObjects(blobsOf((path) => !BINARY.test(path))).catch((error: unknown) => {
      holdsAll = null;
      throw error;
    });
    return holdsAll;
  }

  async function hold(paths: readonly string[]): Promise<void> {
    const isSmall = entries.length <= FEW_FILES;
    if (isSmall) await holdAll();
    const asked = new Set(isSmall ? paths.filter((path) => BINARY.test(path)) : paths);
    await holdObjects(blobsOf((path) => asked.has(path)));
  }

  return {
    hold,
    holdAll,
    holdObjects,
    holdAround(path) {
      const folder = folderOf(path);
      const neighbours = entries.filter(
        (entry) => folderOf(entry.path) === folder && !BINARY.test(entry.path),
      );
      return hold([path, ...neighbours.slice(0, MOST_NEIGHBOURS).map((entry) => entry.path)]);
    },
  };
}

/** Which of these objects the repository does not hold. */
export async function absentIn(gitDir: string, objects: readonly string[]): Promise<readonly string[]> {
  const held = await objectsOf(gitDir);
  return [...new Set(objects.filter((object) => !held.has(object)))];
}

/** The objects that the repository holds. Asked for one by one, each that it does not hold would cost a look at all its packs. */
async function objectsOf(gitDir: string): Promise<ReadonlySet<string>> {
  const format = '--batch-check=%(objectname)';
  const listed = await git(['cat-file', '--batch-all-objects', '--unordered', format], { gitDir });
  return new Set(listed.toString('latin1').split('\n'));
}

const turnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve));

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
