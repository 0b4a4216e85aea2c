import { foldedName } from './canonical-path.ts';
import type { ChangeError } from './change-error.ts';
import type { FileChange } from './file-change.ts';
import { shownPath } from './paths.ts';

/** A new file whose name, or the name of a folder that it is in, is taken for another one. */
export interface NameCollision {
  readonly path: string;
  readonly error: ChangeError;
}

/**
 * New files whose name, or a new folder's name, differs from another of the resulting tree only in what some file
 * system does not tell apart: `name_collision`. One for each file; names that the base has already are not held against
 * the change.
 */
export function nameCollisions(base: readonly string[], files: readonly FileChange[]): NameCollision[] {
  const added = files.filter(({ op }) => op === 'create' || op === 'rename').map(({ path }) => path);
  if (added.length === 0) return [];
  const fold = folder();
  const spellings = new Map<string, Set<string>>();
  for (const name of withFolders(resultingPaths(base, files))) {
    const folded = fold(name);
    const known = spellings.get(folded);
    if (known) known.add(name);
    else spellings.set(folded, new Set([name]));
  }
  const old = withFolders(base);
  return added.flatMap<NameCollision>((path) => {
    for (const name of namesOf(path).filter((each) => !old.has(each))) {
      const other = [...(spellings.get(fold(name)) ?? [])].find((spelling) => spelling !== name);
      if (other !== undefined) return [{ path, error: collision(name, other) }];
    }
    return [];
  });
}

function resultingPaths(base: readonly string[], files: readonly FileChange[]): Set<string> {
  const paths = new Set(base);
  for (const file of files) {
    if (file.op === 'delete') paths.delete(file.path);
    if (file.from !== null) paths.delete(file.from);
  }
  for (const file of files) if (file.op !== 'delete') paths.add(file.path);
  return paths;
}

function collision(name: string, other: string): ChangeError {
  return {
    code: 'name_collision',
    message: `${shownPath(name)} and ${shownPath(other)} are one name on macOS or Windows, so only one of them could be checked out.`,
    hint: `Use ${shownPath(other)}, or a name that differs in more than case.`,
  };
}

/** Paths and every folder that they are in. */
function withFolders(paths: Iterable<string>): Set<string> {
  const names = new Set<string>();
  for (const path of paths) {
    let name = path;
    while (!names.has(name)) {
      names.add(name);
      const slash = name.lastIndexOf('/');
      if (slash > 0) name = name.slice(0, slash);
    }
  }
  return names;
}

/** A path and the folders it is in, outermost first. */
function namesOf(path: string): string[] {
  const names: string[] = [];
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) names.push(path.slice(0, at));
  return [...names, path];
}

/** Folds paths name by name, each folder once: a repository has far fewer folders than files. */
function folder(): (path: string) => string {
  const known = new Map<string, string>();
  return function fold(path: string): string {
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    const slash = path.lastIndexOf('/');
    const parent = slash < 0 ? '' : `${fold(path.slice(0, slash))}/`;
    const folded = parent + foldedName(path.slice(slash + 1));
    known.set(path, folded);
    return folded;
  };
}
