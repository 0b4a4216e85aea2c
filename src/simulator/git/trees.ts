import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lookUp } from './objects.ts';
import { git, gitText, splitNul } from './run.ts';

export interface TreeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  /** Bytes; null for trees and submodules. */
  readonly size: number | null;
}

/** One change to a tree: put this object there, or (`sha: null`) take away what is there. */
export interface TreeEdit {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

/** Lists a tree, or one path in it; `recursive` lists folders and what they hold. */
export async function listTree(
  directory: string,
  treeish: string,
  options: { readonly recursive?: boolean; readonly paths?: readonly string[] } = {},
): Promise<TreeEntry[]> {
  const args = [
    'ls-tree',
    '-l',
    '-z',
    '--full-tree',
    ...(options.recursive ? ['-r', '-t'] : []),
    treeish,
    '--',
    ...(options.paths ?? []),
  ];
  return splitNul(await git(directory, args, { env: { GIT_LITERAL_PATHSPECS: '1' } })).map((line) => {
    const tab = line.indexOf('\t');
    const [mode, type, sha, size] = line.slice(0, tab).split(/ +/) as [
      string,
      TreeEntry['type'],
      string,
      string,
    ];
    return { path: line.slice(tab + 1), mode, type, sha, size: size === '-' ? null : Number(size) };
  });
}

/** The entry at exactly this path, or null. The empty path is the tree itself. */
export async function entryAt(directory: string, treeish: string, path: string): Promise<TreeEntry | null> {
  if (path === '') {
    const sha = (await lookUp(directory, [`${treeish}^{tree}`]))[0]?.sha;
    if (sha === undefined) return null;
    return { path: '', mode: '040000', type: 'tree', sha, size: null };
  }
  const entries = await listTree(directory, treeish, { paths: [path] });
  return entries.find((entry) => entry.path === path) ?? null;
}

/** May this path stand in a tree? GitHub refuses what git's own `verify_path` refuses. */
export function isTreePath(path: string): boolean {
  return (
    path !== '' &&
    !path.includes('\0') &&
    path
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..' && part.toLowerCase() !== '.git')
  );
}

/**
 * Applies edits to a tree (or to nothing) in a scratch index and returns the new tree's id.
 * A file written where a folder was replaces the folder, and the other way round.
 */
export async function editTree(
  directory: string,
  base: string | null,
  edits: readonly TreeEdit[],
): Promise<string> {
  const index = join(directory, `index-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    if (base !== null) await git(directory, ['read-tree', base], { env });
    const lines = edits
      .filter((edit) => edit.mode !== '040000')
      .map(({ path, mode, sha }) =>
        sha === null ? `0 ${'0'.repeat(40)}\t${path}` : `${mode} ${sha}\t${path}`,
      );
    if (lines.length > 0) {
      await git(directory, ['update-index', '--add', '--replace', '-z', '--index-info'], {
        env,
        input: `${lines.join('\0')}\0`,
      });
    }
    for (const { path, mode, sha } of edits) {
      if (mode !== '040000' || sha === null) continue;
      await git(directory, ['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', '--', path], { env });
      await git(directory, ['read-tree', `--prefix=${path}/`, sha], { env });
    }
    return await gitText(directory, ['write-tree'], { env });
  } finally {
    await rm(index, { force: true });
  }
}
