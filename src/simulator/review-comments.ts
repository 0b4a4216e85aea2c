import type { Act } from './act.ts';
import { accountOf, appOf } from './actor.ts';
import { emit } from './events.ts';
import { diffFiles } from './git/diff.ts';
import { mergeBase } from './git/history.ts';
import { anchorIn, lineLater, type Side } from './git/patch-lines.ts';
import { forkPoint, pullForEvent } from './pulls.ts';
import { type Placement, renderReviewComment } from './render/reviews.ts';
import { type PullThread, type Repository, type ReviewComment, timestamp } from './state.ts';

/** A comment on lines that someone wants to make. */
export interface CommentDraft {
  readonly path: string;
  readonly body: string;
  readonly subject: 'line' | 'file';
  readonly line: number | null;
  readonly side: Side;
  readonly startLine: number | null;
  readonly startSide: Side | null;
}

/** GitHub's word for what of a draft it cannot place. */
export type Unplaced = 'path' | 'line' | 'start_line';

/** Places a draft in the pull request's diff at a commit, or says what cannot be found there. */
export async function placeComment(
  repository: Repository,
  thread: PullThread,
  commit: string,
  draft: CommentDraft,
): Promise<{ position: number | null; diffHunk: string } | Unplaced> {
  const { directory } = repository;
  const start = (await mergeBase(directory, thread.pull.base.sha, commit)) ?? thread.pull.base.sha;
  const file = (await diffFiles(directory, start, commit)).find(({ path }) => path === draft.path);
  if (file === undefined) return 'path';
  if (draft.subject === 'file') return { position: null, diffHunk: '' };
  const { line, side, startLine, startSide } = draft;
  if (line === null || file.patch === null) return 'line';
  if (anchorIn(file.patch, { line, side, startLine: null, startSide: null }) === null) return 'line';
  return anchorIn(file.patch, { line, side, startLine, startSide }) ?? 'start_line';
}

/** A comment that has been placed; a reply takes its place from the comment it answers. */
export function makeReviewComment(
  act: Act,
  draft: CommentDraft,
  placed: {
    position: number | null;
    diffHunk: string;
    commit: string;
    reviewId: number | null;
    inReplyTo: number | null;
  },
): ReviewComment {
  const now = timestamp(act.world);
  return {
    ...draft,
    id: act.world.ids.next('reviewComment'),
    author: accountOf(act.actor),
    app: appOf(act.actor),
    createdAt: now,
    updatedAt: now,
    editedAt: null,
    minimized: null,
    reactions: [],
    position: placed.position,
    diffHunk: placed.diffHunk,
    originalCommitId: placed.commit,
    reviewId: placed.reviewId,
    inReplyTo: placed.inReplyTo,
  };
}

/** An answer stands where its question stands; an answer to an answer belongs to the same question. */
export function makeAnswer(act: Act, asked: ReviewComment, body: string, reviewId: number): ReviewComment {
  const { path, subject, line, side, startLine, startSide, position, diffHunk } = asked;
  const placed = {
    position,
    diffHunk,
    commit: asked.originalCommitId,
    inReplyTo: asked.inReplyTo ?? asked.id,
  };
  return makeReviewComment(
    act,
    { path, body, subject, line, side, startLine, startSide },
    { ...placed, reviewId },
  );
}

/** The answers to a comment on lines, oldest first. */
export function answersTo(thread: PullThread, comment: ReviewComment): ReviewComment[] {
  return thread.pull.reviewComments.filter(({ inReplyTo }) => inReplyTo === comment.id);
}

/** Where a comment stands now: it moves with its line, and is outdated once the line has changed. */
export async function placementNow(
  repository: Repository,
  thread: PullThread,
  comment: ReviewComment,
): Promise<Placement> {
  const { head } = thread.pull;
  const { line, startLine, position, side, path, originalCommitId: from } = comment;
  if (head.sha === from || line === null) return { line, startLine, position };
  const { directory } = repository;
  const moved = async (number: number): Promise<number | null> =>
    side === 'LEFT' ? number : lineLater(directory, from, head.sha, path, number);
  const now = await moved(line);
  const startNow = startLine === null ? null : await moved(startLine);
  const file = (await diffFiles(directory, await forkPoint(repository, thread), head.sha)).find(
    (candidate) => candidate.path === path,
  );
  const lost = { line: null, startLine: null, position: null };
  if (now === null || (startLine !== null && startNow === null) || !file?.patch) return lost;
  const anchor = anchorIn(file.patch, { line: now, side, startLine: null, startSide: null });
  return anchor === null ? lost : { line: now, startLine: startNow, position: anchor.position };
}

export async function renderComment(
  act: Act,
  repository: Repository,
  thread: PullThread,
  comment: ReviewComment,
) {
  return renderReviewComment(
    act.world,
    repository,
    thread,
    comment,
    await placementNow(repository, thread, comment),
  );
}

/** Tells of a comment on lines that came, changed or went. */
export async function emitReviewComment(
  act: Act,
  repository: Repository,
  thread: PullThread,
  comment: ReviewComment,
  action: 'created' | 'edited' | 'deleted',
  details: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  emit(act, repository, 'pull_request_review_comment', action, {
    ...details,
    comment: await renderComment(act, repository, thread, comment),
    pull_request: await pullForEvent(act.world, repository, thread),
  });
}
