import type { ServerResponse } from 'node:http';
import { git } from './git/run.ts';

/** A commit of which somebody was given a tar file's address. */
export interface Archive {
  /** The bare git repository on disk. */
  readonly directory: string;
  /** `owner-name`: what the top folder begins with. */
  readonly prefix: string;
  readonly sha: string;
}

/** Sends a commit's files with GitHub's top folder, `owner-name-<short id>`. */
export async function sendArchive(
  { directory, prefix, sha }: Archive,
  response: ServerResponse,
): Promise<void> {
  const folder = `${prefix}-${sha.slice(0, 7)}`;
  const body = await git(directory, ['archive', '--format=tar.gz', `--prefix=${folder}/`, sha]);
  response.writeHead(200, {
    'content-type': 'application/x-gzip',
    'content-disposition': `attachment; filename=${folder}.tar.gz`,
  });
  response.end(body);
}
