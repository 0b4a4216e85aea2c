import {
  type Answer,
  created,
  ok,
  onRepository,
  optionalTexts,
  type RepositoryCall,
  type Route,
} from '../call.ts';
import { findAccount, pullOf } from '../find.ts';
import { pullForEvent } from '../pulls.ts';
import { unprocessable, unserved } from '../refusal.ts';
import { renderUser } from '../render/accounts.ts';
import type { Account } from '../state.ts';
import { emitThread, isAssignable } from '../threads.ts';

const PATH = '/repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers';
const WRITE = { app: 'pull_requests:write', user: 'write' } as const;
const BODY = { body: ['reviewers', 'team_reviewers'] };

/** Who has been asked to review. */
export const requestedReviewerRoutes: readonly Route[] = [
  onRepository(`GET ${PATH}`, { app: 'pull_requests:read', user: 'read' }, (call) => {
    const { requestedReviewers } = pullOf(call).pull;
    return ok({ users: requestedReviewers.map((account) => renderUser(call.world, account)), teams: [] });
  }),
  onRepository(`POST ${PATH}`, WRITE, request, BODY),
  onRepository(`DELETE ${PATH}`, WRITE, withdraw, BODY),
];

async function request(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const thread = pullOf(call);
  const accounts = reviewersIn(call);
  if (accounts.includes(thread.author))
    throw unprocessable('Review cannot be requested from pull request author.');
  for (const account of accounts) {
    if (thread.pull.requestedReviewers.includes(account)) continue;
    thread.pull.requestedReviewers.push(account);
    await emitThread(call, repository, thread, 'review_requested', {
      requested_reviewer: renderUser(world, account),
    });
  }
  return created(await pullForEvent(world, repository, thread));
}

async function withdraw(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const thread = pullOf(call);
  for (const account of reviewersIn(call)) {
    if (!thread.pull.requestedReviewers.includes(account)) continue;
    thread.pull.requestedReviewers = thread.pull.requestedReviewers.filter((other) => other !== account);
    await emitThread(call, repository, thread, 'review_request_removed', {
      requested_reviewer: renderUser(world, account),
    });
  }
  return ok(await pullForEvent(world, repository, thread));
}

function reviewersIn(call: RepositoryCall): Account[] {
  const { repository, world } = call;
  if ((optionalTexts(call, 'team_reviewers') ?? []).length > 0) throw unserved('reviews by teams');
  return (optionalTexts(call, 'reviewers') ?? []).map((login) => {
    const account = findAccount(world, login);
    if (account !== null && isAssignable(repository, account)) return account;
    throw unprocessable(
      `Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the ${repository.fullName} repository.`,
    );
  });
}
