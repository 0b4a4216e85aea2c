import { translate } from './errors.ts';
import type { Place } from './place.ts';
import type { Thread } from './thread.ts';
import type { OwnComment, ThreadComment } from './thread-comments.ts';

/** The comments of one thread: read once an execution, written by marker. */
export interface Comments {
  /** What people see in the thread. */
  all(): Promise<readonly ThreadComment[]>;
  /** The comment of ours that starts with `marker`, where our answers stand; null: there is none. */
  find(marker: string): Promise<OwnComment | null>;
  /** Creates the comment that starts with `marker`, or edits it where one of ours starts so already. */
  put(
    marker: string,
    body: string,
  ): Promise<{
    readonly how: 'created' | 'updated' | 'unchanged';
    readonly id: number;
    readonly url: string;
  }>;
  /** Takes note of a comment that was written otherwise. */
  noted(marker: string, comment: OwnComment): void;
  /** Of two of our comments that say the same, the first stays: takes `created` back where it is not the first of `standing`. */
  withdraw(marker: string, created: OwnComment, standing: readonly ThreadComment[]): Promise<OwnComment>;
}

/**
 * Only our own comments are ever adopted or edited, whatever others contain. `rivals`: another process may create the
 * same comment at the same time; of two, the first stays, and the other is taken back.
 */
export function threadComments(thread: Thread, place: Place, rivals: boolean): Comments {
  const written = new Map<string, OwnComment>();

  async function find(marker: string): Promise<OwnComment | null> {
    const mine = written.get(marker);
    if (mine) return mine;
    const standing = await place.standing();
    return standing.find((comment) => comment.own && comment.body.startsWith(marker)) ?? null;
  }

  async function withdraw(
    marker: string,
    created: OwnComment,
    standing: readonly ThreadComment[],
  ): Promise<OwnComment> {
    const [first] = standing.filter(({ own, body }) => own && body.startsWith(marker));
    if (!first || first.id >= created.id) return created;
    await place.remove(created.id);
    return first;
  }

  return {
    all: async () => (await thread.state()).comments,
    find,
    withdraw,
    noted: (marker, comment) => void written.set(marker, comment),
    async put(marker, body) {
      const existing = await find(marker);
      if (existing?.body === body) return { how: 'unchanged', id: existing.id, url: existing.url };
      try {
        const put = existing ? await place.update(existing.id, body) : await place.create(body);
        let kept = put;
        if (!existing && rivals) {
          thread.forget();
          kept = await withdraw(marker, put, await place.standing());
        }
        written.set(marker, { ...kept, body });
        return { how: existing ? 'updated' : 'created', id: kept.id, url: kept.url };
      } catch (error) {
        // The comment may stand all the same, with only the answer lost: the next look must see it.
        thread.forget();
        throw translate(error, 'writing a comment');
      }
    },
  };
}
