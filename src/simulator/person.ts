/** A person at a keyboard: everything goes through the API with their own token. */
export interface Person {
  /** Theirs, for what speaks to GitHub by itself. */
  readonly token: string;
  readonly login: string;
  /** Any request; throws with GitHub's message when the answer is not 2xx. */
  request<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  openIssue(issue: {
    repo: string;
    title: string;
    body?: string;
    labels?: readonly string[];
  }): Promise<{ number: number; id: number }>;
  closeIssue(at: { repo: string; number: number }): Promise<void>;
  reopenIssue(at: { repo: string; number: number }): Promise<void>;
  comment(at: { repo: string; number: number; body: string }): Promise<{ id: number }>;
  editComment(at: { repo: string; id: number; body: string }): Promise<void>;
  deleteComment(at: { repo: string; id: number }): Promise<void>;
  react(at: { repo: string; number?: number; comment?: number; content: string }): Promise<void>;
  label(at: { repo: string; number: number; labels: readonly string[] }): Promise<void>;
  lock(at: { repo: string; number: number }): Promise<void>;
  unlock(at: { repo: string; number: number }): Promise<void>;
  /** Commits files (null deletes) on top of a branch, which is made from `from` when it does not exist. */
  push(change: {
    repo: string;
    branch: string;
    files: Readonly<Record<string, string | null>>;
    message?: string;
    from?: string;
    force?: boolean;
  }): Promise<{ sha: string }>;
  deleteBranch(at: { repo: string; branch: string }): Promise<void>;
  openPull(pull: {
    repo: string;
    head: string;
    base?: string;
    title: string;
    body?: string;
    draft?: boolean;
  }): Promise<{
    number: number;
    id: number;
  }>;
  closePull(at: { repo: string; number: number }): Promise<void>;
  merge(at: {
    repo: string;
    number: number;
    method?: 'merge' | 'squash' | 'rebase';
  }): Promise<{ sha: string }>;
  review(review: {
    repo: string;
    number: number;
    event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
    body?: string;
    comments?: readonly {
      path: string;
      line: number;
      body: string;
      side?: 'LEFT' | 'RIGHT';
      start_line?: number;
    }[];
  }): Promise<{ id: number }>;
  editReviewComment(at: { repo: string; id: number; body: string }): Promise<void>;
  deleteReviewComment(at: { repo: string; id: number }): Promise<void>;
  /** Commits what a comment suggests, to the branch of its pull request. Throws when it suggests nothing. */
  acceptSuggestion(at: { repo: string; comment: number }): Promise<{ sha: string }>;
  protect(at: {
    repo: string;
    branch?: string;
    checks?: readonly string[];
    approvals?: number;
    enforceAdmins?: boolean;
  }): Promise<void>;
}

interface Named {
  readonly default_branch: string;
}
interface Pointing {
  readonly object: { readonly sha: string };
}
interface Suggesting {
  readonly body: string;
  readonly path: string;
  readonly line: number | null;
  readonly start_line: number | null;
  readonly pull_request_url: string;
}
interface Proposing {
  readonly head: { readonly ref: string };
}
interface Filed {
  readonly content: string;
}
interface Stored {
  readonly sha: string;
}

export function createPerson(url: string, login: string, token: string): Person {
  async function request<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/vnd.github+json',
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok)
      throw new Error(`${login} was answered ${response.status} to ${method} ${path}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  const at = (repo: string, path: string): string => `/repos/${repo}${path}`;
  const encode = (branch: string): string => branch.split('/').map(encodeURIComponent).join('/');
  const defaultBranch = async (repo: string): Promise<string> =>
    (await request<Named>('GET', at(repo, ''))).default_branch;

  async function tip(repo: string, branch: string): Promise<string | null> {
    const response = await fetch(`${url}${at(repo, `/git/ref/heads/${encode(branch)}`)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (response.status === 404) return null;
    return ((await response.json()) as Pointing).object.sha;
  }

  const push: Person['push'] = async ({
    repo,
    branch,
    files,
    message = `Change ${Object.keys(files).join(', ')}`,
    from,
    force = false,
  }) => {
    const present = await tip(repo, branch);
    const base =
      from !== undefined || present === null ? await tip(repo, from ?? (await defaultBranch(repo))) : present;
    if (base === null) throw new Error(`${repo} has no branch ${from}.`);
    const { tree: baseTree } = await request<{ tree: Stored }>('GET', at(repo, `/git/commits/${base}`));
    const tree = Object.entries(files).map(([path, content]) => ({
      path,
      mode: '100644',
      type: 'blob',
      ...(content === null ? { sha: null } : { content }),
    }));
    const { sha: treeSha } = await request<Stored>('POST', at(repo, '/git/trees'), {
      base_tree: baseTree.sha,
      tree,
    });
    const { sha } = await request<Stored>('POST', at(repo, '/git/commits'), {
      message,
      tree: treeSha,
      parents: [base],
    });
    if (present === null) await request('POST', at(repo, '/git/refs'), { ref: `refs/heads/${branch}`, sha });
    else await request('PATCH', at(repo, `/git/refs/heads/${encode(branch)}`), { sha, force });
    return { sha };
  };

  return {
    token,
    login,
    request,
    openIssue: ({ repo, ...issue }) => request('POST', at(repo, '/issues'), issue),
    closeIssue: ({ repo, number }) => request('PATCH', at(repo, `/issues/${number}`), { state: 'closed' }),
    reopenIssue: ({ repo, number }) => request('PATCH', at(repo, `/issues/${number}`), { state: 'open' }),
    comment: ({ repo, number, body }) => request('POST', at(repo, `/issues/${number}/comments`), { body }),
    editComment: ({ repo, id, body }) => request('PATCH', at(repo, `/issues/comments/${id}`), { body }),
    deleteComment: ({ repo, id }) => request('DELETE', at(repo, `/issues/comments/${id}`)),
    react({ repo, number, comment, content }) {
      const subject = comment === undefined ? `/issues/${number}` : `/issues/comments/${comment}`;
      return request('POST', at(repo, `${subject}/reactions`), { content });
    },
    label: ({ repo, number, labels }) => request('POST', at(repo, `/issues/${number}/labels`), { labels }),
    lock: ({ repo, number }) => request('PUT', at(repo, `/issues/${number}/lock`)),
    unlock: ({ repo, number }) => request('DELETE', at(repo, `/issues/${number}/lock`)),
    push,
    deleteBranch: ({ repo, branch }) => request('DELETE', at(repo, `/git/refs/heads/${encode(branch)}`)),
    async openPull({ repo, base, ...pull }) {
      return request('POST', at(repo, '/pulls'), { ...pull, base: base ?? (await defaultBranch(repo)) });
    },
    closePull: ({ repo, number }) => request('PATCH', at(repo, `/pulls/${number}`), { state: 'closed' }),
    merge: ({ repo, number, method = 'merge' }) =>
      request('PUT', at(repo, `/pulls/${number}/merge`), { merge_method: method }),
    review: ({ repo, number, ...review }) => request('POST', at(repo, `/pulls/${number}/reviews`), review),
    editReviewComment: ({ repo, id, body }) => request('PATCH', at(repo, `/pulls/comments/${id}`), { body }),
    deleteReviewComment: ({ repo, id }) => request('DELETE', at(repo, `/pulls/comments/${id}`)),
    async acceptSuggestion({ repo, comment }) {
      const said = await request<Suggesting>('GET', at(repo, `/pulls/comments/${comment}`));
      const [, suggested] = /```suggestion[^\n]*\n([\s\S]*?)^```/m.exec(said.body) ?? [];
      if (suggested === undefined || said.line === null)
        throw new Error(`Comment ${comment} of ${repo} suggests nothing that could be committed.`);
      const { path, line, start_line: start } = said;
      const { head } = await request<Proposing>('GET', said.pull_request_url.slice(url.length));
      const file = await request<Filed>('GET', at(repo, `/contents/${encode(path)}?ref=${encode(head.ref)}`));
      const lines = Buffer.from(file.content, 'base64')
        .toString()
        .split(/(?<=\n)/);
      lines.splice((start ?? line) - 1, line - (start ?? line) + 1, suggested);
      return push({
        repo,
        branch: head.ref,
        files: { [path]: lines.join('') },
        message: `Update ${path}`,
      });
    },
    async protect({ repo, branch, checks, approvals, enforceAdmins = true }) {
      const name = branch ?? (await defaultBranch(repo));
      await request('PUT', at(repo, `/branches/${encodeURIComponent(name)}/protection`), {
        required_status_checks: checks === undefined ? null : { strict: false, contexts: checks },
        enforce_admins: enforceAdmins,
        required_pull_request_reviews:
          approvals === undefined ? null : { required_approving_review_count: approvals },
        restrictions: null,
      });
    },
  };
}
