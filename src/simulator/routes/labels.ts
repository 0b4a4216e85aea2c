import {
  type Answer,
  created,
  noContent,
  ok,
  onRepository,
  optionalText,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { emit } from '../events.ts';
import { findAccount, threadOf } from '../find.ts';
import { pageAnswer } from '../pagination.ts';
import { invalid, notFound, Refusal } from '../refusal.ts';
import { renderUser } from '../render/accounts.ts';
import { renderIssue, renderLabel } from '../render/threads.ts';
import type { Label, Thread } from '../state.ts';
import { demandThreadPermission, isAssignable, labelNamed, setAssignees, setLabels } from '../threads.ts';

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}';
const READ = { app: ['issues:read', 'pull_requests:read'], user: 'read' } as const;
const WRITE = { app: ['issues:write', 'pull_requests:write'], user: 'triage' } as const;

/** A repository's labels, and the labels and assignees of a thread. */
export const labelRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/labels', READ, (call) =>
    pageAnswer(call, [...call.repository.labels.values()], (label) =>
      renderLabel(call.world, call.repository, label),
    ),
  ),
  onRepository('POST /repos/{owner}/{repo}/labels', { ...WRITE, user: 'write' }, create, {
    body: ['name', 'color', 'description'],
  }),
  onRepository('GET /repos/{owner}/{repo}/labels/{name}', READ, (call) =>
    ok(renderLabel(call.world, call.repository, labelIn(call))),
  ),
  onRepository(`GET ${ISSUE}/labels`, READ, (call) => {
    const thread = reached(call, 'read');
    return pageAnswer(call, thread.labels, (label) => renderLabel(call.world, call.repository, label));
  }),
  onRepository(`POST ${ISSUE}/labels`, WRITE, (call) => relabel(call, (old, given) => [...old, ...given]), {
    body: ['labels'],
  }),
  onRepository(`PUT ${ISSUE}/labels`, WRITE, (call) => relabel(call, (_, given) => given), {
    body: ['labels'],
  }),
  onRepository(`DELETE ${ISSUE}/labels`, WRITE, async (call) => {
    await setLabels(call, call.repository, reached(call, 'write'), []);
    return noContent();
  }),
  onRepository(`DELETE ${ISSUE}/labels/{name}`, WRITE, async (call) => {
    const thread = reached(call, 'write');
    const label = thread.labels.find(({ name }) => name.toLowerCase() === call.params.name?.toLowerCase());
    if (label === undefined) throw new Refusal(404, 'Label does not exist');
    await setLabels(
      call,
      call.repository,
      thread,
      thread.labels.filter((other) => other !== label),
    );
    return ok(thread.labels.map((other) => renderLabel(call.world, call.repository, other)));
  }),
  onRepository(`POST ${ISSUE}/assignees`, WRITE, (call) => reassign(call, 'add'), { body: ['assignees'] }),
  onRepository(`DELETE ${ISSUE}/assignees`, WRITE, (call) => reassign(call, 'remove'), {
    body: ['assignees'],
  }),
  onRepository('GET /repos/{owner}/{repo}/assignees', READ, (call) => {
    const assignable = [...call.world.accounts.values()].filter(
      (account) => account.type === 'User' && isAssignable(call.repository, account),
    );
    return pageAnswer(call, assignable, (account) => renderUser(call.world, account));
  }),
];

function reached(call: RepositoryCall, level: 'read' | 'write'): Thread {
  const thread = threadOf(call);
  demandThreadPermission(call, thread, level);
  return thread;
}

function labelIn(call: RepositoryCall): Label {
  const label = call.repository.labels.get((call.params.name ?? '').toLowerCase());
  if (label === undefined) throw notFound();
  return label;
}

function create(call: RepositoryCall): Answer {
  const { world, repository } = call;
  const name = requiredText(call, 'name');
  if (repository.labels.has(name.toLowerCase()))
    throw invalid({ resource: 'Label', field: 'name', code: 'already_exists' });
  const color = optionalText(call, 'color') ?? 'ededed';
  if (!/^[0-9a-f]{6}$/i.test(color)) throw invalid({ resource: 'Label', field: 'color', code: 'invalid' });
  const label: Label = {
    id: world.ids.next('label'),
    name,
    color,
    description: optionalText(call, 'description') ?? null,
    isDefault: false,
  };
  repository.labels.set(name.toLowerCase(), label);
  emit(call, repository, 'label', 'created', { label: renderLabel(world, repository, label) });
  return created(renderLabel(world, repository, label));
}

async function relabel(
  call: RepositoryCall,
  combine: (old: readonly Label[], given: Label[]) => Label[],
): Promise<Answer> {
  const thread = reached(call, 'write');
  const { labels } = call.body;
  if (!Array.isArray(labels)) throw invalid({ resource: 'Label', field: 'labels', code: 'missing_field' });
  const given = labels.map((label) => {
    const name: unknown = typeof label === 'object' && label !== null ? label.name : label;
    if (typeof name !== 'string' || name === '')
      throw invalid({ resource: 'Label', field: 'name', code: 'invalid' });
    return labelNamed(call, call.repository, name);
  });
  await setLabels(call, call.repository, thread, combine(thread.labels, given));
  return ok(thread.labels.map((label) => renderLabel(call.world, call.repository, label)));
}

/** Logins that cannot be assigned are passed over in silence, as on GitHub. */
async function reassign(call: RepositoryCall, how: 'add' | 'remove'): Promise<Answer> {
  const { world, repository } = call;
  const thread = reached(call, 'write');
  const { assignees } = call.body;
  const logins = Array.isArray(assignees) ? assignees : [];
  const accounts = logins
    .map((login) => findAccount(world, String(login)))
    .filter((account) => account !== null)
    .filter((account) => isAssignable(repository, account));
  const wanted =
    how === 'add'
      ? [...thread.assignees, ...accounts]
      : thread.assignees.filter((account) => !accounts.includes(account));
  await setAssignees(call, repository, thread, wanted);
  const body = renderIssue(world, repository, thread);
  return how === 'add' ? created(body) : ok(body);
}
