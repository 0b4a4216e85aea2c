import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { afterAll } from 'vitest';
import { mirrorSource, type RepositorySource } from '../../src/github/repository.ts';

type Files = Readonly<Record<string, string | Uint8Array>>;

/** A server of one bare repository over smart HTTP, which counts what it is asked for. */
export interface GitServer {
  readonly url: string;
  readonly gitDir: string;
  /** How many packs it was asked for. */
  readonly fetches: () => number;
  /** A commit with these files added or changed, on main if not said; gives its hash. */
  commit(files: Files, branch?: string): string;
  /** Several of them, one after another. */
  commits(all: readonly Files[], branch?: string): string;
  git(...args: string[]): string;
  /** Opens a mirror of it in a folder of its own, or in that one. */
  mirror(directory?: string): { readonly source: RepositorySource; readonly directory: string };
}

/** Starts one; it is gone when the tests of the file are over. `filters`: it serves partial clones, as GitHub does. */
export async function gitServer({ filters = true } = {}): Promise<GitServer> {
  const root = mkdtempSync(join(tmpdir(), 'git-server-'));
  const gitDir = join(root, 'origin.git');
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  };
  const run = (args: readonly string[], input?: Buffer) =>
    execFileSync('git', ['--git-dir', gitDir, ...args], { env, input, maxBuffer: 2 ** 28 })
      .toString()
      .trim();
  run(['init', '--quiet', '--bare', '--initial-branch=main']);
  const allowed = ['-c', `uploadpack.allowFilter=${filters}`, '-c', 'uploadpack.allowAnySHA1InWant=true'];
  let fetches = 0;
  let time = 1_700_000_000;

  const server = createServer((request, response) => {
    const isAdvertisement = request.url?.includes('info/refs') ?? false;
    const kind = isAdvertisement ? 'advertisement' : 'result';
    response.writeHead(200, { 'content-type': `application/x-git-upload-pack-${kind}` });
    const how = isAdvertisement ? ['--http-backend-info-refs'] : [];
    const child = spawn('git', [...allowed, 'upload-pack', '--stateless-rpc', ...how, gitDir], {
      env: { ...env, GIT_PROTOCOL: String(request.headers['git-protocol'] ?? '') },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    child.stdin.on('error', () => undefined);
    const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request;
    body.once('data', (chunk: Buffer) => {
      if (chunk.includes('command=fetch')) fetches += 1;
    });
    body.pipe(child.stdin);
    child.stdout.pipe(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme/web.git`;
  const sources: RepositorySource[] = [];
  afterAll(() => {
    for (const source of sources) source.close();
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  function commits(all: readonly Files[], branch = 'main'): string {
    const ref = `refs/heads/${branch}`;
    const data = (bytes: Uint8Array) => [`data ${bytes.length}\n`, bytes, '\n'];
    const isNew = run(['for-each-ref', ref]) === '';
    const stream = all.flatMap((files, at) => [
      `commit ${ref}\ncommitter a <a@b> ${time++} +0000\ndata 1\nx\n${isNew || at > 0 ? '' : `from ${ref}^0\n`}`,
      ...Object.entries(files).flatMap(([path, content]) => [
        `M 100644 inline ${JSON.stringify(path)}\n`,
        ...data(Buffer.from(content)),
      ]),
    ]);
    run(['fast-import', '--quiet'], Buffer.concat(stream.map((part) => Buffer.from(part))));
    return run(['rev-parse', branch]);
  }

  return {
    url,
    gitDir,
    fetches: () => fetches,
    git: (...args) => run(args),
    commit: (files, branch) => commits([files], branch),
    commits,
    mirror(directory = mkdtempSync(join(root, 'mirrors-'))) {
      const source = mirrorSource(directory, {
        repository: { id: 7, owner: 'acme', name: 'web', defaultBranch: 'main' },
        cloneUrl: url,
        token: async () => 'a-secret-token',
      });
      sources.push(source);
      return { source, directory };
    },
  };
}
