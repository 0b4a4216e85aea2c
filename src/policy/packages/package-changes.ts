import type { FileChange } from '../../changes/file-change.ts';
import type { PackageEntry } from './package-entry.ts';
import { readPackages } from './read-packages.ts';

export interface PackageChanges {
  /** Packages that the file did not name before. */
  readonly added: readonly PackageEntry[];
  /** Packages that it names in another version. */
  readonly changed: readonly PackageEntry[];
  /** Packages of the same name and version, from another place or with another checksum. */
  readonly replaced: readonly PackageEntry[];
  /** Scripts that an install runs, new or in other words. */
  readonly scripts: readonly { readonly name: string; readonly script: string }[];
}

/** What a change of a manifest or lock file brings. Null: the file does not read, so that nothing is known. */
export function packageChanges({ path, from, before, after }: FileChange): PackageChanges | null {
  if (after === null) return null;
  const now = readPackages(path, after);
  if (now === null) return null;
  const then = (before === null ? null : readPackages(from ?? path, before)) ?? {
    packages: [],
    scripts: new Map(),
  };
  const same = new Set(then.packages.map(identity));
  const names = new Set(then.packages.map(({ name }) => name));
  const versions = new Set(then.packages.map(({ name, version }) => `${name}\n${version}`));
  const news = now.packages.filter((each) => !same.has(identity(each)));
  const isReplaced = ({ name, version }: PackageEntry) => versions.has(`${name}\n${version}`);
  return {
    added: news.filter(({ name }) => !names.has(name)),
    changed: news.filter((each) => names.has(each.name) && !isReplaced(each)),
    replaced: news.filter(isReplaced),
    scripts: [...now.scripts]
      .filter(([name, script]) => then.scripts.get(name) !== script)
      .map(([name, script]) => ({ name, script })),
  };
}

function identity({ name, version, source, checksum }: PackageEntry): string {
  return [name, version, source, checksum].join('\n');
}
