import { linesOf } from '../../changes/lines.ts';
import {
  readGems,
  readGoMod,
  readRequirements,
  readToml,
  readTomlLock,
  readYamlLock,
} from './line-formats.ts';
import { readManifest, readNpmLock } from './npm.ts';
import type { PackageEntry, PackageFile } from './package-entry.ts';

/** How the files of this name are read; the first that fits. */
const READERS: readonly (readonly [name: RegExp, read: (text: string) => PackageFile | null])[] = [
  [/^(?:package|composer)\.json$/i, readManifest],
  [/^(?:package-lock|npm-shrinkwrap)\.json$/i, readNpmLock],
  [/^(?:yarn\.lock|pnpm-lock\.yaml)$/i, byLine(readYamlLock)],
  [/^(?:cargo|poetry|uv)\.lock$/i, byLine(readTomlLock)],
  [/^(?:cargo\.toml|pyproject\.toml|pipfile)$/i, byLine(readToml)],
  [/^requirements.*\.txt$/i, byLine(readRequirements)],
  [/^go\.mod$/i, byLine(readGoMod)],
  [/^gemfile(?:\.lock)?$/i, byLine(readGems)],
];

/**
 * The packages that a manifest or lock file names, as far as a plain reading goes. Null: nothing is known of such a
 * file, or it does not read. Never throws, and takes time linear in the text.
 */
export function readPackages(path: string, text: string): PackageFile | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const reader = READERS.find(([pattern]) => pattern.test(name));
  return reader === undefined ? null : reader[1](text.startsWith('\ufeff') ? text.slice(1) : text);
}

/** No line of such a file is longer; what is behind is not read, since a pattern may go over a line many times. */
const LONGEST_LINE = 1_000;

function byLine(read: (lines: readonly string[]) => PackageEntry[]): (text: string) => PackageFile {
  return (text) => ({
    packages: read(linesOf(text).map((line) => line.slice(0, LONGEST_LINE).trimEnd())),
    scripts: new Map(),
  });
}
