import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ObjectInfo, readObjects } from './reader.ts';
import { git, gitText } from './run.ts';

export const SHA = /^[0-9a-f]{40}$/;
export const ZERO = '0'.repeat(40);

export interface Signature {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
}

/** Looks several object names up at once; null where git knows none. Names must not contain a newline. */
export function lookUp(directory: string, names: readonly string[]): Promise<(ObjectInfo | null)[]> {
  return readObjects(directory, names, false);
}

export async function readBlob(directory: string, sha: string): Promise<Buffer> {
  const [found] = await readObjects(directory, [sha], true);
  if (found?.type !== 'blob') throw new Error(`blob ${sha} has vanished from ${directory}`);
  return found.content;
}

/** Stores blobs and returns their ids in order: one child process, however many there are. */
export async function writeBlobs(directory: string, contents: readonly Uint8Array[]): Promise<string[]> {
  if (contents.length === 0) return [];
  if (contents.length === 1) {
    return [await gitText(directory, ['hash-object', '-w', '--stdin'], { input: contents[0]! })];
  }
  const folder = join(directory, `incoming-${randomUUID()}`);
  await mkdir(folder);
  try {
    const paths = contents.map((_, index) => join(folder, String(index)));
    await Promise.all(paths.map((path, index) => writeFile(path, contents[index]!)));
    const output = await gitText(directory, ['hash-object', '-w', '--no-filters', '--stdin-paths'], {
      input: `${paths.join('\n')}\n`,
    });
    return output.split('\n');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const COMMIT_FORMAT = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00');

/** Reads commits by `git log`'s own arguments: a range, a limit, `--no-walk`. Newest first. */
export async function readCommits(directory: string, args: readonly string[]): Promise<Commit[]> {
  const output = await git(directory, ['log', '-z', `--format=${COMMIT_FORMAT}%x01`, ...args]);
  const commits: Commit[] = [];
  for (const record of output.toString().split('\x01')) {
    const fields = record.replace(/^\0/, '').split('\0');
    if (fields.length < 10) continue;
    const [sha, tree, parents, an, ae, at, cn, ce, ct] = fields as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    commits.push({
      sha,
      tree,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name: an, email: ae, date: utc(at) },
      committer: { name: cn, email: ce, date: utc(ct) },
      message: fields.slice(9).join('\0').replace(/\n$/, ''),
    });
  }
  return commits;
}

/** One commit by its full id. */
export async function readCommit(directory: string, sha: string): Promise<Commit> {
  const [found] = await readObjects(directory, [sha], true);
  if (found?.type !== 'commit') throw new Error(`commit ${sha} has vanished from ${directory}`);
  const text = found.content.toString();
  const end = text.indexOf('\n\n');
  const header = text.slice(0, end === -1 ? text.length : end);
  const all = (key: string): string[] =>
    [...header.matchAll(new RegExp(`^${key} (.*)$`, 'gm'))].map(([, value]) => value!);
  return {
    sha,
    tree: all('tree')[0] ?? '',
    parents: all('parent'),
    author: parseSignature(all('author')[0] ?? ''),
    committer: parseSignature(all('committer')[0] ?? ''),
    message: (end === -1 ? '' : text.slice(end + 2)).replace(/\n$/, ''),
  };
}

function parseSignature(line: string): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*?)> (-?\d+)/.exec(line) ?? [];
  return { name, email, date: `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z` };
}

/** Stores a commit exactly as given (GitHub neither trims nor wraps messages) and returns its id. */
export async function writeCommit(directory: string, commit: Omit<Commit, 'sha'>): Promise<string> {
  const text = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${signatureLine(commit.author)}`,
    `committer ${signatureLine(commit.committer)}`,
    '',
    commit.message,
  ].join('\n');
  return gitText(directory, ['hash-object', '-t', 'commit', '-w', '--stdin'], { input: text });
}

function signatureLine({ name, email, date }: Signature): string {
  const clean = (text: string): string => text.replace(/[<>\n\0]/g, '').trim();
  return `${clean(name) || 'unknown'} <${clean(email)}> ${Math.floor(Date.parse(date) / 1000)} +0000`;
}

function utc(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`;
}
