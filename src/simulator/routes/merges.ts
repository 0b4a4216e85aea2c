import { accountOf } from '../actor.ts';
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
import { aheadBehind, commitsBetween } from '../git/history.ts';
import { mergeTrees, rebaseOnto } from '../git/merge.ts';
import { readCommit, type Signature, writeCommit } from '../git/objects.ts';
import { branchTip } from '../git/refs.ts';
import { blockedBy, mayBypass } from '../protections.ts';
import { closeFixedIssues, forbiddenWorkflow, pushRef, workflowSentence } from '../pushes.ts';
import { notFound, Refusal, unprocessable } from '../refusal.ts';
import { noreply } from '../render/git.ts';
import { type PullThread, timestamp } from '../state.ts';
import { setState } from '../threads.ts';

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
  const { repository, world } = call;
  const thread = pullOf(call);
  const { pull } = thread;
  const sha = optionalText(call, 'sha');
  const method = optionalText(call, 'merge_method') ?? 'merge';
  if (method !== 'merge' && method !== 'squash' && method !== 'rebase')
    throw unprocessable(`"${method}" is not a merge method.`);
  if (thread.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable');
  if (sha !== undefined && sha !== null && sha !== pull.head.sha) {
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  const before = await branchTip(repository.directory, pull.base.ref);
  if (before === null) throw new Refusal(405, 'Pull Request is not mergeable');
  const after = await mergedCommit(call, thread, before, method);
  if (after === null) throw new Refusal(405, 'Pull Request is not mergeable');
  await demandAllowed(call, thread, before);
  const workflow = await forbiddenWorkflow(call.actor, repository, before, after);
  if (workflow !== null) throw new Refusal(403, workflowSentence(workflow));
  // Marked before the push, so that the push does not take it for a merge by somebody else.
  pull.merged = { at: timestamp(world), by: accountOf(call.actor) };
  pull.mergeCommitSha = after;
  if (method !== 'rebase') world.signedCommits.add(after);
  thread.state = 'closed';
  if (!(await pushRef(call, repository, { ref: `refs/heads/${pull.base.ref}`, before, after }))) {
    pull.merged = null;
    thread.state = 'open';
    throw new Refusal(405, 'Base branch was modified. Review and try the merge again.');
  }
  thread.state = 'open';
  await setState(call, repository, thread, 'closed');
  if (pull.base.ref === repository.defaultBranch) await closeFixedIssues(call, repository, thread.body ?? '');
  return ok({ sha: after, merged: true, message: 'Pull Request successfully merged' });
}

async function demandAllowed(call: RepositoryCall, thread: PullThread, baseTip: string): Promise<void> {
  const { repository } = call;
  const protection = repository.protections.get(thread.pull.base.ref);
  if (protection === undefined || mayBypass(call.actor, repository, protection)) return;
  const reason = blockedBy(repository, thread);
  if (reason !== null) throw new Refusal(405, reason);
  const { behind } = await aheadBehind(repository.directory, baseTip, thread.pull.head.sha);
  if (protection.checks?.strict && behind > 0)
    throw new Refusal(405, 'Head branch is out of date. Review and try the merge again.');
}

/** The commit that the base branch will be at, or null when git finds a conflict. */
async function mergedCommit(
  call: RepositoryCall,
  thread: PullThread,
  base: string,
  method: 'merge' | 'squash' | 'rebase',
): Promise<string | null> {
  const { repository, world } = call;
  const { directory } = repository;
  const { pull, number } = thread;
  const account = accountOf(call.actor);
  const merger: Signature = {
    name: account.name ?? account.login,
    email: noreply(account),
    date: timestamp(world),
  };
  const github: Signature = { name: 'GitHub', email: 'noreply@github.com', date: timestamp(world) };
  if (method === 'rebase') return rebaseOnto(directory, base, pull.head.sha, github);
  const tree = await mergeTrees(directory, base, pull.head.sha);
  if (tree === null) return null;
  const title = optionalText(call, 'commit_title');
  const text = optionalText(call, 'commit_message');
  if (method === 'merge') {
    const from = `${pull.head.repository.owner.login}/${pull.head.ref}`;
    const message = joinMessage(title ?? `Merge pull request #${number} from ${from}`, text ?? thread.title);
    return writeCommit(directory, {
      tree,
      parents: [base, pull.head.sha],
      author: merger,
      committer: github,
      message,
    });
  }
  const author = {
    name: thread.author.name ?? thread.author.login,
    email: noreply(thread.author),
    date: timestamp(world),
  };
  const message = joinMessage(
    title ?? `${thread.title} (#${number})`,
    text ?? (await squashText(directory, base, pull.head.sha)),
  );
  return writeCommit(directory, { tree, parents: [base], author, committer: github, message });
}

/** Of several commits, their messages as a list; of one, what follows its first line. */
async function squashText(directory: string, base: string, head: string): Promise<string> {
  const shas = await commitsBetween(directory, base, head);
  const messages = await Promise.all(shas.map(async (sha) => (await readCommit(directory, sha)).message));
  if (messages.length === 1) return messages[0]!.split('\n').slice(1).join('\n').trim();
  return messages.map((message) => `* ${message}`).join('\n\n');
}

function joinMessage(title: string, text: string): string {
  return text === '' ? title : `${title}\n\n${text}`;
}
