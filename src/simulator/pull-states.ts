import { atLeast, roleOf } from './access.ts';
import type { Act } from './act.ts';
import { accountOf } from './actor.ts';
import { mergeableState, tryMerge } from './pulls.ts';
import { lacksRole, unprocessable } from './refusal.ts';
import { type AutoMerge, type PullThread, type Repository, timestamp } from './state.ts';
import { emitThread, touch } from './threads.ts';

/** Refuses a person who neither opened a pull request nor may write; an App's permission is enough. */
export function demandKeeper({ actor }: Act, repository: Repository, thread: PullThread): void {
  if (actor.kind !== 'user' || actor.account === thread.author) return;
  if (!atLeast(roleOf(actor.account, repository), 'write')) throw lacksRole('write');
}

/** "Ready for review", or "Convert to draft". Nothing happens when it already is that way. */
export async function setDraft(
  act: Act,
  repository: Repository,
  thread: PullThread,
  draft: boolean,
): Promise<void> {
  if (thread.pull.draft === draft) return;
  thread.pull.draft = draft;
  touch(act, repository, thread);
  await emitThread(act, repository, thread, draft ? 'converted_to_draft' : 'ready_for_review');
}

/**
 * Lets a pull request merge by itself once it may. GitHub takes this only while something stands in its way.
 * Source of the sentences: peter-evans/enable-pull-request-automerge#1118, and reports of many others.
 */
export async function enableAutoMerge(
  act: Act,
  repository: Repository,
  thread: PullThread,
  wish: Pick<AutoMerge, 'method' | 'title' | 'text'>,
): Promise<void> {
  if (!repository.autoMergeAllowed) throw unprocessable('Auto merge is not allowed for this repository');
  if (thread.state === 'closed') throw unprocessable('Pull request is closed');
  const state = await mergeableState(repository, thread, await tryMerge(act.world, repository, thread));
  if (state === 'clean' || state === 'unstable')
    throw unprocessable(`Pull request Pull request is in ${state} status`);
  thread.pull.autoMerge = { ...wish, by: accountOf(act.actor), at: timestamp(act.world) };
  await emitThread(act, repository, thread, 'auto_merge_enabled');
}

/** Nothing happens when it would not merge by itself. */
export async function disableAutoMerge(act: Act, repository: Repository, thread: PullThread): Promise<void> {
  if (thread.pull.autoMerge === null) return;
  thread.pull.autoMerge = null;
  await emitThread(act, repository, thread, 'auto_merge_disabled');
}

/** Is nothing left that its auto-merge waits for? Checks that are not required do not hold it. */
export async function isDueToMerge(act: Act, repository: Repository, thread: PullThread): Promise<boolean> {
  if (thread.state === 'closed' || thread.pull.autoMerge === null) return false;
  const state = await mergeableState(repository, thread, await tryMerge(act.world, repository, thread));
  return state === 'clean' || state === 'unstable';
}
