import { foldedName } from '../../changes/canonical-path.ts';
import { shownPath } from '../../changes/paths.ts';
import type { Facts } from '../facts.ts';
import type { Finding, Rule } from './rule.ts';

/** Blocks a new file or folder whose name a case-insensitive or normalising file system takes for another one. */
export const pathCollisions: Rule = {
  name: 'path-collisions',
  title: () =>
    'No new name differs from another only in case, accents or characters that some file systems ignore.',

  find(facts) {
    const added = newPaths(facts);
    if (added.length === 0) return [];
    const fold = folder();
    const spellings = new Map<string, Set<string>>();
    for (const name of withFolders(resultingPaths(facts))) {
      const folded = fold(name);
      const known = spellings.get(folded);
      if (known) known.add(name);
      else spellings.set(folded, new Set([name]));
    }
    const old = withFolders(facts.tree.map(({ path }) => path));
    return added.flatMap<Finding>((path) => {
      for (const name of namesOf(path).filter((each) => !old.has(each))) {
        const other = [...(spellings.get(fold(name)) ?? [])].find((spelling) => spelling !== name);
        if (other !== undefined) return [collision(path, name, other)];
      }
      return [];
    });
  },
};

function newPaths({ applied }: Facts): string[] {
  const files = applied.ok ? applied.files : [];
  return files.filter(({ op }) => op === 'create' || op === 'rename').map(({ path }) => path);
}

function resultingPaths({ tree, applied }: Facts): Set<string> {
  const paths = new Set(tree.map(({ path }) => path));
  for (const file of applied.ok ? applied.files : []) {
    if (file.op === 'delete') paths.delete(file.path);
    if (file.from !== null) paths.delete(file.from);
  }
  for (const file of applied.ok ? applied.files : []) if (file.op !== 'delete') paths.add(file.path);
  return paths;
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

function collision(path: string, name: string, other: string): Finding {
  return {
    verdict: 'block',
    path,
    message: `${shownPath(name)} and ${shownPath(other)} are one name on macOS or Windows, so only one of them could be checked out.`,
    fix: `Use ${shownPath(other)}, or a name that differs in more than case.`,
  };
}
