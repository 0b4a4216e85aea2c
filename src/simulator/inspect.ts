import { repositoryNamed } from './find.ts';
import { readBlob } from './git/objects.ts';
import { listRefs, resolveCommit } from './git/refs.ts';
import { entryAt } from './git/trees.ts';
import { latestRuns } from './protections.ts';
import { pullForEvent } from './pulls.ts';
import { renderCheckRun } from './render/checks.ts';
import type { renderPull } from './render/pulls.ts';
import { renderReview, renderReviewComment } from './render/reviews.ts';
import type { Schemas } from './render/schemas.ts';
import { renderComment, renderIssue, renderReaction } from './render/threads.ts';
import {
  type Annotation,
  type CheckAction,
  checkRunsOf,
  isPull,
  type PullThread,
  type Thread,
  type World,
} from './state.ts';

/** Looking at the world without asking the API: not in the call log, not against any limit. Repositories are `owner/name`. */
export interface Inspection {
  issue(repository: string, number: number): ReturnType<typeof renderIssue>;
  issues(repository: string): ReturnType<typeof renderIssue>[];
  comments(repository: string, number: number): ReturnType<typeof renderComment>[];
  pull(repository: string, number: number): Promise<ReturnType<typeof renderPull>>;
  /** Open and closed, by number. */
  pulls(repository: string): Promise<ReturnType<typeof renderPull>[]>;
  reviews(repository: string, number: number): ReturnType<typeof renderReview>[];
  reviewComments(repository: string, number: number): ReturnType<typeof renderReviewComment>[];
  /** Oldest first, with annotations and buttons; `ref` narrows to the latest of each at one commit. */
  checkRuns(
    repository: string,
    ref?: string,
  ): Promise<
    (Schemas['check-run'] & { annotations: readonly Annotation[]; actions: readonly CheckAction[] })[]
  >;
  /** Reactions to the issue or pull request itself, or to one of its comments. */
  reactions(repository: string, number: number, commentId?: number): Schemas['reaction'][];
  /** A file's text, or null when there is none. */
  fileAt(repository: string, ref: string, path: string): Promise<string | null>;
  /** The commit at the tip of each branch. */
  branches(repository: string): Promise<Readonly<Record<string, string>>>;
  /** The bare git repository on disk, for tests that want git itself. */
  gitDirectory(repository: string): string;
}

export function createInspection(world: World): Inspection {
  const threadAt = (fullName: string, number: number): Thread => {
    const thread = repositoryNamed(world, fullName).threads.get(number);
    if (thread === undefined) throw new Error(`${fullName} has no issue or pull request ${number}.`);
    return thread;
  };
  const pullAt = (fullName: string, number: number): PullThread => {
    const thread = threadAt(fullName, number);
    if (!isPull(thread)) throw new Error(`${fullName}#${number} is an issue.`);
    return thread;
  };
  return {
    issue: (name, number) => renderIssue(world, repositoryNamed(world, name), threadAt(name, number)),
    issues(name) {
      const repository = repositoryNamed(world, name);
      return [...repository.threads.values()].map((thread) => renderIssue(world, repository, thread));
    },
    comments(name, number) {
      const thread = threadAt(name, number);
      return thread.comments.map((comment) =>
        renderComment(world, repositoryNamed(world, name), thread, comment),
      );
    },
    pull: (name, number) => pullForEvent(world, repositoryNamed(world, name), pullAt(name, number)),
    pulls(name) {
      const repository = repositoryNamed(world, name);
      return Promise.all(
        [...repository.threads.values()]
          .filter(isPull)
          .map((thread) => pullForEvent(world, repository, thread)),
      );
    },
    reviews(name, number) {
      const thread = pullAt(name, number);
      return thread.pull.reviews.map((review) =>
        renderReview(world, repositoryNamed(world, name), thread, review),
      );
    },
    reviewComments(name, number) {
      const thread = pullAt(name, number);
      return thread.pull.reviewComments.map((comment) =>
        renderReviewComment(world, repositoryNamed(world, name), thread, comment, comment),
      );
    },
    async checkRuns(name, ref) {
      const repository = repositoryNamed(world, name);
      const sha = ref === undefined ? null : await resolveCommit(repository.directory, ref);
      const runs =
        ref === undefined ? checkRunsOf(repository) : sha === null ? [] : latestRuns(repository, sha);
      return runs.map((run) => ({
        ...renderCheckRun(world, repository, run),
        annotations: run.annotations,
        actions: run.actions,
      }));
    },
    reactions(name, number, commentId) {
      const thread = threadAt(name, number);
      const all = [...thread.comments, ...(thread.pull?.reviewComments ?? [])];
      const subject = commentId === undefined ? thread : all.find(({ id }) => id === commentId);
      return (subject?.reactions ?? []).map((reaction) => renderReaction(world, reaction));
    },
    async fileAt(name, ref, path) {
      const { directory } = repositoryNamed(world, name);
      const sha = await resolveCommit(directory, ref);
      const entry = sha === null ? null : await entryAt(directory, sha, path);
      return entry?.type === 'blob' ? (await readBlob(directory, entry.sha)).toString() : null;
    },
    async branches(name) {
      const refs = await listRefs(repositoryNamed(world, name).directory, 'refs/heads/');
      return Object.fromEntries(refs.map((ref) => [ref.name.slice('refs/heads/'.length), ref.sha]));
    },
    gitDirectory: (name) => repositoryNamed(world, name).directory,
  };
}
