import type { CommandRequest } from '../commands/request.ts';
import type { Client } from './client.ts';
import type { ReviewThread, Thread } from './thread.ts';
import { type Identity, listReplies, type OwnComment, type ThreadComment } from './thread-comments.ts';

/** Where our answers stand: in the thread, or, when a comment on a line asked, under that comment. */
export interface Place {
  /** The comments that stand there. */
  standing(): Promise<readonly ThreadComment[]>;
  create(body: string): Promise<OwnComment>;
  update(id: number, body: string): Promise<OwnComment>;
  remove(id: number): Promise<void>;
  /** The thread on a line that this is; null: it is none, or only REST is spoken here. */
  reviewThread(): Promise<ReviewThread | null>;
}

/** The place where the answer to a request belongs. */
export function placeOf(
  request: CommandRequest,
  thread: Thread,
  read: Client,
  write: Client,
  identity: Identity,
): Place {
  const { owner, name: repo } = request.repository;
  const number = request.thread.number;

  if (request.asking.kind !== 'review_comment') {
    return {
      standing: async () => (await thread.state()).comments,
      create: async (body) =>
        own(await write.issues.createComment({ owner, repo, issue_number: number, body })),
      update: async (id, body) =>
        own(await write.issues.updateComment({ owner, repo, comment_id: id, body })),
      remove: async (id) => void (await write.issues.deleteComment({ owner, repo, comment_id: id })),
      reviewThread: async () => null,
    };
  }

  async function reviewThread(): Promise<ReviewThread | null> {
    const { told } = await thread.state();
    const asked = ({ comments }: ReviewThread) => comments.some(({ id }) => id === request.asking.id);
    return told?.pull?.reviewThreads.find(asked) ?? null;
  }

  async function standing(): Promise<readonly ThreadComment[]> {
    return (await reviewThread())?.comments ?? listReplies(request, read, identity);
  }

  return {
    standing,
    reviewThread,
    async create(body) {
      // GitHub takes replies to a thread's first comment only.
      const [first] = await standing();
      const comment_id = first?.id ?? request.asking.id;
      const reply = { owner, repo, pull_number: number, comment_id, body };
      return own(await write.pulls.createReplyForReviewComment(reply));
    },
    update: async (id, body) =>
      own(await write.pulls.updateReviewComment({ owner, repo, comment_id: id, body })),
    remove: async (id) => void (await write.pulls.deleteReviewComment({ owner, repo, comment_id: id })),
  };
}

function own({
  data,
}: {
  readonly data: {
    readonly id: number;
    readonly node_id: string;
    readonly html_url: string;
    readonly body?: string;
  };
}): OwnComment {
  return { id: data.id, nodeId: data.node_id, url: data.html_url, body: data.body ?? '' };
}
