import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGunzip } from 'node:zlib';
import { startGit } from '../git/start-git.ts';
import { canSee, demand } from './access.ts';
import type { Act } from './act.ts';
import type { Actor } from './actor.ts';
import { asked } from './call-log.ts';
import { findRepository, movedRepository } from './find.ts';
import { cleanEnvironment } from './git/run.ts';
import { receivePush } from './git-push.ts';
import { notFound, Refusal } from './refusal.ts';
import type { Services } from './services.ts';
import type { Repository } from './state.ts';

const PATH = /^\/([^/]+)\/([^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** GitHub serves partial clones, and any object by its hash. */
const AS_GITHUB = ['-c', 'uploadpack.allowFilter=true', '-c', 'uploadpack.allowAnySHA1InWant=true'];

/** Protocol 2 begins with what git can do, which is the same for every repository. Source: git-scm.com, "gitprotocol-v2". */
let capabilities: Uint8Array | null = null;

/** Is this a request of git itself rather than of the API? */
export function isGitPath(path: string): boolean {
  return PATH.test(path);
}

/**
 * Serves `git clone`, `git fetch` and `git push` by the smart protocol: real git on both ends, this
 * only checks who asks. Source: git-scm.com, "gitprotocol-http".
 */
export async function serveGit(
  services: Services,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const [, owner, name, action] = PATH.exec(url.pathname) as unknown as [string, string, string, string];
  const service = action === 'info/refs' ? (url.searchParams.get('service') ?? '') : action;
  try {
    if (service !== 'git-upload-pack' && service !== 'git-receive-pack')
      throw new Refusal(403, 'Only the smart protocol is served.');
    const actor = services.tokens.actor(request.headers.authorization);
    const moved = movedRepository(services.world, `${owner}/${name}`);
    // git follows a redirect of its first request, and asks the new address for all the rest.
    if (moved !== null && action === 'info/refs' && canSee(actor, moved)) {
      const location = services.world.api(`/${moved.fullName}.git/info/refs?service=${service}`);
      return void response.writeHead(301, { location }).end();
    }
    const repository = allowed(services, actor, `${owner}/${name}`, service);
    services.log.git.push({ repository: repository.fullName, service, ...asked(actor) });
    response.setHeader('cache-control', 'no-cache, max-age=0, must-revalidate');
    if (action === 'info/refs') await advertise(repository, service, request, response);
    else if (service === 'git-upload-pack') await upload(repository, request, response);
    else await receive(services, actor, repository, request, response);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    response.writeHead(error.status, {
      'content-type': 'text/plain; charset=utf-8',
      ...(error.status === 401 ? { 'www-authenticate': 'Basic realm="GitHub"' } : {}),
    });
    response.end(`${error.message}\n`);
  }
}

/** A stranger is asked for a password before learning whether a repository exists. */
function allowed(services: Services, actor: Actor, fullName: string, service: string): Repository {
  const repository = findRepository(services.world, fullName);
  const write = service === 'git-receive-pack';
  if (actor.kind === 'anonymous' && (write || repository === null || repository.private)) {
    throw new Refusal(401, 'Authentication required');
  }
  if (repository === null) throw notFound();
  demand(
    actor,
    repository,
    write ? { app: ['contents:write'], user: 'write' } : { app: ['contents:read'], user: 'read' },
  );
  return repository;
}

async function advertise(
  repository: Repository,
  service: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const protocol = service === 'git-upload-pack' ? protocolOf(request) : {};
  response.writeHead(200, { 'content-type': `application/x-${service}-advertisement` });
  if (!protocol.GIT_PROTOCOL?.includes('version=2')) {
    const line = `# service=${service}\n`;
    response.write(`${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`);
  }
  const isSecond = protocol.GIT_PROTOCOL === 'version=2';
  if (isSecond && capabilities !== null) return void response.end(capabilities);
  const { code, stdout } = await startGit({
    args: [
      ...AS_GITHUB,
      service.slice('git-'.length),
      '--stateless-rpc',
      '--http-backend-info-refs',
      repository.directory,
    ],
    env: cleanEnvironment(protocol),
    input: '',
  });
  if (isSecond && code === 0) capabilities = stdout;
  response.end(stdout);
}

async function upload(
  repository: Repository,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const packed = await startGit({
    args: [...AS_GITHUB, 'upload-pack', '--stateless-rpc', repository.directory],
    env: cleanEnvironment(protocolOf(request)),
    input: await bodyOf(request),
  });
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
  response.end(packed.stdout);
}

async function receive(
  services: Services,
  actor: Actor,
  repository: Repository,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answered = new Promise<void>((resolve) => response.once('close', resolve));
  const body = await bodyOf(request);
  const act: Act = { world: services.world, actor, emissions: [] };
  const result = await services.alone(repository, () => receivePush(act, repository, body));
  services.publish(act.emissions, answered);
  response.writeHead(200, { 'content-type': 'application/x-git-receive-pack-result' });
  response.end(result);
}

function protocolOf(request: IncomingMessage): Record<string, string> {
  const version = request.headers['git-protocol'];
  return typeof version === 'string' && /^[\w=:.-]+$/.test(version) ? { GIT_PROTOCOL: version } : {};
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const isZipped = request.headers['content-encoding'] === 'gzip';
  const chunks: Buffer[] = [];
  for await (const chunk of isZipped ? request.pipe(createGunzip()) : request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
