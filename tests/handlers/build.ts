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

const PULL = {
  number: 8,
  title: 'Rounds',
  body: '<!-- conductor:pull-request run=r0123456789ab -->\n\nann asked.',
  html_url: 'https://github.com/acme/web/pull/8',
  state: 'open',
  user: { login: 'conductor[bot]', type: 'Bot' },
};

/** Ann's review, without a mention, that requests changes on a pull request of Conductor's own. */
export function changesRequested(review: object = {}, pull: object = {}): Record<string, unknown> {
  return {
    action: 'submitted',
    repository: REPOSITORY,
    installation: { id: 99 },
    sender: ANN,
    pull_request: { ...PULL, ...pull },
    review: {
      id: 6,
      node_id: 'PRR_6',
      html_url: 'https://github.com/acme/web/pull/8#pullrequestreview-6',
      body: 'Please round half to even.',
      state: 'changes_requested',
      submitted_at: '2026-11-21T00:00:00Z',
      user: ANN,
      ...review,
    },
  };
}

/** The checks of GitHub Actions fail at the head of a pull request from a branch of Conductor's. */
export function failedSuite(suite: object = {}): Record<string, unknown> {
  const head = { ref: 'conductor/3-total-123456', sha: 'a'.repeat(40) };
  return {
    action: 'completed',
    repository: REPOSITORY,
    installation: { id: 99 },
    sender: { id: 9, login: 'github-actions[bot]', type: 'Bot' },
    check_suite: {
      head_sha: head.sha,
      conclusion: 'failure',
      updated_at: '2026-11-21T00:00:00Z',
      app: { slug: 'github-actions' },
      pull_requests: [{ number: 8, head }],
      ...suite,
    },
  };
}
