import { accountOf } from '../actor.ts';
import {
  type Answer,
  created,
  ok,
  onRepository,
  optionalText,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { emit } from '../events.ts';
import { commitParam } from '../find.ts';
import { lookUp, readCommit } from '../git/objects.ts';
import { listRefs } from '../git/refs.ts';
import { pageAnswer, paginate } from '../pagination.ts';
import { latestStatuses } from '../protections.ts';
import { invalid, unprocessable } from '../refusal.ts';
import { renderSimpleStatus, renderStatus } from '../render/checks.ts';
import { renderCommit } from '../render/git.ts';
import { renderRepository } from '../render/repositories.ts';
import { type CommitStatus, timestamp } from '../state.ts';

const READ = { app: 'statuses:read', user: 'read' } as const;
/** Source: docs.github.com, "Create a commit status". */
const STATES = ['error', 'failure', 'pending', 'success'];
const DESCRIPTION_LIMIT = 140;

/** Commit statuses, the older sibling of check runs. */
export const statusRoutes: readonly Route[] = [
  onRepository(
    'POST /repos/{owner}/{repo}/statuses/{sha}',
    { app: 'statuses:write', user: 'write' },
    create,
    {
      body: ['state', 'target_url', 'description', 'context'],
    },
  ),
  onRepository('GET /repos/{owner}/{repo}/commits/{ref}/statuses', READ, async (call) => {
    const sha = await commitParam(call);
    const all = call.repository.statuses.filter((status) => status.sha === sha).toReversed();
    return pageAnswer(call, all, (status) => renderStatus(call.world, call.repository, status));
  }),
  onRepository('GET /repos/{owner}/{repo}/commits/{ref}/status', READ, combined),
];

async function create(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const sha = call.params.sha ?? '';
  const [info] = /^[0-9a-f]{40}$/.test(sha) ? await lookUp(repository.directory, [sha]) : [null];
  if (info?.type !== 'commit') throw unprocessable(`No commit found for SHA: ${sha}`);
  const state = requiredText(call, 'state');
  if (!STATES.includes(state)) throw invalid({ resource: 'Status', field: 'state', code: 'invalid' });
  const description = optionalText(call, 'description') ?? null;
  if ((description?.length ?? 0) > DESCRIPTION_LIMIT) {
    const message = `description is too long (maximum is ${DESCRIPTION_LIMIT} characters)`;
    throw invalid({ resource: 'Status', field: 'description', code: 'custom', message });
  }
  const status: CommitStatus = {
    id: world.ids.next('status'),
    sha,
    state: state as CommitStatus['state'],
    context: optionalText(call, 'context') ?? 'default',
    description,
    targetUrl: optionalText(call, 'target_url') ?? null,
    creator: accountOf(call.actor),
    createdAt: timestamp(world),
  };
  repository.statuses.push(status);
  await tell(call, status);
  return created(renderStatus(world, repository, status));
}

async function tell(call: RepositoryCall, status: CommitStatus): Promise<void> {
  const { world, repository } = call;
  const { creator: _, url: __, node_id: ___, ...rendered } = renderStatus(world, repository, status);
  const tips = (await listRefs(repository.directory, 'refs/heads/')).filter((ref) => ref.sha === status.sha);
  emit(call, repository, 'status', null, {
    ...rendered,
    sha: status.sha,
    name: repository.fullName,
    commit: renderCommit(world, repository, await readCommit(repository.directory, status.sha)),
    branches: tips.map(({ name, sha }) => ({
      name: name.slice('refs/heads/'.length),
      commit: { sha, url: world.api(`/repos/${repository.fullName}/commits/${sha}`) },
      protected: repository.protections.has(name.slice('refs/heads/'.length)),
    })),
  });
}

async function combined(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const sha = await commitParam(call);
  const latest = latestStatuses(repository, sha);
  const states = latest.map((status) => status.state);
  const failed = states.some((state) => state === 'failure' || state === 'error');
  const state = failed
    ? 'failure'
    : states.length === 0 || states.includes('pending')
      ? 'pending'
      : 'success';
  const { items, headers } = paginate(call, latest);
  const body = {
    state,
    statuses: items.map((status) => renderSimpleStatus(world, repository, status)),
    sha,
    total_count: latest.length,
    repository: renderRepository(world, repository),
    commit_url: world.api(`/repos/${repository.fullName}/commits/${sha}`),
    url: world.api(`/repos/${repository.fullName}/commits/${sha}/status`),
  };
  return { ...ok(body), headers };
}
