import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import type { Workspace } from '../../src/changes/workspace.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = ['src', 'tests', 'docs', 'examples'];

/** This project as a repository: some nine hundred files that people wrote, tests and guides beside the code. */
export function ownSource(): Workspace {
  const paths = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:ts|md|yml|json)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
      // The questions that are asked of it stand here.
      .filter((path) => !path.startsWith('tests/threads/')),
  );
  return memoryWorkspace(
    'c'.repeat(40),
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(ROOT, path), 'utf8')])),
  );
}
