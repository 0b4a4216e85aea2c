import { accountOf, appOf } from '../actor.ts';
import {
  type Answer,
  created,
  ok,
  onRepository,
  optionalObjects,
  optionalText,
  optionalTexts,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { shaIn } from '../find.ts';
import { lookUp, readBlob, readCommit, type Signature, writeBlobs, writeCommit } from '../git/objects.ts';
import type { ObjectInfo } from '../git/reader.ts';
import { resolveCommit } from '../git/refs.ts';
import { editTree, isTreePath, listTree, type TreeEdit } from '../git/trees.ts';
import { nodeId } from '../ids.ts';
import { isWorkflow, lacksWorkflows, workflowRefusal } from '../pushes.ts';
import { invalid, notFound, unprocessable } from '../refusal.ts';
import { noreply, renderGitCommit } from '../render/git.ts';
import { timestamp } from '../state.ts';

const GIT = '/repos/{owner}/{repo}/git';
const READ = { app: 'contents:read', user: 'read' } as const;
const WRITE = { app: 'contents:write', user: 'write' } as const;
/** GitHub takes blobs of up to 40 MB this way. Source: docs.github.com, "Create a blob". */
const BLOB_LIMIT = 40 * 1024 * 1024;
/** How many entries GitHub lists of a recursive tree before it says `truncated`. Source: "Get a tree". */
const TREE_LIMIT = 100_000;
const MODES = new Set(['100644', '100755', '040000', '160000', '120000']);

/** Blobs, trees and commits by their ids. */
export const gitObjectRoutes: readonly Route[] = [
  onRepository(`GET ${GIT}/blobs/{file_sha}`, READ, getBlob),
  onRepository(`POST ${GIT}/blobs`, WRITE, createBlob, { body: ['content', 'encoding'] }),
  onRepository(`GET ${GIT}/trees/{tree_sha}`, READ, getTree, { query: ['recursive'] }),
  onRepository(`POST ${GIT}/trees`, WRITE, createTree, { body: ['tree', 'base_tree'] }),
  onRepository(`GET ${GIT}/commits/{commit_sha}`, READ, async (call) => {
    const { sha } = await objectIn(call, 'commit_sha', 'commit');
    return ok(renderGitCommit(call.world, call.repository, await readCommit(call.repository.directory, sha)));
  }),
  onRepository(`POST ${GIT}/commits`, WRITE, createCommit, {
    body: ['message', 'tree', 'parents', 'author', 'committer'],
  }),
];

async function objectIn(call: RepositoryCall, param: string, type: ObjectInfo['type']): Promise<ObjectInfo> {
  const sha = shaIn(call.params[param], 'sha');
  const [info] = await lookUp(call.repository.directory, [sha]);
  if (info?.type !== type) throw notFound();
  return info;
}

async function getBlob(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const { sha, size } = await objectIn(call, 'file_sha', 'blob');
  const content = await readBlob(repository.directory, sha);
  if (/vnd\.github(\.v3)?\.raw/.test(call.headers.accept ?? '')) {
    return {
      status: 200,
      body: content,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
    };
  }
  return ok({
    sha,
    node_id: nodeId('B', `${repository.id}:${sha}`),
    size,
    url: world.api(`/repos/${repository.fullName}/git/blobs/${sha}`),
    content: wrapBase64(content),
    encoding: 'base64',
  });
}

/** Base64 in lines of sixty characters, each ended, as GitHub gives it. */
export function wrapBase64(content: Buffer): string {
  return content.toString('base64').replace(/.{1,60}/g, '$&\n');
}

async function createBlob(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const content = requiredText(call, 'content');
  const encoding = optionalText(call, 'encoding') ?? 'utf-8';
  if (encoding !== 'utf-8' && encoding !== 'base64')
    throw invalid({ resource: 'Blob', field: 'encoding', code: 'invalid' });
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  if (bytes.length > BLOB_LIMIT)
    throw invalid({ resource: 'Blob', field: 'data', code: 'custom', message: 'data is too large' });
  const [sha] = await writeBlobs(repository.directory, [bytes]);
  return created({ sha, url: world.api(`/repos/${repository.fullName}/git/blobs/${sha}`) });
}

async function getTree(call: RepositoryCall): Promise<Answer> {
  const { repository } = call;
  const name = call.params.tree_sha ?? '';
  const [info] = /^[0-9a-f]{40}$/.test(name)
    ? await lookUp(repository.directory, [`${name}^{tree}`])
    : [null];
  const treeish = info?.sha ?? (await resolveCommit(repository.directory, name));
  if (treeish === null || treeish === undefined) throw notFound();
  const sha = info?.sha ?? (await lookUp(repository.directory, [`${treeish}^{tree}`]))[0]?.sha;
  if (sha === undefined) throw notFound();
  return ok(await renderTree(call, sha, call.query.has('recursive')));
}

async function renderTree(call: RepositoryCall, sha: string, recursive: boolean) {
  const { world, repository } = call;
  const git = world.api(`/repos/${repository.fullName}/git`);
  const entries = await listTree(repository.directory, sha, { recursive });
  return {
    sha,
    url: `${git}/trees/${sha}`,
    tree: entries.slice(0, TREE_LIMIT).map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === null ? {} : { size: entry.size }),
      ...(entry.type === 'commit' ? {} : { url: `${git}/${entry.type}s/${entry.sha}` }),
    })),
    truncated: entries.length > TREE_LIMIT,
  };
}

async function createTree(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const { directory } = repository;
  const entries = optionalObjects(call, 'tree');
  if (entries === undefined) throw unprocessable('Invalid request.\n\n"tree" wasn\'t supplied.');
  if (entries.length === 0) throw unprocessable('Invalid tree info');
  const baseName = optionalText(call, 'base_tree') ?? null;
  const base =
    baseName === null
      ? null
      : ((await lookUp(directory, [`${shaIn(baseName, 'base_tree')}^{tree}`]))[0]?.sha ?? null);
  if (baseName !== null && base === null) throw unprocessable('base_tree is not a valid tree oid');
  const edits = await editsIn(call, entries, base);
  const sha = await editTree(directory, base, edits);
  const body = await renderTree(call, sha, false);
  return {
    ...created(body),
    headers: { location: world.api(`/repos/${repository.fullName}/git/trees/${sha}`) },
  };
}

async function editsIn(
  call: RepositoryCall,
  entries: readonly Record<string, unknown>[],
  base: string | null,
): Promise<TreeEdit[]> {
  const { directory } = call.repository;
  for (const { path, mode, sha, content } of entries) {
    if (typeof path !== 'string' || !isTreePath(path))
      throw unprocessable('tree.path contains a malformed path component');
    if (typeof mode !== 'string' || !MODES.has(mode)) throw unprocessable('Must supply a valid tree.mode');
    if (sha === undefined && typeof content !== 'string')
      throw unprocessable('Must supply either tree.sha or tree.content');
    if (sha !== undefined && content !== undefined)
      throw unprocessable('Must supply either tree.sha or tree.content');
    if (sha !== undefined && sha !== null) shaIn(sha, 'tree.sha');
  }
  if (lacksWorkflows(call.actor) && entries.some((entry) => isWorkflow(entry.path as string)))
    throw workflowRefusal();
  const inline = entries.filter((entry) => typeof entry.content === 'string');
  const written = await writeBlobs(
    directory,
    inline.map((entry) => Buffer.from(entry.content as string)),
  );
  const blobs = new Map(inline.map((entry, index) => [entry, written[index]!]));
  const named = entries.filter((entry) => typeof entry.sha === 'string' && entry.mode !== '160000');
  const infos = await lookUp(
    directory,
    named.map((entry) => entry.sha as string),
  );
  for (const [index, entry] of named.entries()) {
    const wanted = entry.mode === '040000' ? 'tree' : 'blob';
    if (infos[index]?.type !== wanted) throw unprocessable(`tree.sha ${entry.sha} is not a valid ${wanted}`);
  }
  const removed = entries.filter((entry) => entry.sha === null).map((entry) => entry.path as string);
  const deletions = await deletionsOf(directory, base, removed);
  const kept = entries.filter((entry) => entry.sha !== null);
  const edits = kept.map((entry) => ({
    path: entry.path as string,
    mode: entry.mode as string,
    sha: blobs.get(entry) ?? (entry.sha as string),
  }));
  return [...deletions, ...edits];
}

/** Taking away a folder takes away every file in it; taking away nothing is an error, as on GitHub. */
async function deletionsOf(
  directory: string,
  base: string | null,
  paths: readonly string[],
): Promise<TreeEdit[]> {
  if (paths.length === 0) return [];
  const present = base === null ? [] : await listTree(directory, base, { recursive: true });
  return paths.flatMap((path) => {
    const files = present.filter(
      (entry) => entry.type !== 'tree' && (entry.path === path || entry.path.startsWith(`${path}/`)),
    );
    if (files.length === 0) throw unprocessable('GitRPC::BadObjectState');
    return files.map((file) => ({ path: file.path, mode: file.mode, sha: null }));
  });
}

async function createCommit(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const message = requiredText(call, 'message');
  const parents = (optionalTexts(call, 'parents') ?? []).map((parent) => shaIn(parent, 'parent'));
  const tree = shaIn(requiredText(call, 'tree'), 'tree');
  const [treeInfo, ...parentInfos] = await lookUp(repository.directory, [tree, ...parents]);
  if (treeInfo?.type !== 'tree') throw unprocessable('Tree SHA does not exist');
  if (parentInfos.some((info) => info?.type !== 'commit'))
    throw unprocessable('Parent SHA does not exist or is not a commit object');
  const author = signatureIn(call, 'author') ?? ownSignature(call);
  const committer = signatureIn(call, 'committer') ?? author;
  const sha = await writeCommit(repository.directory, { tree, parents, author, committer, message });
  signOwn(call, sha);
  const body = renderGitCommit(world, repository, await readCommit(repository.directory, sha));
  return { ...created(body), headers: { location: body.url } };
}

/** GitHub signs what an App commits in its own name: with neither author nor committer in the request. */
export function signOwn(call: RepositoryCall, sha: string): void {
  const named = call.body.author !== undefined || call.body.committer !== undefined;
  if (appOf(call.actor) !== null && !named) call.world.signedCommits.add(sha);
}

/** How the actor signs commits whose author the request does not name. */
export function ownSignature(call: RepositoryCall): Signature {
  const account = accountOf(call.actor);
  return { name: account.name ?? account.login, email: noreply(account), date: timestamp(call.world) };
}

/** An author or committer of the body; the date is now unless given. */
export function signatureIn(call: RepositoryCall, name: string): Signature | null {
  const value = call.body[name];
  if (value === undefined || value === null) return null;
  const { name: person, email, date } = value as Partial<Record<string, unknown>>;
  if (typeof person !== 'string' || typeof email !== 'string') {
    throw unprocessable(`Invalid request.\n\n"name", "email" weren't supplied for ${name}.`);
  }
  const when = date === undefined ? timestamp(call.world) : String(date);
  if (Number.isNaN(Date.parse(when)))
    throw invalid({ resource: 'Commit', field: `${name}.date`, code: 'invalid' });
  return { name: person, email, date: when };
}
