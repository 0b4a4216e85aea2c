import { atLeast, covers, roleOf } from '../access.ts';
import {
  type Answer,
  created,
  noContent,
  ok,
  onRepository,
  optionalText,
  optionalTexts,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { findAccount, threadOf } from '../find.ts';
import { updatedSince } from '../listing.ts';
import { pageAnswer } from '../pagination.ts';
import { invalid, lacksRole, unprocessable, unserved } from '../refusal.ts';
import { renderIssue, renderLabel } from '../render/threads.ts';
import { type Account, type Label, type Thread, timestamp } from '../state.ts';
import {
  checkBody,
  createThread,
  demandThreadPermission,
  emitThread,
  isAssignable,
  labelNamed,
  setAssignees,
  setLabels,
  setState,
  touch,
} from '../threads.ts';

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}';
/** A thread may be a pull request, for which the handler asks for the finer permission. */
const READ = { app: ['issues:read', 'pull_requests:read'], user: 'read' } as const;
const WRITE = { app: ['issues:write', 'pull_requests:write'], user: 'read' } as const;

/** Issues, and pull requests seen as issues. */
export const issueRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/issues', { app: 'issues:read', user: 'read' }, list, {
    query: ['state', 'labels', 'assignee', 'creator', 'since', 'sort', 'direction'],
  }),
  onRepository('POST /repos/{owner}/{repo}/issues', { app: 'issues:write', user: 'read' }, create, {
    body: ['title', 'body', 'labels', 'assignees', 'assignee'],
    content: true,
  }),
  onRepository(`GET ${ISSUE}`, READ, (call) => {
    const thread = threadOf(call);
    demandThreadPermission(call, thread, 'read');
    return ok(renderIssue(call.world, call.repository, thread));
  }),
  onRepository(`PATCH ${ISSUE}`, WRITE, update, {
    body: ['title', 'body', 'state', 'state_reason', 'labels', 'assignees', 'assignee'],
  }),
  onRepository(`PUT ${ISSUE}/lock`, { ...WRITE, user: 'write' }, lock, { body: ['lock_reason'] }),
  onRepository(`DELETE ${ISSUE}/lock`, { ...WRITE, user: 'write' }, async (call) => {
    const thread = threadOf(call);
    demandThreadPermission(call, thread, 'write');
    thread.locked = false;
    thread.lockReason = null;
    await emitThread(call, call.repository, thread, 'unlocked');
    return noContent();
  }),
];

async function create(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const title = requiredText(call, 'title');
  if (title.trim() === '') throw invalid({ resource: 'Issue', field: 'title', code: 'missing_field' });
  const body = optionalText(call, 'body') ?? null;
  checkBody(body, 'Issue');
  // GitHub drops labels and assignees of people who may not set them, without a word.
  const assignees = maySort(call) ? accountsIn(call) : undefined;
  const thread = createThread(call, repository, { title, body, assignees: assignees ?? [] });
  thread.labels = maySort(call) ? (labelsIn(call) ?? []) : [];
  await emitThread(call, repository, thread, 'opened');
  for (const label of thread.labels) {
    await emitThread(call, repository, thread, 'labeled', { label: renderLabel(world, repository, label) });
  }
  return {
    ...created(renderIssue(world, repository, thread)),
    headers: { location: world.api(`/repos/${repository.fullName}/issues/${thread.number}`) },
  };
}

async function update(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const thread = threadOf(call);
  demandThreadPermission(call, thread, 'write');
  const { actor } = call;
  if (
    actor.kind === 'user' &&
    actor.account !== thread.author &&
    !atLeast(roleOf(actor.account, repository), 'triage')
  ) {
    throw lacksRole('triage');
  }
  const title = optionalText(call, 'title');
  const body = optionalText(call, 'body');
  checkBody(body, 'Issue');
  const changes: Record<string, { from: string | null }> = {};
  if (title !== undefined && title !== null && title !== thread.title) {
    if (title.trim() === '') throw invalid({ resource: 'Issue', field: 'title', code: 'missing_field' });
    changes.title = { from: thread.title };
    thread.title = title;
  }
  if (body !== undefined && body !== thread.body) {
    changes.body = { from: thread.body ?? '' };
    thread.body = body;
    thread.editedAt = timestamp(world);
  }
  if (Object.keys(changes).length > 0) {
    touch(call, repository, thread);
    await emitThread(call, repository, thread, 'edited', { changes });
  }
  const labels = labelsIn(call);
  if (labels !== undefined) await setLabels(call, repository, thread, labels);
  const assignees = accountsIn(call);
  if (assignees !== undefined) await setAssignees(call, repository, thread, assignees);
  const state = stateIn(call);
  if (state !== undefined) await setState(call, repository, thread, state, reasonIn(call, state));
  return ok(renderIssue(world, repository, thread));
}

function list(call: RepositoryCall): Answer {
  const { query, repository, actor } = call;
  const state = query.get('state') ?? 'open';
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean);
  const isRecent = updatedSince(call);
  const seesPulls =
    (actor.kind !== 'installation' && actor.kind !== 'job') ||
    covers(actor.permissions, 'pull_requests:read');
  const shown = [...repository.threads.values()].filter(
    (thread) =>
      (state === 'all' || thread.state === state) &&
      labels.every((name) =>
        thread.labels.some((label) => label.name.toLowerCase() === name.toLowerCase()),
      ) &&
      matchesAccount(query.get('creator'), [thread.author]) &&
      matchesAccount(query.get('assignee'), thread.assignees) &&
      isRecent(thread) &&
      (thread.pull === null || seesPulls),
  );
  const sorted = sortThreads(call, shown);
  return pageAnswer(call, sorted, (thread) => renderIssue(call.world, repository, thread));
}

function matchesAccount(wanted: string | null, accounts: readonly Account[]): boolean {
  if (wanted === null || wanted === '*') return wanted === null || accounts.length > 0;
  if (wanted === 'none') return accounts.length === 0;
  return accounts.some((account) => account.login.toLowerCase() === wanted.toLowerCase());
}

/** Newest first unless the request asks otherwise; ties go by number. */
export function sortThreads<T extends Thread>(call: RepositoryCall, threads: T[]): T[] {
  const sort = call.query.get('sort') ?? 'created';
  const keys: Record<string, (thread: T) => number> = {
    created: (thread) => Date.parse(thread.createdAt),
    updated: (thread) => Date.parse(thread.updatedAt),
    comments: (thread) => thread.comments.length,
  };
  const key = keys[sort];
  if (key === undefined) throw unserved(`sort=${sort}`);
  const sign = call.query.get('direction') === 'asc' ? 1 : -1;
  return threads.sort((a, b) => sign * (key(a) - key(b) || a.number - b.number));
}

async function lock(call: RepositoryCall): Promise<Answer> {
  const thread = threadOf(call);
  demandThreadPermission(call, thread, 'write');
  const reason = optionalText(call, 'lock_reason') ?? null;
  if (reason !== null && !['off-topic', 'too heated', 'resolved', 'spam'].includes(reason)) {
    throw unprocessable(`Invalid request.\n\n"${reason}" is not a reason to lock.`);
  }
  thread.locked = true;
  thread.lockReason = reason;
  await emitThread(call, call.repository, thread, 'locked');
  return noContent();
}

/** May the actor set labels and assignees? */
function maySort(call: RepositoryCall): boolean {
  return call.actor.kind !== 'user' || atLeast(roleOf(call.actor.account, call.repository), 'triage');
}

function labelsIn(call: RepositoryCall): Label[] | undefined {
  const { labels } = call.body;
  if (labels === undefined || labels === null) return undefined;
  if (!Array.isArray(labels)) throw invalid({ resource: 'Issue', field: 'labels', code: 'invalid' });
  return labels.map((label) => {
    const name: unknown = typeof label === 'object' && label !== null ? label.name : label;
    if (typeof name !== 'string' || name === '')
      throw invalid({ resource: 'Label', field: 'name', code: 'missing_field' });
    return labelNamed(call, call.repository, name);
  });
}

function accountsIn(call: RepositoryCall): Account[] | undefined {
  const single = optionalText(call, 'assignee');
  const logins =
    optionalTexts(call, 'assignees') ??
    (single === undefined ? undefined : single === null || single === '' ? [] : [single]);
  return logins?.map((login) => {
    const account = findAccount(call.world, login);
    if (account === null || !isAssignable(call.repository, account)) {
      throw invalid({ resource: 'Issue', field: 'assignees', code: 'invalid', value: login });
    }
    return account;
  });
}

function stateIn(call: RepositoryCall): 'open' | 'closed' | undefined {
  const state = optionalText(call, 'state');
  if (state === undefined || state === null) return undefined;
  if (state !== 'open' && state !== 'closed')
    throw invalid({ resource: 'Issue', field: 'state', code: 'invalid' });
  return state;
}

function reasonIn(call: RepositoryCall, state: 'open' | 'closed'): 'completed' | 'not_planned' | 'reopened' {
  const reason = optionalText(call, 'state_reason') ?? (state === 'open' ? 'reopened' : 'completed');
  if (reason === 'completed' || reason === 'not_planned' || reason === 'reopened') return reason;
  throw unserved(`state_reason=${reason}`);
}
