import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PortTakenError, startSimulator } from '../../src/simulator/simulator.ts';
import { type Arranged, answer, arrange, REPO, WEB } from './arrange.ts';

let at: Arranged;
let token: string;
beforeAll(async () => {
  at = await arrange({ record: true });
  token = at.github.userToken('alice');
  const alice = at.github.as('alice');
  await alice.openIssue({ repo: REPO, title: 'x' });
  for (let number = 1; number <= 5; number += 1)
    await alice.comment({ repo: REPO, number: 1, body: `comment ${number}` });
});
afterAll(() => at.github.close());

const request = (path: string, headers: Record<string, string> = {}, init: RequestInit = {}) =>
  fetch(`${at.github.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...headers } });

describe('an answer', () => {
  it('has an ETag, and is 304 and free to whoever already has it', async () => {
    const first = await request('/repos/acme/web');
    const etag = first.headers.get('etag')!;
    const again = await request('/repos/acme/web', { 'if-none-match': etag });
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(again.headers.get('x-ratelimit-used')).toBe(first.headers.get('x-ratelimit-used'));
    await at.github.as('alice').openIssue({ repo: REPO, title: 'changes open_issues' });
    expect((await request('/repos/acme/web', { 'if-none-match': etag })).status).toBe(200);
  });

  it('comes in pages with links, at most a hundred a page', async () => {
    const page = await request('/repos/acme/web/issues/1/comments?per_page=2&page=2');
    expect(((await page.json()) as { body: string }[]).map(({ body }) => body)).toEqual([
      'comment 3',
      'comment 4',
    ]);
    const links = page.headers.get('link')!.split(', ');
    expect(
      links.map((link) => /page=(\d+)[^>]*>; rel="(\w+)"/.exec(link.replace('per_page', ''))?.slice(1)),
    ).toEqual([
      ['1', 'prev'],
      ['3', 'next'],
      ['3', 'last'],
      ['1', 'first'],
    ]);
    const all = await at.app.paginate(at.app.rest.issues.listComments, {
      ...WEB,
      issue_number: 1,
      per_page: 2,
    });
    expect(all).toHaveLength(5);
  });

  it('of the comments since a time holds those changed later', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect(await (await request(`/repos/acme/web/issues/1/comments?since=${tomorrow}`)).json()).toEqual([]);
  });

  it('tells the rate limit, which ends in 403', async () => {
    const github = await startSimulator({ rateLimit: 2 });
    github.addUser({ login: 'ann' });
    const ask = (path: string) =>
      fetch(`${github.url}${path}`, { headers: { authorization: `Bearer ${github.userToken('ann')}` } });
    const [first, second, third] = [await ask('/user'), await ask('/user'), await ask('/user')];
    expect([first.status, second.status, third.status]).toEqual([200, 200, 403]);
    expect([first.headers.get('x-ratelimit-remaining'), third.headers.get('x-ratelimit-remaining')]).toEqual([
      '1',
      '0',
    ]);
    const { rate } = (await (await ask('/rate_limit')).json()) as {
      rate: { remaining: number; limit: number };
    };
    expect(rate).toMatchObject({ limit: 2, remaining: 0 });
    await github.close();
  });
});

describe('what is not served', () => {
  it('is 501 with one sentence where GitHub has something, and 404 elsewhere', async () => {
    const known = await request('/repos/acme/web/milestones');
    expect([known.status, await known.json()]).toEqual([
      501,
      expect.objectContaining({
        message:
          "Conductor's simulator does not serve GET /repos/acme/web/milestones: it refuses rather than guesses.",
      }),
    ]);
    expect((await request('/nothing/like/github')).status).toBe(404);
  });

  it('is 501 also for a parameter or a version whose meaning it does not know', async () => {
    expect((await answer(at.app.rest.issues.create({ ...WEB, title: 'x', milestone: 1 }))).status).toBe(501);
    expect((await request('/repos/acme/web/issues?milestone=1')).status).toBe(501);
    expect((await request('/user', { 'x-github-api-version': '2026-03-10' })).status).toBe(501);
  });

  it('is 404 in the shape of GitHub for things that are not there, and 400 for broken JSON', async () => {
    const missing = await request('/repos/acme/web/issues/999');
    expect(await missing.json()).toMatchObject({
      message: 'Not Found',
      documentation_url: expect.any(String),
      status: '404',
    });
    expect((await request('/repos/acme/web/issues', {}, { method: 'POST', body: '{' })).status).toBe(400);
  });

  it('also answers below /api/v3, as a GitHub Enterprise Server would', async () => {
    expect((await request('/api/v3/repos/acme/web')).status).toBe(200);
  });
});

describe('the log of calls', () => {
  it('names each by its route, who made it, what came of it, and whether it created content', async () => {
    const { github, app } = at;
    const start = github.calls.length;
    await app.rest.issues.createComment({ ...WEB, issue_number: 1, body: 'x' });
    await app.rest.git.createBlob({ ...WEB, content: 'x' });
    await answer(app.rest.issues.get({ ...WEB, issue_number: 999 }));
    const seen = github.calls.slice(start).filter(({ actor }) => actor === 'conductor[bot]');
    expect(seen.map(({ route, kind, status }) => [route, kind, status])).toEqual([
      ['POST /repos/{owner}/{repo}/issues/{issue_number}/comments', 'content', 201],
      ['POST /repos/{owner}/{repo}/git/blobs', 'write', 201],
      ['GET /repos/{owner}/{repo}/issues/{issue_number}', 'read', 404],
    ]);
    expect(seen[0]?.request?.body).toEqual({ body: 'x' });
    expect(JSON.stringify(github.calls)).not.toContain(token);
  });
});

describe('starting', () => {
  it('on a taken port says which', async () => {
    const port = Number(new URL(at.github.url).port);
    const second = startSimulator({ port });
    await expect(second).rejects.toThrow(PortTakenError);
    await expect(startSimulator({ port })).rejects.toThrow(`Port ${port} is taken`);
  });

  it('with an address for people keeps ports out of what they read', async () => {
    const github = await startSimulator({ webUrl: 'https://github.example' });
    github.addUser({ login: 'ann' });
    await github.addRepository({ owner: 'ann', name: 'web' });
    await github.as('ann').openIssue({ repo: 'ann/web', title: 'x' });
    expect(github.issue('ann/web', 1).html_url).toBe('https://github.example/ann/web/issues/1');
    await github.close();
  });
});
