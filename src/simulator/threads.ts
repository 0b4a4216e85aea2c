import { atLeast, covers, roleOf } from './access.ts';
import type { Act } from './act.ts';
import { accountOf, appOf } from './actor.ts';
import { emit } from './events.ts';
import { pullForEvent } from './pulls.ts';
import { invalid, Refusal } from './refusal.ts';
import { renderUser } from './render/accounts.ts';
import { renderIssue, renderLabel } from './render/threads.ts';
import {
  type Account,
  type Comment,
  isPull,
  type Label,
  nextNumber,
  type Pull,
  type Repository,
  type Thread,
  timestamp,
} from './state.ts';

/** GitHub's limit on the text of issues, comments, reviews and pull requests, in characters. */
const BODY_LIMIT = 65_536;

/** Refuses a text that GitHub would not store. */
export function checkBody(body: string | null | undefined, resource: string): void {
  if (body !== null && body !== undefined && body.length > BODY_LIMIT) {
    throw invalid({
      resource,
      field: 'body',
      code: 'custom',
      message: `body is too long (maximum is ${BODY_LIMIT} characters)`,
    });
  }
}

/** Opens an issue, or the conversation of a pull request, under the repository's next number. */
export function createThread(
  act: Act,
  repository: Repository,
  content: { title: string; body: string | null; labels?: Label[]; assignees?: Account[]; pull?: Pull },
): Thread {
  const now = timestamp(act.world);
  const thread: Thread = {
    id: act.world.ids.next('issue'),
    number: nextNumber(repository),
    title: content.title,
    body: content.body,
    state: 'open',
    stateReason: null,
    author: accountOf(act.actor),
    app: appOf(act.actor),
    labels: content.labels ?? [],
    assignees: content.assignees ?? [],
    locked: false,
    lockReason: null,
    createdAt: now,
    updatedAt: now,
    editedAt: null,
    closedAt: null,
    closedBy: null,
    comments: [],
    reactions: [],
    pull: content.pull ?? null,
  };
  repository.threads.set(thread.number, thread);
  return thread;
}

/** Tells of something that happened to a thread: as `pull_request` or `issues`, whichever it is. */
export async function emitThread(
  act: Act,
  repository: Repository,
  thread: Thread,
  action: string,
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (isPull(thread)) {
    const pull = await pullForEvent(act.world, repository, thread);
    emit(act, repository, 'pull_request', action, { number: thread.number, pull_request: pull, ...details });
  } else {
    emit(act, repository, 'issues', action, {
      issue: renderIssue(act.world, repository, thread),
      ...details,
    });
  }
}

/** Adds a comment; the caller has checked who may. */
export function createComment(act: Act, repository: Repository, thread: Thread, body: string): Comment {
  const now = timestamp(act.world);
  const comment: Comment = {
    id: act.world.ids.next('comment'),
    author: accountOf(act.actor),
    app: appOf(act.actor),
    body,
    createdAt: now,
    updatedAt: now,
    editedAt: null,
    minimized: null,
    reactions: [],
  };
  thread.comments.push(comment);
  touch(act, repository, thread);
  return comment;
}

export function touch(act: Act, repository: Repository, thread: Thread): void {
  thread.updatedAt = timestamp(act.world);
  repository.updatedAt = thread.updatedAt;
}

/** Closes or reopens a thread and says so. Nothing happens when it already is that way. */
export async function setState(
  act: Act,
  repository: Repository,
  thread: Thread,
  state: 'open' | 'closed',
  reason: 'completed' | 'not_planned' | 'reopened' = state === 'open' ? 'reopened' : 'completed',
): Promise<void> {
  if (thread.state === state) return;
  touch(act, repository, thread);
  thread.state = state;
  thread.closedAt = state === 'closed' ? thread.updatedAt : null;
  thread.closedBy = state === 'closed' ? accountOf(act.actor) : null;
  if (!isPull(thread)) thread.stateReason = reason;
  await emitThread(act, repository, thread, state === 'closed' ? 'closed' : 'reopened');
}

/** A label by name; GitHub makes one of a plain colour when an issue gets a name that it does not know. */
export function labelNamed(act: Act, repository: Repository, name: string): Label {
  const known = repository.labels.get(name.toLowerCase());
  if (known !== undefined) return known;
  const label: Label = {
    id: act.world.ids.next('label'),
    name,
    color: 'ededed',
    description: null,
    isDefault: false,
  };
  repository.labels.set(name.toLowerCase(), label);
  emit(act, repository, 'label', 'created', { label: renderLabel(act.world, repository, label) });
  return label;
}

/** Makes these the thread's labels, with one event for each that comes or goes. */
export async function setLabels(
  act: Act,
  repository: Repository,
  thread: Thread,
  labels: readonly Label[],
): Promise<void> {
  const before = thread.labels;
  const wanted = [...new Set(labels)];
  const gone = before.filter((label) => !wanted.includes(label));
  const come = wanted.filter((label) => !before.includes(label));
  if (gone.length + come.length === 0) return;
  thread.labels = [...before.filter((label) => wanted.includes(label)), ...come];
  touch(act, repository, thread);
  const tell = (action: string, label: Label): Promise<void> =>
    emitThread(act, repository, thread, action, { label: renderLabel(act.world, repository, label) });
  for (const label of gone) await tell('unlabeled', label);
  for (const label of come) await tell('labeled', label);
}

/** Makes these the thread's assignees, with one event for each that comes or goes. */
export async function setAssignees(
  act: Act,
  repository: Repository,
  thread: Thread,
  accounts: readonly Account[],
): Promise<void> {
  const before = thread.assignees;
  const gone = before.filter((account) => !accounts.includes(account));
  const come = [...new Set(accounts)].filter((account) => !before.includes(account));
  if (gone.length + come.length === 0) return;
  thread.assignees = [...before.filter((account) => accounts.includes(account)), ...come];
  touch(act, repository, thread);
  const tell = (action: string, account: Account): Promise<void> =>
    emitThread(act, repository, thread, action, { assignee: renderUser(act.world, account) });
  for (const account of gone) await tell('unassigned', account);
  for (const account of come) await tell('assigned', account);
}

/** Can this person be assigned here? Whoever belongs to the repository can. */
export function isAssignable(repository: Repository, account: Account): boolean {
  const login = account.login.toLowerCase();
  return (
    repository.owner === account || repository.owner.members.has(login) || repository.collaborators.has(login)
  );
}

/**
 * Is the thread locked for this actor? Only for people who may write it is not. Apps and workflow jobs
 * are not collaborators, whatever their permissions: reported for installation tokens
 * (renovatebot/renovate#6215, probot/stale#25) and job tokens (hashicorp/terraform-github-actions#100).
 */
export function isLockedFor(act: Act, repository: Repository, thread: Thread): boolean {
  if (!thread.locked) return false;
  return act.actor.kind !== 'user' || !atLeast(roleOf(act.actor.account, repository), 'write');
}

/**
 * An App's token needs `issues` for an issue; for a pull request's conversation either `issues` or
 * `pull_requests` will do. Source: docs.github.com, "Permissions required for GitHub Apps".
 */
export function demandThreadPermission(act: Act, thread: Thread, level: 'read' | 'write'): void {
  const { actor } = act;
  if (actor.kind !== 'installation' && actor.kind !== 'job') return;
  const wanted = thread.pull === null ? [`issues:${level}`] : [`issues:${level}`, `pull_requests:${level}`];
  if (wanted.some((permission) => covers(actor.permissions, permission))) return;
  throw new Refusal(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': wanted.join('; ').replaceAll(':', '=') },
  });
}
