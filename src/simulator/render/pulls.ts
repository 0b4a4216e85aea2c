import { nodeId } from '../ids.ts';
import type { AutoMerge, PullSize, PullThread, Repository, World } from '../state.ts';
import { association, renderUser } from './accounts.ts';
import { renderRepository } from './repositories.ts';
import type { Schemas } from './schemas.ts';
import { renderLabel, threadWebUrl } from './threads.ts';

/** GitHub's `pull-request-simple`: a pull request in a list. */
export function renderPullSimple(world: World, repository: Repository, thread: PullThread) {
  const { pull, number } = thread;
  const self = world.api(`/repos/${repository.fullName}/pulls/${number}`);
  const issue = world.api(`/repos/${repository.fullName}/issues/${number}`);
  const statuses = world.api(`/repos/${repository.fullName}/statuses/${pull.head.sha}`);
  const web = threadWebUrl(world, repository, thread);
  const [assignee] = thread.assignees;
  return {
    url: self,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issue,
    commits_url: `${self}/commits`,
    review_comments_url: `${self}/comments`,
    review_comment_url: world.api(`/repos/${repository.fullName}/pulls/comments{/number}`),
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number,
    state: thread.state,
    locked: thread.locked,
    title: thread.title,
    user: renderUser(world, thread.author),
    body: thread.body,
    labels: thread.labels.map((label) => renderLabel(world, repository, label)),
    milestone: null,
    active_lock_reason: thread.lockReason,
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    closed_at: thread.closedAt,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: assignee === undefined ? null : renderUser(world, assignee),
    assignees: thread.assignees.map((account) => renderUser(world, account)),
    requested_reviewers: pull.requestedReviewers.map((account) => renderUser(world, account)),
    requested_teams: [],
    head: renderEnd(world, pull.head.repository, pull.head.ref, pull.head.sha),
    base: renderEnd(world, repository, pull.base.ref, pull.base.sha),
    _links: {
      self: { href: self },
      html: { href: web },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${self}/comments` },
      review_comment: { href: world.api(`/repos/${repository.fullName}/pulls/comments{/number}`) },
      commits: { href: `${self}/commits` },
      statuses: { href: statuses },
    },
    author_association: association(repository, thread.author),
    auto_merge: renderAutoMerge(world, pull.autoMerge),
    draft: pull.draft,
  } satisfies Schemas['pull-request-simple'];
}

function renderAutoMerge(world: World, autoMerge: AutoMerge | null): Schemas['auto-merge'] {
  if (autoMerge === null) return null;
  return {
    enabled_by: renderUser(world, autoMerge.by),
    merge_method: autoMerge.method,
    commit_title: autoMerge.title ?? '',
    commit_message: autoMerge.text ?? '',
  };
}

/** What git knows of a pull request; events carry it before it has been worked out. */
export interface PullFacts {
  readonly mergeable: boolean | null;
  readonly mergeableState: string;
  readonly size: PullSize;
}

/** GitHub's `pull-request`: one pull request by itself, and in events. */
export function renderPull(world: World, repository: Repository, thread: PullThread, facts: PullFacts) {
  const { pull } = thread;
  return {
    ...renderPullSimple(world, repository, thread),
    merged: pull.merged !== null,
    mergeable: facts.mergeable,
    rebaseable: facts.mergeable,
    mergeable_state: facts.mergeableState,
    merged_by: pull.merged === null ? null : renderUser(world, pull.merged.by),
    comments: thread.comments.length,
    review_comments: pull.reviewComments.length,
    maintainer_can_modify: pull.maintainerCanModify,
    commits: facts.size.commits,
    additions: facts.size.additions,
    deletions: facts.size.deletions,
    changed_files: facts.size.changedFiles,
  } satisfies Schemas['pull-request'];
}

/** GitHub's `pull-request-minimal`, as check runs and suites list it. */
export function renderPullMinimal(
  world: World,
  repository: Repository,
  thread: PullThread,
): Schemas['pull-request-minimal'] {
  const { head, base, id } = thread.pull;
  const short = ({ id: repositoryId, name, fullName }: Repository) => ({
    id: repositoryId,
    url: world.api(`/repos/${fullName}`),
    name,
  });
  return {
    id,
    number: thread.number,
    url: world.api(`/repos/${repository.fullName}/pulls/${thread.number}`),
    head: { ref: head.ref, sha: head.sha, repo: short(head.repository) },
    base: { ref: base.ref, sha: base.sha, repo: short(repository) },
  };
}

function renderEnd(world: World, repository: Repository, ref: string, sha: string) {
  return {
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: renderUser(world, repository.owner),
    repo: renderRepository(world, repository),
  };
}
