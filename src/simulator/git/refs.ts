import { lookUp, SHA, ZERO } from './objects.ts';
import type { ObjectInfo } from './reader.ts';
import { GitError, git, gitText } from './run.ts';

export interface Ref {
  readonly name: string;
  readonly sha: string;
  readonly type: ObjectInfo['type'];
}

/** Would git accept this as a ref's full name? (The rules of `git check-ref-format`.) */
export function isRefName(name: string): boolean {
  return (
    /^refs\/[^/]+\/./.test(name) &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: git's rule is about control characters
    !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$|\.lock(\/|$)|\/\./.test(name)
  );
}

/** The refs whose names start with `prefix` (`refs/heads/`), in name order. */
export async function listRefs(directory: string, prefix = 'refs/'): Promise<Ref[]> {
  const output = await gitText(directory, [
    'for-each-ref',
    '--format=%(objectname) %(objecttype) %(refname)',
  ]);
  if (output === '') return [];
  return output
    .split('\n')
    .map((line) => {
      const [sha, type, name] = line.split(' ') as [string, Ref['type'], string];
      return { name, sha, type };
    })
    .filter((ref) => ref.name.startsWith(prefix));
}

/** What a full ref name points at, or null. */
export async function readRef(directory: string, name: string): Promise<Ref | null> {
  if (!isRefName(name)) return null;
  const [info] = await lookUp(directory, [name]);
  return info ? { name, sha: info.sha, type: info.type } : null;
}

/** The commit at the tip of a branch, or null. */
export async function branchTip(directory: string, branch: string): Promise<string | null> {
  return (await readRef(directory, `refs/heads/${branch}`))?.sha ?? null;
}

/**
 * The commit that a person means by `name`, as GitHub reads `ref` parameters: a branch, a tag, a full
 * ref, or a commit id of at least seven digits. Null when there is none; never a revision expression.
 */
export async function resolveCommit(directory: string, name: string): Promise<string | null> {
  const candidates = [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name].filter(isRefName);
  if (/^[0-9a-f]{7,40}$/.test(name)) candidates.push(name);
  if (name === 'HEAD') candidates.push(name);
  const found = await lookUp(
    directory,
    candidates.map((candidate) => `${candidate}^{commit}`),
  );
  return found.find((info) => info !== null)?.sha ?? null;
}

/**
 * Moves, creates (`before` null) or deletes (`after` null) a ref, only if it still stands at `before`.
 * Returns false when it does not: somebody else was faster.
 */
export async function moveRef(
  directory: string,
  name: string,
  before: string | null,
  after: string | null,
): Promise<boolean> {
  const args = after === null ? ['-d', name, before ?? ZERO] : [name, after, before ?? ZERO];
  try {
    await git(directory, ['update-ref', ...args]);
    return true;
  } catch (error) {
    if (error instanceof GitError && /cannot lock ref|unable to resolve|expected|exists/.test(error.stderr))
      return false;
    throw error;
  }
}

/** Sets a ref that only the simulator itself writes, whatever it was before. */
export async function setRef(directory: string, name: string, sha: string): Promise<void> {
  if (!SHA.test(sha)) throw new Error(`${sha} is not a commit id`);
  await git(directory, ['update-ref', name, sha]);
}
