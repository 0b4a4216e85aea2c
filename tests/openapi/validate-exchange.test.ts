import { describe, expect, it } from 'vitest';
import { type Exchange, validateExchange } from './validate-exchange.ts';

const API = 'http://127.0.0.1:4010';
const SHA = 'a'.repeat(40);

const blobCreated: Exchange = {
  method: 'POST',
  path: '/repos/acme/shop/git/blobs',
  requestBody: { content: 'aGk=', encoding: 'base64' },
  status: 201,
  responseBody: { sha: SHA, url: `${API}/repos/acme/shop/git/blobs/${SHA}` },
};

const refRead: Exchange = {
  method: 'GET',
  path: '/repos/acme/shop/git/ref/heads/conductor/7-fix',
  status: 200,
  responseBody: {
    ref: 'refs/heads/conductor/7-fix',
    node_id: 'MDM6UmVm',
    url: `${API}/repos/acme/shop/git/refs/heads/conductor/7-fix`,
    object: { type: 'commit', sha: SHA, url: `${API}/repos/acme/shop/git/commits/${SHA}` },
  },
};

const checkRun: Exchange = {
  method: 'PATCH',
  path: '/repos/acme/shop/check-runs/5',
  requestBody: {
    status: 'completed',
    conclusion: 'success',
    output: { title: 'Done', summary: 'One file.' },
  },
  status: 404,
  responseBody: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
};

const moved = (status: number) => ({
  status,
  responseBody: { message: 'Moved Permanently', url: `${API}/repositories/7`, documentation_url: API },
});

function problemsOf(exchange: Exchange): readonly string[] {
  const verdict = validateExchange(exchange);
  return 'problems' in verdict ? verdict.problems : [];
}

describe('an exchange that GitHub could have had', () => {
  it.each([
    ['a write with its answer, served from a loopback address', blobCreated],
    ['a ref with slashes in its name', refRead],
    ['an error that every route may give', checkRun],
    ['an answer without a body', { method: 'DELETE', path: '/installation/token', status: 204 }],
    ['a redirect without a body', { method: 'GET', path: '/repos/acme/shop/tarball/main', status: 302 }],
    ['an unchanged answer', { ...refRead, status: 304, responseBody: undefined }],
    [
      'a raw file: not JSON, so not looked into',
      {
        method: 'GET',
        path: '/repos/acme/shop/contents/docs/a%20b.md',
        query: { ref: 'main' },
        status: 200,
        contentType: 'application/vnd.github.raw; charset=utf-8',
      },
    ],
    ['a list with paging', { ...noCommits(), query: { per_page: '100', page: '2', sha: 'main' } }],
    ['a file where a directory could have been', { ...contents(), responseBody: file() }],
    ['a nullable field that is null', { ...member(), responseBody: { ...person(), name: null } }],
    ['an installation for a person, in a list', { ...installations(), responseBody: [installation()] }],
    ['a repository by its id', { ...refRead, path: '/repositories/7/git/ref/heads/main' }],
    ['a write to a repository that has another name now', { ...blobCreated, ...moved(307) }],
    ['a read of one', { ...refRead, ...moved(301) }],
  ] as [string, Exchange][])('%s is accepted', (_, exchange) => {
    expect(validateExchange(exchange)).toEqual({ ok: true });
  });
});

describe('an exchange that GitHub could not have had', () => {
  it('a redirect outside of any repository is found', () => {
    const app: Exchange = { method: 'GET', path: '/app', ...moved(301) };
    expect(problemsOf(app)).toEqual(['response: the status 301 is not documented']);
  });

  it('a missing field of the answer is named', () => {
    expect(validateExchange({ ...blobCreated, responseBody: { sha: SHA } })).toEqual({
      ok: false,
      route: 'POST /repos/{owner}/{repo}/git/blobs',
      problems: ["response must have required property 'url'"],
    });
  });

  it.each([
    [
      'a misspelt key of ours',
      { ...blobCreated, requestBody: { content: 'hi', encodng: 'utf-8' } },
      'request/encodng',
    ],
    [
      'a misspelt key of ours, deep inside',
      {
        ...checkRun,
        requestBody: { output: { title: 't', summary: 's', annotations: [{ ...annotation(), col: 1 }] } },
      },
      'request/output/annotations/0/col is not a property',
    ],
    [
      'a label object with a key that no arm of the union declares',
      {
        ...labels(),
        requestBody: { labels: [{ name: 'bug', colour: 'red' }] },
      },
      'request/labels/0/colour is not a property',
    ],
    [
      'a request without its required field',
      { ...blobCreated, requestBody: {} },
      "required property 'content'",
    ],
    ['a value outside of an enum', { ...checkRun, requestBody: { status: 'done' } }, 'request/status'],
    ['a body where none is taken', { ...refRead, requestBody: { a: 1 } }, 'takes no body'],
    ['no body where one is needed', { ...blobCreated, requestBody: undefined }, 'a body is required'],
    [
      'a status that the route does not have',
      { ...blobCreated, status: 200 },
      'status 200 is not documented',
    ],
    ['an answer of the wrong type', { ...refRead, responseBody: [] }, 'response must be object'],
    ['a missing answer', { ...refRead, responseBody: undefined }, 'a 200 has a body here'],
    [
      'a body on a 204',
      { method: 'DELETE', path: '/installation/token', status: 204, responseBody: { ok: true } },
      'a 204 has no body here',
    ],
    [
      'a relative URL',
      { ...refRead, responseBody: { ...(refRead.responseBody as object), url: '/git/refs/x' } },
      'response/url',
    ],
    [
      'null where it is not allowed',
      { ...member(), responseBody: { ...person(), login: null } },
      'response/login',
    ],
    [
      'an unknown query parameter',
      { ...noCommits(), query: { pageSize: '5' } },
      'query must NOT have additional',
    ],
    [
      'a query parameter of the wrong type',
      { ...noCommits(), query: { per_page: 'all' } },
      'query/per_page must be integer',
    ],
    [
      'a number that is not one',
      { ...checkRun, path: '/repos/acme/shop/check-runs/abc' },
      'path/check_run_id',
    ],
    [
      'an error of another shape',
      { ...checkRun, responseBody: { message: 404 } },
      'response/message must be string',
    ],
  ] as [string, Exchange, string][])('%s is refused', (_, exchange, problem) => {
    expect(problemsOf(exchange).join('\n')).toContain(problem);
  });
});

describe('finding the route', () => {
  it('a literal segment beats a parameter', () => {
    const listed = { method: 'GET', path: '/repos/acme/shop/issues/comments', status: 200, responseBody: {} };
    expect(validateExchange(listed)).toMatchObject({ route: 'GET /repos/{owner}/{repo}/issues/comments' });
    const protection = {
      method: 'GET',
      path: '/repos/a/b/branches/x/y/protection',
      status: 200,
      responseBody: 1,
    };
    expect(validateExchange(protection)).toMatchObject({
      route: 'GET /repos/{owner}/{repo}/branches/{branch}/protection',
    });
  });

  it.each([
    ['GET', '/graphql'],
    ['GET', '/repos/acme/shop/nonsense'],
    ['PUT', '/repos/acme/shop/git/blobs'],
    ['GET', '/api/v3/repos/acme/shop'],
  ])('%s %s is unknown', (method, path) => {
    expect(validateExchange({ method, path, status: 200 })).toEqual({ ok: false, unknownRoute: true });
  });
});

describe('a GraphQL document', () => {
  const asked = (query: string, responseBody: unknown = { data: {} }): Exchange => ({
    method: 'POST',
    path: '/graphql',
    requestBody: { query },
    status: 200,
    responseBody,
  });

  it('is held against GitHub’s public schema: fields, arguments and values of enums', () => {
    expect(validateExchange(asked('{ viewer { login } }'))).toEqual({ ok: true });
    for (const [query, problem] of [
      ['{ viewer { nick } }', 'Cannot query field "nick" on type "User"'],
      ['{ repository(owner: "a", name: "b", id: "c") { id } }', 'Unknown argument "id"'],
      [
        '{ repository(owner: "a", name: "b") { pullRequests(first: 1, states: [DONE]) { totalCount } } }',
        'DONE',
      ],
      ['{ viewer { login }', 'Syntax Error'],
    ] as const)
      expect(problemsOf(asked(query)).join('\n')).toContain(problem);
  });

  it('is answered with errors of GitHub’s shape, none of them a bug of the simulator', () => {
    const bug = { message: "This is a bug in Conductor's simulator: oh" };
    expect(problemsOf(asked('{ viewer { login } }', { errors: [bug] }))).toHaveLength(1);
    expect(problemsOf(asked('{ viewer { login } }', { errors: [{ text: 'oh' }] }))).toHaveLength(1);
  });
});

function noCommits(): Exchange {
  return { method: 'GET', path: '/repos/acme/shop/commits', status: 200, responseBody: [] };
}

function labels(): Exchange {
  return { method: 'POST', path: '/repos/acme/shop/issues/7/labels', status: 200, responseBody: [] };
}

function contents(): Exchange {
  return { method: 'GET', path: '/repos/acme/shop/contents/docs/a.md', query: { ref: 'main' }, status: 200 };
}

function member(): Exchange {
  return { method: 'GET', path: '/users/ada', status: 200 };
}

function installations(): Exchange {
  return { method: 'GET', path: '/app/installations', status: 200 };
}

function installation() {
  return {
    id: 1,
    account: person(),
    repository_selection: 'all',
    access_tokens_url: API,
    repositories_url: API,
    html_url: API,
    app_id: 2,
    app_slug: 'conductor',
    target_id: 1,
    target_type: 'User',
    permissions: { issues: 'write' },
    events: ['issues'],
    created_at: '2026-11-21T10:00:00Z',
    updated_at: '2026-11-21T10:00:00Z',
    single_file_name: null,
    suspended_by: null,
    suspended_at: null,
  };
}

function annotation() {
  return { path: 'a.ts', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' };
}

function file() {
  const url = `${API}/repos/acme/shop/contents/docs/a.md`;
  return {
    type: 'file',
    encoding: 'base64',
    size: 2,
    name: 'a.md',
    path: 'docs/a.md',
    content: 'aGk=',
    sha: SHA,
    url,
    git_url: null,
    html_url: null,
    download_url: null,
    _links: { self: url, git: null, html: null },
  };
}

function person() {
  const url = `${API}/users/ada`;
  return {
    login: 'ada',
    id: 1,
    node_id: 'U_1',
    avatar_url: url,
    gravatar_id: '',
    url,
    html_url: url,
    followers_url: url,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: url,
    organizations_url: url,
    repos_url: url,
    events_url: `${url}/events{/privacy}`,
    received_events_url: url,
    type: 'User',
    site_admin: false,
    name: 'Ada',
    company: null,
    blog: null,
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
  };
}
