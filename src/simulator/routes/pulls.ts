import { atLeast, roleOf } from '../access.ts';
import {
  type Answer,
  created,
  ok,
  onRepository,
  optionalFlag,
  optionalText,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { pullOf } from '../find.ts';
import { diffFiles, diffText } from '../git/diff.ts';
import { aheadBehind } from '../git/history.ts';
import { readCommits } from '../git/objects.ts';
import { branchTip } from '../git/refs.ts';
import { fetchObjects } from '../git/seed.ts';
import { pageAnswer } from '../pagination.ts';
import { findHead, forkPoint, openPulls, pullForEvent, pullInFull } from '../pulls.ts';
import { storeHead } from '../pushes.ts';
import { invalid, lacksRole, Refusal } from '../refusal.ts';
import { renderCommit, renderFile } from '../render/git.ts';
import { renderPullSimple } from '../render/pulls.ts';
import { isPull, type Pull, type PullThread, type Repository, timestamp } from '../state.ts';
import { checkBody, createThread, emitThread, setState, touch } from '../threads.ts';
import { sortThreads } from './issues.ts';

const PULL = '/repos/{owner}/{repo}/pulls/{pull_number}';
const READ = { app: 'pull_requests:read', user: 'read' } as const;
const WRITE = { app: 'pull_requests:write', user: 'read' } as const;
/** Source: docs.github.com, "List pull requests files" and "List commits on a pull request". */
const FILES_LIMIT = 3000;
const COMMITS_LIMIT = 250;

/** Pull requests: opening, listing, reading, changing. */
export const pullRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/pulls', READ, list, {
    query: ['state', 'head', 'base', 'sort', 'direction'],
  }),
  onRepository('POST /repos/{owner}/{repo}/pulls', WRITE, create, {
    body: ['title', 'head', 'base', 'body', 'draft', 'maintainer_can_modify'],
    content: true,
  }),
  onRepository(`GET ${PULL}/files`, READ, files),
  onRepository(`GET ${PULL}/commits`, READ, commits),
  onRepository(`GET ${PULL}`, READ, read),
  onRepository(`PATCH ${PULL}`, WRITE, update, {
    body: ['title', 'body', 'state', 'base', 'maintainer_can_modify'],
  }),
];

async function create(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  if (call.actor.kind === 'job' && !repository.actionsMayPropose) {
    throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  }
  const headName = requiredText(call, 'head');
  const baseRef = requiredText(call, 'base');
  const title = requiredText(call, 'title');
  const body = optionalText(call, 'body') ?? null;
  checkBody(body, 'PullRequest');
  const head = await findHead(world, repository, headName);
  const baseSha = await branchTip(repository.directory, baseRef);
  const wrong = (field: string) => ({ resource: 'PullRequest', field, code: 'invalid' as const });
  if (head === null) throw invalid(wrong('head'));
  if (baseSha === null) throw invalid(wrong('base'));
  const label = `${head.repository.owner.login}:${head.ref}`;
  const custom = (message: string) =>
    invalid({ resource: 'PullRequest', field: 'base', code: 'custom', message });
  if (
    openPulls(
      repository,
      ({ pull }) =>
        pull.head.repository === head.repository && pull.head.ref === head.ref && pull.base.ref === baseRef,
    )[0]
  ) {
    throw custom(`A pull request already exists for ${label}.`);
  }
  if (!(await hasCommits(repository, head, baseSha)))
    throw custom(`No commits between ${baseRef} and ${head.repository === repository ? head.ref : label}`);
  if (title.trim() === '') throw invalid({ resource: 'PullRequest', field: 'title', code: 'missing_field' });
  const pull: Pull = {
    id: world.ids.next('pull'),
    head,
    base: { ref: baseRef, sha: baseSha },
    draft: optionalFlag(call, 'draft') ?? false,
    maintainerCanModify:
      head.repository === repository ? false : (optionalFlag(call, 'maintainer_can_modify') ?? true),
    merged: null,
    mergeCommitSha: null,
    autoMerge: null,
    requestedReviewers: [],
    reviews: [],
    reviewComments: [],
    resolved: new Map(),
    mergeCache: null,
    sizeCache: null,
  };
  const thread = createThread(call, repository, { title, body, pull }) as PullThread;
  await storeHead(repository, thread, head.sha);
  await emitThread(call, repository, thread, 'opened');
  const answer = await pullForEvent(world, repository, thread);
  return { ...created(answer), headers: { location: answer.url } };
}

async function hasCommits(repository: Repository, head: Pull['head'], base: string): Promise<boolean> {
  if (head.sha === base) return false;
  if (head.repository !== repository)
    await fetchObjects(repository.directory, head.repository.directory, head.sha);
  return (await aheadBehind(repository.directory, base, head.sha)).ahead > 0;
}

function list(call: RepositoryCall): Answer {
  const { repository, query, world } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head')?.toLowerCase();
  const base = query.get('base');
  const shown = [...repository.threads.values()].filter(isPull).filter(
    ({ pull, state: actual }) =>
      (state === 'all' || actual === state) &&
      // GitHub ignores a head filter without an owner.
      (head === undefined ||
        !head.includes(':') ||
        `${pull.head.repository.owner.login}:${pull.head.ref}`.toLowerCase() === head) &&
      (base === null || pull.base.ref === base),
  );
  return pageAnswer(call, sortThreads(call, shown), (thread) => renderPullSimple(world, repository, thread));
}

async function read(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const thread = pullOf(call);
  if (/vnd\.github(\.v3)?\.diff/.test(call.headers.accept ?? '')) {
    const body = await diffText(
      repository.directory,
      await forkPoint(repository, thread),
      thread.pull.head.sha,
    );
    return { status: 200, body, headers: { 'content-type': 'application/vnd.github.diff; charset=utf-8' } };
  }
  return ok(await pullInFull(world, repository, thread));
}

async function files(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const thread = pullOf(call);
  const all = await diffFiles(
    repository.directory,
    await forkPoint(repository, thread),
    thread.pull.head.sha,
  );
  return pageAnswer(call, all.slice(0, FILES_LIMIT), (file) =>
    renderFile(world, repository, thread.pull.head.sha, file),
  );
}

async function commits(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const { pull } = pullOf(call);
  const all = await readCommits(repository.directory, ['--reverse', `${pull.base.sha}..${pull.head.sha}`]);
  return pageAnswer(call, all.slice(0, COMMITS_LIMIT), (commit) => renderCommit(world, repository, commit));
}

async function update(call: RepositoryCall): Promise<Answer> {
  const { repository, world, actor } = call;
  const thread = pullOf(call);
  if (
    actor.kind === 'user' &&
    actor.account !== thread.author &&
    !atLeast(roleOf(actor.account, repository), 'triage')
  ) {
    throw lacksRole('triage');
  }
  const changes: Record<string, unknown> = {};
  const title = optionalText(call, 'title');
  const body = optionalText(call, 'body');
  checkBody(body, 'PullRequest');
  if (title !== undefined && title !== null && title !== thread.title) {
    changes.title = { from: thread.title };
    thread.title = title;
  }
  if (body !== undefined && body !== thread.body) {
    changes.body = { from: thread.body ?? '' };
    thread.body = body;
    thread.editedAt = timestamp(world);
  }
  const base = optionalText(call, 'base');
  if (base !== undefined && base !== null && base !== thread.pull.base.ref)
    changes.base = await changeBase(call, thread, base);
  thread.pull.maintainerCanModify =
    optionalFlag(call, 'maintainer_can_modify') ?? thread.pull.maintainerCanModify;
  if (Object.keys(changes).length > 0) {
    touch(call, repository, thread);
    await emitThread(call, repository, thread, 'edited', { changes });
  }
  const state = optionalText(call, 'state');
  if (state === 'open' || state === 'closed') await changeState(call, thread, state);
  else if (state !== undefined && state !== null)
    throw invalid({ resource: 'PullRequest', field: 'state', code: 'invalid' });
  return ok(await pullInFull(world, repository, thread));
}

async function changeBase(
  call: RepositoryCall,
  thread: PullThread,
  ref: string,
): Promise<Record<string, unknown>> {
  const sha = await branchTip(call.repository.directory, ref);
  if (sha === null || thread.state === 'closed')
    throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  const from = thread.pull.base;
  thread.pull.base = { ref, sha };
  return { ref: { from: from.ref }, sha: { from: from.sha } };
}

/** A merged pull request stays closed; one whose branch is gone, or has a twin, cannot be reopened. */
async function changeState(
  call: RepositoryCall,
  thread: PullThread,
  state: 'open' | 'closed',
): Promise<void> {
  const { repository } = call;
  const { head, base, merged } = thread.pull;
  if (state === 'open' && thread.state === 'closed') {
    const refuse = (message: string) =>
      invalid({ resource: 'PullRequest', field: 'state', code: 'custom', message });
    if (merged !== null) throw refuse('state cannot be changed. The pull request cannot be reopened.');
    const tip = await branchTip(head.repository.directory, head.ref);
    if (tip === null) throw refuse(`state cannot be changed. The ${head.ref} branch has been deleted.`);
    const twin = openPulls(
      repository,
      ({ pull }) =>
        pull.head.repository === head.repository && pull.head.ref === head.ref && pull.base.ref === base.ref,
    );
    if (twin.length > 0)
      throw refuse(
        `state cannot be changed. There is already an open pull request from ${head.repository.owner.login}:${head.ref} to ${repository.owner.login}:${base.ref}.`,
      );
    await storeHead(repository, thread, tip);
    base.sha = (await branchTip(repository.directory, base.ref)) ?? base.sha;
  }
  await setState(call, repository, thread, state);
}
