import {
  type Answer,
  ok,
  onRepository,
  optionalText,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { readBlob, readCommit, writeBlobs, writeCommit } from '../git/objects.ts';
import { branchTip, resolveCommit } from '../git/refs.ts';
import { editTree, entryAt, isTreePath, listTree, type TreeEntry } from '../git/trees.ts';
import { pushBlockedBy } from '../protections.ts';
import { isWorkflow, lacksWorkflows, pushRef, workflowRefusal } from '../pushes.ts';
import { notFound, Refusal, unprocessable, unserved } from '../refusal.ts';
import { renderEntry, renderFileContent } from '../render/contents.ts';
import { renderGitCommit } from '../render/git.ts';
import { ownSignature, signatureIn, signOwn } from './git-objects.ts';

const CONTENTS = '/repos/{owner}/{repo}/contents';
const READ = { app: 'contents:read', user: 'read' } as const;
const WRITE = { app: 'contents:write', user: 'write' } as const;
/** Up to here JSON carries the content, and up to here the raw media type does. Source: "Get repository content". */
const JSON_LIMIT = 1024 * 1024;
const RAW_LIMIT = 100 * 1024 * 1024;
/** How many entries of a folder GitHub lists. Same source. */
const FOLDER_LIMIT = 1000;

/** Files and folders by path, at any commit. */
export const contentRoutes: readonly Route[] = [
  onRepository(`GET ${CONTENTS}/{path}`, READ, read, { query: ['ref'] }),
  onRepository(`PUT ${CONTENTS}/{path}`, WRITE, put, {
    body: ['message', 'content', 'sha', 'branch', 'committer', 'author'],
  }),
  onRepository(`DELETE ${CONTENTS}/{path}`, WRITE, remove, {
    body: ['message', 'sha', 'branch', 'committer', 'author'],
  }),
];

async function read(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const path = (call.params.path ?? '').replace(/\/+$/, '');
  const ref = call.query.get('ref') ?? repository.defaultBranch;
  const accept = call.headers.accept ?? '';
  if (/vnd\.github(\.v3)?\.(html|object)/.test(accept)) throw unserved(`contents as ${accept}`);
  const commit = await resolveCommit(repository.directory, ref);
  if (commit === null) throw new Refusal(404, `No commit found for the ref ${ref}`);
  const found = path === '' || isTreePath(path) ? await entryAt(repository.directory, commit, path) : null;
  if (found === null) throw notFound();
  const entry = await followLink(repository.directory, commit, found);
  if (entry.type === 'commit') throw unserved('contents of a submodule');
  if (entry.type === 'tree') {
    const entries = await listTree(repository.directory, path === '' ? commit : `${commit}:${path}`);
    const listed = entries
      .slice(0, FOLDER_LIMIT)
      .map((child) => ({ ...child, path: path === '' ? child.path : `${path}/${child.path}` }));
    return ok(listed.map((child) => renderEntry(world, repository, ref, child)));
  }
  if ((entry.size ?? 0) > RAW_LIMIT) throw new Refusal(403, 'This API returns blobs up to 100 MB in size.');
  const content = await readBlob(repository.directory, entry.sha);
  if (/vnd\.github(\.v3)?\.raw/.test(accept)) {
    return {
      status: 200,
      body: content,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
    };
  }
  const named = { ...entry, path };
  return ok(renderFileContent(world, repository, ref, named, content.length > JSON_LIMIT ? null : content));
}

/** A link to a file of the repository reads as that file; any other link as itself. */
async function followLink(directory: string, commit: string, entry: TreeEntry): Promise<TreeEntry> {
  if (entry.mode !== '120000') return entry;
  const target = (await readBlob(directory, entry.sha)).toString();
  const parts = [...entry.path.split('/').slice(0, -1), ...target.split('/')];
  const resolved: string[] = [];
  for (const part of parts) {
    if (part === '..') resolved.pop();
    else if (part !== '.' && part !== '') resolved.push(part);
  }
  const file = isTreePath(resolved.join('/')) ? await entryAt(directory, commit, resolved.join('/')) : null;
  return file?.type === 'blob' && file.mode !== '120000' ? file : entry;
}

async function put(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const content = Buffer.from(requiredText(call, 'content'), 'base64');
  const target = await targetOf(call);
  const existing = await entryAt(repository.directory, target.tip, target.path);
  if (existing?.type === 'tree') throw unprocessable(`${target.path} is a folder.`);
  if (existing !== null) demandSame(call, existing);
  const [sha] = await writeBlobs(repository.directory, [content]);
  const mode = existing?.mode ?? '100644';
  const commit = await commitEdit(call, target, { path: target.path, mode, sha: sha! });
  const entry: TreeEntry = { path: target.path, mode, type: 'blob', sha: sha!, size: content.length };
  const body = { content: renderEntry(world, repository, target.branch, entry), commit };
  return { status: existing === null ? 201 : 200, body };
}

async function remove(call: RepositoryCall): Promise<Answer> {
  const target = await targetOf(call);
  const existing = await entryAt(call.repository.directory, target.tip, target.path);
  if (existing === null || existing.type === 'tree') throw notFound();
  demandSame(call, existing);
  const commit = await commitEdit(call, target, { path: target.path, mode: existing.mode, sha: null });
  return ok({ content: null, commit });
}

interface Target {
  readonly path: string;
  readonly branch: string;
  readonly tip: string;
}

async function targetOf(call: RepositoryCall): Promise<Target> {
  const { repository } = call;
  const path = call.params.path ?? '';
  const branch = optionalText(call, 'branch') ?? repository.defaultBranch;
  if (!isTreePath(path)) throw unprocessable('path contains a malformed path component');
  if (lacksWorkflows(call.actor) && isWorkflow(path)) throw workflowRefusal();
  const tip = await branchTip(repository.directory, branch.replace(/^refs\/heads\//, ''));
  if (tip === null) throw new Refusal(404, `Branch ${branch} not found`);
  return { path, branch, tip };
}

/** The request must name the blob that it replaces: GitHub's guard against lost updates. */
function demandSame(call: RepositoryCall, existing: TreeEntry): void {
  const sha = optionalText(call, 'sha');
  if (sha === undefined || sha === null) throw unprocessable('Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== existing.sha) throw new Refusal(409, `${existing.path} does not match ${sha}`);
}

async function commitEdit(
  call: RepositoryCall,
  { branch, tip }: Target,
  edit: { path: string; mode: string; sha: string | null },
) {
  const { world, repository } = call;
  const { directory } = repository;
  const message = requiredText(call, 'message');
  const tree = await editTree(directory, tip, [edit]);
  const author = signatureIn(call, 'author') ?? signatureIn(call, 'committer') ?? ownSignature(call);
  const committer = signatureIn(call, 'committer') ?? author;
  const sha = await writeCommit(directory, { tree, parents: [tip], author, committer, message });
  signOwn(call, sha);
  const ref = `refs/heads/${branch.replace(/^refs\/heads\//, '')}`;
  const blocked = pushBlockedBy(repository, call.actor, ref, { after: sha, created: false, forced: false });
  if (blocked !== null)
    throw new Refusal(409, `Could not ${edit.sha === null ? 'delete' : 'update'} file: ${blocked}`);
  if (!(await pushRef(call, repository, { ref, before: tip, after: sha }))) {
    throw new Refusal(409, `is at ${await branchTip(directory, branch)} but expected ${tip}`);
  }
  const commit = await readCommit(directory, sha);
  return renderGitCommit(world, repository, commit);
}
