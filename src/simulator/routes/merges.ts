import {
  type Answer,
  noContent,
  ok,
  onRepository,
  optionalText,
  type RepositoryCall,
  type Route,
} from '../call.ts';
import { pullOf } from '../find.ts';
import { mergePull } from '../merging.ts';
import { notFound, Refusal, unprocessable } from '../refusal.ts';

const MERGE = '/repos/{owner}/{repo}/pulls/{pull_number}/merge';

/** Merging pull requests. GitHub asks Apps for `contents`, since it is a push. */
export const mergeRoutes: readonly Route[] = [
  onRepository(`GET ${MERGE}`, { app: ['pull_requests:read', 'contents:read'], user: 'read' }, (call) => {
    if (pullOf(call).pull.merged === null) throw notFound();
    return noContent();
  }),
  onRepository(`PUT ${MERGE}`, { app: 'contents:write', user: 'write' }, merge, {
    body: ['commit_title', 'commit_message', 'sha', 'merge_method'],
  }),
];

async function merge(call: RepositoryCall): Promise<Answer> {
  const thread = pullOf(call);
  const sha = optionalText(call, 'sha');
  const method = optionalText(call, 'merge_method') ?? 'merge';
  if (method !== 'merge' && method !== 'squash' && method !== 'rebase')
    throw unprocessable(`"${method}" is not a merge method.`);
  if (thread.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable');
  if (sha !== undefined && sha !== null && sha !== thread.pull.head.sha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  const merged = await mergePull(call, call.repository, thread, {
    method,
    title: optionalText(call, 'commit_title') ?? null,
    text: optionalText(call, 'commit_message') ?? null,
  });
  return ok({ sha: merged, merged: true, message: 'Pull Request successfully merged' });
}
