import { type Answer, noContent, ok, onRepository, type RepositoryCall, type Route } from '../call.ts';
import { readCommit } from '../git/objects.ts';
import { branchTip, listRefs } from '../git/refs.ts';
import { paginate } from '../pagination.ts';
import { readProtection } from '../protection-input.ts';
import { Refusal } from '../refusal.ts';
import { renderBranchProtection, renderProtection } from '../render/branches.ts';
import { renderCommit } from '../render/git.ts';
import type { Protection } from '../state.ts';

const BRANCH = '/repos/{owner}/{repo}/branches/{branch}';
const READ = { app: 'contents:read', user: 'read' } as const;

/** Branches and what protects them. */
export const branchRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/branches', READ, list, { query: ['protected'] }),
  onRepository(`GET ${BRANCH}/protection`, { app: 'administration:read', user: 'admin' }, (call) =>
    ok(renderProtection(call.world, call.repository, call.params.branch ?? '', protectionOf(call))),
  ),
  onRepository(`PUT ${BRANCH}/protection`, { app: 'administration:write', user: 'admin' }, protect, {
    body: [
      'required_status_checks',
      'enforce_admins',
      'required_pull_request_reviews',
      'restrictions',
      'allow_force_pushes',
      'allow_deletions',
    ],
  }),
  onRepository(`DELETE ${BRANCH}/protection`, { app: 'administration:write', user: 'admin' }, (call) => {
    protectionOf(call);
    call.repository.protections.delete(call.params.branch ?? '');
    return noContent();
  }),
  onRepository(`GET ${BRANCH}`, READ, read),
];

async function list(call: RepositoryCall): Promise<Answer> {
  const { world, repository, query } = call;
  const wanted = query.get('protected');
  const isProtected = (name: string): boolean => repository.protections.has(name);
  const branches = (await listRefs(repository.directory, 'refs/heads/'))
    .map(({ name, sha }) => ({ name: name.slice('refs/heads/'.length), sha }))
    .filter(({ name }) => wanted === null || String(isProtected(name)) === wanted);
  const { items, headers } = paginate(call, branches);
  const body = items.map(({ name, sha }) => ({
    name,
    commit: { sha, url: world.api(`/repos/${repository.fullName}/commits/${sha}`) },
    protected: isProtected(name),
  }));
  return { status: 200, body, headers };
}

async function read(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const name = call.params.branch ?? '';
  const sha = await branchTip(repository.directory, name);
  if (sha === null) throw new Refusal(404, 'Branch not found');
  const self = world.api(`/repos/${repository.fullName}/branches/${encodeURIComponent(name)}`);
  return ok({
    name,
    commit: renderCommit(world, repository, await readCommit(repository.directory, sha)),
    _links: { self, html: world.web(`/${repository.fullName}/tree/${name}`) },
    protected: repository.protections.has(name),
    protection: renderBranchProtection(repository.protections.get(name)),
    protection_url: `${self}/protection`,
  });
}

function protectionOf(call: RepositoryCall): Protection {
  const protection = call.repository.protections.get(call.params.branch ?? '');
  if (protection === undefined) throw new Refusal(404, 'Branch not protected');
  return protection;
}

async function protect(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const branch = call.params.branch ?? '';
  if ((await branchTip(repository.directory, branch)) === null) throw new Refusal(404, 'Branch not found');
  const protection = readProtection(call.body);
  repository.protections.set(branch, protection);
  return ok(renderProtection(world, repository, branch, protection));
}
