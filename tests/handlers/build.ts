/** What a comment's payload has, before a test changes something in it. */
export interface PayloadChanges {
  readonly body?: unknown;
  readonly user?: unknown;
  readonly action?: string;
  readonly onPullRequest?: boolean;
  readonly comment?: Readonly<Record<string, unknown>>;
}

export const REPOSITORY = { id: 1, name: 'web', default_branch: 'main', owner: { login: 'acme' } };
export const ANN = { id: 7, login: 'ann', type: 'User' };

/** An issue_comment payload with the parts of GitHub's that are read; `user` is merged over Ann, null stays null. */
export function issueCommentPayload(changes: PayloadChanges = {}): Record<string, unknown> {
  const {
    body = '@conductor fix it',
    user = {},
    action = 'created',
    onPullRequest = false,
    comment = {},
  } = changes;
  return {
    action,
    repository: REPOSITORY,
    installation: { id: 99 },
    sender: ANN,
    issue: {
      number: 3,
      title: 'The total is wrong',
      body: 'It says 3.',
      html_url: 'https://github.com/acme/web/issues/3',
      state: 'open',
      locked: false,
      user: { login: 'bob' },
      ...(onPullRequest && { pull_request: {} }),
    },
    comment: {
      id: 5,
      node_id: 'IC_5',
      html_url: 'https://github.com/acme/web/issues/3#issuecomment-5',
      body,
      created_at: '2026-11-21T00:00:00Z',
      user: user === null ? null : { ...ANN, ...(user as object) },
      performed_via_github_app: null,
      ...comment,
    },
  };
}
