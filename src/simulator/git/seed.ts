import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lookUp } from './objects.ts';
import { git } from './run.ts';

export type FileMode = '100644' | '100755' | '120000';
export type SeedFile =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: FileMode };

/** Author and date of every seeded commit, so that the same files give the same commit in every run. */
const SEEDER = 'Conductor Simulator <simulator@conductor.invalid> 1767225600 +0000';

/**
 * What `git clone` may ask of a repository: partial clones and any object by its id, as on GitHub.
 * Pull request heads are readable but nobody may push them.
 */
const CONFIG = `
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
[receive]
	hideRefs = refs/pull
[gc]
	auto = 0
`;

/** Creates an empty bare repository whose HEAD names `defaultBranch`. */
export async function createBareRepository(directory: string, defaultBranch: string): Promise<void> {
  await git(directory, [
    'init',
    '--bare',
    '--quiet',
    '--template=',
    `--initial-branch=${defaultBranch}`,
    directory,
  ]);
  await appendFile(join(directory, 'config'), CONFIG);
}

/** Writes one root commit with these files to `branch` and returns its id: the same files, the same id. */
export async function seedCommit(
  directory: string,
  branch: string,
  files: Readonly<Record<string, SeedFile>>,
  message: string,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  const write = (text: string): void => {
    chunks.push(Buffer.from(text));
  };
  const data = (bytes: Uint8Array): void => {
    write(`data ${bytes.length}\n`);
    chunks.push(bytes);
    write('\n');
  };
  write(`commit refs/heads/${branch}\ncommitter ${SEEDER}\n`);
  data(Buffer.from(message));
  for (const [path, file] of Object.entries(files)) {
    const { content, mode } =
      typeof file === 'string' || file instanceof Uint8Array ? { content: file, mode: '100644' } : file;
    write(`M ${mode} inline ${JSON.stringify(path)}\n`);
    data(typeof content === 'string' ? Buffer.from(content) : content);
  }
  write('done\n');
  await git(directory, ['fast-import', '--quiet', '--done'], { input: Buffer.concat(chunks) });
  const [tip] = await lookUp(directory, [`refs/heads/${branch}`]);
  if (tip === null || tip === undefined) throw new Error(`git has imported nothing into ${directory}`);
  return tip.sha;
}

/** Makes `target` a full copy of `source`, branches and tags only: what a fork starts from. */
export async function copyRepository(source: string, target: string, defaultBranch: string): Promise<void> {
  await createBareRepository(target, defaultBranch);
  await git(target, ['fetch', '--quiet', source, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']);
  await rm(join(target, 'FETCH_HEAD'), { force: true });
}

/** Brings one commit of another repository into this one, under the given ref. */
export async function fetchCommit(
  directory: string,
  source: string,
  sha: string,
  ref: string,
): Promise<void> {
  await git(directory, ['fetch', '--quiet', '--no-write-fetch-head', source, `+${sha}:${ref}`]);
}

/** Brings the objects of one commit of another repository into this one, under no ref yet. */
export async function fetchObjects(directory: string, source: string, sha: string): Promise<void> {
  await git(directory, ['fetch', '--quiet', '--no-write-fetch-head', source, sha]);
}
