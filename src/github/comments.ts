import type { CommandRequest } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';

/**
 * Who a token writes as. The host says what it expects; GitHub's answer to the first write corrects it, since a workflow
 * may hand the Action any token, and only what this account wrote is ever adopted or edited.
 */
export interface Identity {
  login: string;
}

export interface ThreadComment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly url: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** True when Conductor's own account wrote it. */
  readonly own: boolean;
}

/** The comments of one thread: read once a run, written by marker. */
export interface Comments {
  all(): Promise<readonly ThreadComment[]>;
  /** Creates the comment that starts with `marker`, or edits it where one of ours starts so already. */
  put(
    marker: string,
    body: string,
  ): Promise<{
    readonly how: 'created' | 'updated' | 'unchanged';
    readonly id: number;
    readonly url: string;
  }>;
}

/**
 * Only comments of `identity` are ever adopted or edited, whatever others contain. `rivals`: another process may create
 * the same comment at the same time; of two, the first stays, and the other is taken back.
 */
export function threadComments(
  request: CommandRequest,
  client: Client,
  writer: Client,
  identity: Identity,
  rivals = false,
): Comments {
  const { owner, name: repo } = request.repository;
  const issue = { owner, repo, issue_number: request.thread.number };
  const written = new Map<string, { readonly id: number; readonly url: string; readonly body: string }>();
  let known: Promise<readonly ThreadComment[]> | null = null;

  async function read(): Promise<readonly ThreadComment[]> {
    try {
      const page = (number: number) => client.issues.listComments({ ...issue, per_page: 100, page: number });
      const first = await page(1);
      const rest = await Promise.all(pagesToRead(lastPage(first.headers.link)).map(page));
      const rows = [first, ...rest].flatMap(({ data }) => data);
      return rows.map((row) => ({
        id: row.id,
        author: row.user?.login ?? 'ghost',
        body: row.body ?? '',
        url: row.html_url,
        createdAt: row.created_at,
        updatedAt: row.updated_at,
        // A person's token writes beside that person's own words: those are not ours.
        own: row.user?.login === identity.login && (row.user.type === 'Bot' || isMarked(row.body ?? '')),
      }));
    } catch (error) {
      known = null;
      throw translate(error, `reading the comments of #${request.thread.number}`);
    }
  }

  function all(): Promise<readonly ThreadComment[]> {
    known ??= read();
    return known;
  }

  async function find(marker: string) {
    const mine = written.get(marker);
    if (mine) return mine;
    const found = (await all()).find((comment) => comment.own && comment.body.startsWith(marker));
    return found ? { id: found.id, url: found.url, body: found.body } : null;
  }

  /** Looks again after creating; takes the new comment back where an older one says the same. */
  async function withdraw(marker: string, created: { readonly id: number; readonly html_url: string }) {
    known = null;
    const [first] = (await all()).filter(({ own, body }) => own && body.startsWith(marker));
    if (!first || first.id >= created.id) return created;
    await writer.issues.deleteComment({ owner, repo, comment_id: created.id });
    return { id: first.id, html_url: first.url };
  }

  return {
    all,
    async put(marker, body) {
      const existing = await find(marker);
      if (existing?.body === body) return { how: 'unchanged', id: existing.id, url: existing.url };
      try {
        const { data } = existing
          ? await writer.issues.updateComment({ owner, repo, comment_id: existing.id, body })
          : await writer.issues.createComment({ ...issue, body });
        const kept = existing || !rivals ? data : await withdraw(marker, data);
        written.set(marker, { id: kept.id, url: kept.html_url, body });
        return { how: existing ? 'updated' : 'created', id: kept.id, url: kept.html_url };
      } catch (error) {
        // The comment may stand all the same, with only the answer lost: the next look must see it.
        known = null;
        throw translate(error, `writing a comment on #${request.thread.number}`);
      }
    },
  };
}

/** A thread's first hundred comments say what it is about, and its last ones where it stands: enough for any prompt. */
const NEWEST_PAGES = 2;

function pagesToRead(last: number): number[] {
  const from = Math.max(2, last - NEWEST_PAGES + 1);
  return Array.from({ length: Math.max(0, last - from + 1) }, (_, index) => from + index);
}

/** The number of the last page, from GitHub's Link header; 1 where there is none. */
function lastPage(link: string | undefined): number {
  return Number(/[?&]page=(\d+)[^>]*>; rel="last"/.exec(link ?? '')?.[1] ?? 1);
}
