import { nodeId } from '../ids.ts';
import {
  type Comment,
  type Label,
  REACTIONS,
  type Reaction,
  type Repository,
  type Thread,
  type World,
} from '../state.ts';
import { association, renderApp, renderUser } from './accounts.ts';
import type { Schemas } from './schemas.ts';

/** GitHub's `reaction-rollup`. */
export function renderRollup(reactions: readonly Reaction[], url: string): Schemas['reaction-rollup'] {
  const count = (content: string): number =>
    reactions.filter((reaction) => reaction.content === content).length;
  const counts = Object.fromEntries(REACTIONS.map((content) => [content, count(content)]));
  return { url, total_count: reactions.length, ...counts } as Schemas['reaction-rollup'];
}

/** GitHub's `reaction`. */
export function renderReaction(world: World, reaction: Reaction): Schemas['reaction'] {
  return {
    id: reaction.id,
    node_id: nodeId('REA', reaction.id),
    user: renderUser(world, reaction.author),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

/** GitHub's `label`. */
export function renderLabel(world: World, repository: Repository, label: Label) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: world.api(`/repos/${repository.fullName}/labels/${encodeURIComponent(label.name)}`),
    name: label.name,
    color: label.color,
    default: label.isDefault,
    // GitHub's schema of a pull request in a list wants a string here, that of an issue allows null.
    description: label.description ?? '',
  } satisfies Schemas['label'];
}

/** Where a thread is read by people: under `/pull` or `/issues`. */
export function threadWebUrl(world: World, repository: Repository, thread: Thread): string {
  return world.web(`/${repository.fullName}/${thread.pull === null ? 'issues' : 'pull'}/${thread.number}`);
}

/** GitHub's `issue`: also the face that a pull request shows to the issues API and to comment events. */
export function renderIssue(world: World, repository: Repository, thread: Thread) {
  const self = world.api(`/repos/${repository.fullName}/issues/${thread.number}`);
  const web = threadWebUrl(world, repository, thread);
  const [assignee] = thread.assignees;
  return {
    url: self,
    repository_url: world.api(`/repos/${repository.fullName}`),
    labels_url: `${self}/labels{/name}`,
    comments_url: `${self}/comments`,
    events_url: `${self}/events`,
    html_url: web,
    id: thread.id,
    // A pull request has one node, whichever face it shows; its two numeric ids differ.
    node_id: thread.pull === null ? nodeId('I', thread.id) : nodeId('PR', thread.pull.id),
    number: thread.number,
    title: thread.title,
    user: renderUser(world, thread.author),
    labels: thread.labels.map((label) => renderLabel(world, repository, label)),
    state: thread.state,
    locked: thread.locked,
    assignee: assignee === undefined ? null : renderUser(world, assignee),
    assignees: thread.assignees.map((account) => renderUser(world, account)),
    milestone: null,
    comments: thread.comments.length,
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    closed_at: thread.closedAt,
    author_association: association(repository, thread.author),
    active_lock_reason: thread.lockReason as 'resolved' | null,
    ...(thread.pull === null
      ? {}
      : {
          draft: thread.pull.draft,
          pull_request: {
            url: world.api(`/repos/${repository.fullName}/pulls/${thread.number}`),
            html_url: web,
            diff_url: `${web}.diff`,
            patch_url: `${web}.patch`,
            merged_at: thread.pull.merged?.at ?? null,
          },
        }),
    body: thread.body,
    closed_by: thread.closedBy === null ? null : renderUser(world, thread.closedBy),
    reactions: renderRollup(thread.reactions, `${self}/reactions`),
    timeline_url: `${self}/timeline`,
    performed_via_github_app: thread.app === null ? null : renderApp(world, thread.app),
    state_reason: thread.stateReason,
  } satisfies Schemas['issue'];
}

/** GitHub's `issue-comment`. */
export function renderComment(world: World, repository: Repository, thread: Thread, comment: Comment) {
  const self = world.api(`/repos/${repository.fullName}/issues/comments/${comment.id}`);
  return {
    url: self,
    html_url: `${threadWebUrl(world, repository, thread)}#issuecomment-${comment.id}`,
    issue_url: world.api(`/repos/${repository.fullName}/issues/${thread.number}`),
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: renderUser(world, comment.author),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    body: comment.body,
    author_association: association(repository, comment.author),
    reactions: renderRollup(comment.reactions, `${self}/reactions`),
    performed_via_github_app: comment.app === null ? null : renderApp(world, comment.app),
  } satisfies Schemas['issue-comment'];
}
