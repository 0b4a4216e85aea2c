import type { Act } from './act.ts';
import { accountOf } from './actor.ts';
import { aheadBehind, commitsBetween } from './git/history.ts';
import { mergeTrees, rebaseOnto } from './git/merge.ts';
import { readCommit, type Signature, writeCommit } from './git/objects.ts';
import { branchTip } from './git/refs.ts';
import { blockedBy, mayBypass } from './protections.ts';
import { closeFixedIssues, forbiddenWorkflow, pushRef, workflowSentence } from './pushes.ts';
import { Refusal } from './refusal.ts';
import { noreply } from './render/git.ts';
import { type AutoMerge, type PullThread, type Repository, timestamp } from './state.ts';
import { setState } from './threads.ts';

/** How a pull request is to be merged; its commit's title and text are GitHub's own when null. */
export type MergeWish = Pick<AutoMerge, 'method' | 'title' | 'text'>;

/**
 * Merges a pull request, and lets everything follow that follows a merge. Returns the commit its base stands at.
 *
 * @throws Refusal 405 with GitHub's sentence where it may not be merged, 403 for workflow files
 */
export async function mergePull(
  act: Act,
  repository: Repository,
  thread: PullThread,
  wish: MergeWish,
): Promise<string> {
  const { world, actor } = act;
  const { pull } = thread;
  if (pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
  const before = await branchTip(repository.directory, pull.base.ref);
  if (before === null) throw new Refusal(405, 'Pull Request is not mergeable');
  const after = await mergedCommit(act, repository, thread, before, wish);
  if (after === null) throw new Refusal(405, 'Pull Request is not mergeable');
  await demandAllowed(act, repository, thread, before);
  const workflow = await forbiddenWorkflow(actor, repository, before, after);
  if (workflow !== null) throw new Refusal(403, workflowSentence(workflow));
  // Marked before the push, so that the push does not take it for a merge by somebody else.
  pull.merged = { at: timestamp(world), by: accountOf(actor), before };
  pull.mergeCommitSha = after;
  if (wish.method !== 'rebase') world.signedCommits.add(after);
  thread.state = 'closed';
  if (!(await pushRef(act, repository, { ref: `refs/heads/${pull.base.ref}`, before, after }))) {
    pull.merged = null;
    thread.state = 'open';
    throw new Refusal(405, 'Base branch was modified. Review and try the merge again.');
  }
  thread.state = 'open';
  await setState(act, repository, thread, 'closed');
  if (pull.base.ref === repository.defaultBranch) await closeFixedIssues(act, repository, thread.body ?? '');
  return after;
}

async function demandAllowed(
  act: Act,
  repository: Repository,
  thread: PullThread,
  baseTip: string,
): Promise<void> {
  const protection = repository.protections.get(thread.pull.base.ref);
  if (protection === undefined || mayBypass(act.actor, repository, protection)) return;
  const reason = blockedBy(repository, thread);
  if (reason !== null) throw new Refusal(405, reason);
  const { behind } = await aheadBehind(repository.directory, baseTip, thread.pull.head.sha);
  if (protection.checks?.strict && behind > 0)
    throw new Refusal(405, 'Head branch is out of date. Review and try the merge again.');
}

/** The commit that the base branch will be at, or null when git finds a conflict. */
async function mergedCommit(
  { world, actor }: Act,
  repository: Repository,
  thread: PullThread,
  base: string,
  { method, title, text }: MergeWish,
): Promise<string | null> {
  const { directory } = repository;
  const { pull, number } = thread;
  const account = accountOf(actor);
  const merger: Signature = {
    name: account.name ?? account.login,
    email: noreply(account),
    date: timestamp(world),
  };
  const github: Signature = { name: 'GitHub', email: 'noreply@github.com', date: timestamp(world) };
  if (method === 'rebase') return rebaseOnto(directory, base, pull.head.sha, github);
  const tree = await mergeTrees(directory, base, pull.head.sha);
  if (tree === null) return null;
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
