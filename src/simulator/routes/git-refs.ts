import {
  type Answer,
  created,
  noContent,
  ok,
  onRepository,
  optionalFlag,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { shaIn } from '../find.ts';
import { isAncestor } from '../git/history.ts';
import { lookUp } from '../git/objects.ts';
import { isRefName, listRefs, type Ref, readRef } from '../git/refs.ts';
import { pageAnswer } from '../pagination.ts';
import { pushBlockedBy } from '../protections.ts';
import { forbiddenWorkflow, pushRef, workflowRefusal } from '../pushes.ts';
import { Refusal, unprocessable } from '../refusal.ts';
import { renderRef } from '../render/git.ts';

const GIT = '/repos/{owner}/{repo}/git';
const READ = { app: 'contents:read', user: 'read' } as const;
const WRITE = { app: 'contents:write', user: 'write' } as const;

/** Branches and tags as git knows them. */
export const gitRefRoutes: readonly Route[] = [
  onRepository(`GET ${GIT}/ref/{ref}`, READ, async (call) => {
    const ref = await readRef(call.repository.directory, `refs/${call.params.ref}`);
    if (ref === null) throw new Refusal(404, 'Not Found');
    return ok(renderRef(call.world, call.repository, ref));
  }),
  onRepository(`GET ${GIT}/matching-refs/{ref}`, READ, async (call) => {
    const refs = await listRefs(call.repository.directory, `refs/${call.params.ref}`);
    return pageAnswer(call, refs, (ref) => renderRef(call.world, call.repository, ref));
  }),
  onRepository(`POST ${GIT}/refs`, WRITE, create, { body: ['ref', 'sha'] }),
  onRepository(`PATCH ${GIT}/refs/{ref}`, WRITE, update, { body: ['sha', 'force'] }),
  onRepository(`DELETE ${GIT}/refs/{ref}`, WRITE, remove),
];

async function create(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const name = requiredText(call, 'ref');
  if (!/^refs\/[^/]+\/./.test(name))
    throw unprocessable("Reference name must start with 'refs' and contain at least two slashes.");
  if (!isRefName(name) || !isOurs(name)) throw unprocessable(`${name} is not a valid ref name.`);
  const sha = await commitIn(call);
  if ((await readRef(repository.directory, name)) !== null) throw unprocessable('Reference already exists');
  await demandWorkflows(call, null, sha);
  if (!(await pushRef(call, repository, { ref: name, before: null, after: sha })))
    throw unprocessable('Reference update failed');
  const body = renderRef(world, repository, { name, sha, type: 'commit' });
  return { ...created(body), headers: { location: body.url } };
}

async function update(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const before = await present(call);
  const sha = await commitIn(call);
  const forced = !(await isAncestor(repository.directory, before.sha, sha));
  if (forced && optionalFlag(call, 'force') !== true) throw unprocessable('Update is not a fast forward');
  demandUnprotected(call, before.name, { after: sha, created: false, forced });
  await demandWorkflows(call, before.sha, sha);
  if (
    before.sha !== sha &&
    !(await pushRef(call, repository, { ref: before.name, before: before.sha, after: sha }))
  ) {
    throw unprocessable('Update is not a fast forward');
  }
  return ok(renderRef(world, repository, { name: before.name, sha, type: 'commit' }));
}

async function remove(call: RepositoryCall): Promise<Answer> {
  const { repository } = call;
  const before = await present(call);
  if (before.name === `refs/heads/${repository.defaultBranch}`)
    throw unprocessable('Cannot delete the default branch');
  demandUnprotected(call, before.name, { after: null, created: false, forced: false });
  if (!(await pushRef(call, repository, { ref: before.name, before: before.sha, after: null }))) {
    throw unprocessable('Reference update failed');
  }
  return noContent();
}

async function present(call: RepositoryCall): Promise<Ref> {
  const ref = await readRef(call.repository.directory, `refs/${call.params.ref}`);
  if (ref === null || !isOurs(ref.name)) throw unprocessable('Reference does not exist');
  return ref;
}

/** Pull request heads are GitHub's own to move. */
function isOurs(name: string): boolean {
  return !name.startsWith('refs/pull/');
}

async function commitIn(call: RepositoryCall): Promise<string> {
  const sha = shaIn(requiredText(call, 'sha'), 'sha');
  const [info] = await lookUp(call.repository.directory, [sha]);
  if (info === null || info === undefined) throw unprocessable('Object does not exist');
  if (info.type !== 'commit') throw unprocessable(`Object ${sha} is not a commit`);
  return sha;
}

function demandUnprotected(
  call: RepositoryCall,
  ref: string,
  change: { after: string | null; created: boolean; forced: boolean },
): void {
  const reason = pushBlockedBy(call.repository, call.actor, ref, change);
  if (reason !== null) throw unprocessable(`Protected branch update failed for ${ref}. ${reason}`);
}

async function demandWorkflows(call: RepositoryCall, before: string | null, after: string): Promise<void> {
  if ((await forbiddenWorkflow(call.actor, call.repository, before, after)) !== null) throw workflowRefusal();
}
