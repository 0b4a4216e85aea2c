import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import {
  APP_ID,
  type Arranged,
  answer,
  arrange,
  octokit,
  REPO,
  type Received,
  type Receiver,
  startReceiver,
  undescribed,
  WEB,
} from './arrange.ts';

let at: Arranged;
let github: Simulator;
let receiver: Receiver;
beforeEach(async () => {
  at = await arrange({ record: true, private: true });
  github = at.github;
  receiver = await startReceiver();
  await github.as('alice').openIssue({ repo: REPO, title: 'An issue' });
  await github.settled();
  github.setWebhookUrl(APP_ID, receiver.url);
});
afterEach(async () => {
  expect(undescribed(github)).toEqual([]);
  await github.close();
  receiver.close();
});

const STORE = { owner: 'acme', repo: 'store' };
const request = (path: string, init: RequestInit = {}, login = 'bob') =>
  fetch(`${github.url}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { authorization: `Bearer ${github.userToken(login)}` },
  });
const lastRoutes = (count: number) =>
  github.calls.slice(-count).map(({ route, status, path }) => [route, status, path]);

describe('a renamed repository', () => {
  it('keeps its ids and what is in it', async () => {
    const { data: before } = await at.app.rest.repos.get(WEB);
    expect(await github.renameRepository(REPO, 'store')).toEqual({ fullName: 'acme/store' });
    const { data: after } = await at.app.rest.repos.get(STORE);
    expect(after).toMatchObject({ id: before.id, node_id: before.node_id, full_name: 'acme/store' });
    expect(after.url).toBe(`${github.url}/repos/acme/store`);
    expect(github.issue('acme/store', 1).title).toBe('An issue');
    expect(() => github.issue(REPO, 1)).toThrow('The repository acme/web is called acme/store now.');
  });

  it('is told of to Apps that subscribed to `repository`, as done by an owner', async () => {
    github.addApp({ id: 7, slug: 'deaf', permissions: {}, events: ['push'], webhookUrl: receiver.url });
    github.install(7, 'acme');
    await github.renameRepository(REPO, 'store');
    await github.settled();
    expect(receiver.names()).toEqual(['installation.created', 'repository.renamed']);
    const { payload } = receiver.received[1]!;
    expect(payload).toMatchObject({
      changes: { repository: { name: { from: 'web' } } },
      repository: { name: 'store', full_name: 'acme/store' },
      organization: { login: 'acme' },
      sender: { login: 'alice', type: 'User' },
      installation: { id: at.installationId },
    });
  });

  it('answers to reads under its old name 301, to writes 307, and changes nothing', async () => {
    const { id } = await github.as('alice').request<{ id: number }>('GET', `/repos/${REPO}`);
    await github.renameRepository(REPO, 'store');
    const there = `${github.url}/repositories/${id}`;
    const list = await request('/repos/acme/web/issues?state=all&page=2');
    expect([list.status, list.headers.get('location')]).toEqual([301, `${there}/issues?state=all&page=2`]);
    expect(await list.json()).toEqual({
      message: 'Moved Permanently',
      url: `${there}/issues?state=all&page=2`,
      documentation_url: expect.stringContaining('follow-redirects'),
    });
    expect((await request('/repos/Acme/WEB')).headers.get('location')).toBe(there);
    expect((await request('/repos/acme/web', { method: 'HEAD' })).status).toBe(301);
    for (const [method, path, body] of [
      ['POST', '/issues', { title: 'x' }],
      ['PATCH', '/issues/1', { title: 'x' }],
      ['PUT', '/issues/1/lock', undefined],
      ['DELETE', '/git/refs/heads/main', undefined],
    ] as const) {
      const written = await request(`/repos/acme/web${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect([method, written.status, written.headers.get('location')]).toEqual([
        method,
        307,
        `${there}${path}`,
      ]);
    }
    expect(github.issues('acme/store').map(({ title, locked }) => [title, locked])).toEqual([
      ['An issue', false],
    ]);
  });

  it('is reached by clients that follow: one route in the log, by both of its paths', async () => {
    const { id } = await github.as('alice').request<{ id: number }>('GET', `/repos/${REPO}`);
    await github.renameRepository(REPO, 'store');
    await at.app.rest.issues.createComment({ ...WEB, issue_number: 1, body: 'hello' });
    const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
    expect(lastRoutes(2)).toEqual([
      [route, 307, '/repos/acme/web/issues/1/comments'],
      [route, 201, `/repositories/${id}/issues/1/comments`],
    ]);
    expect(github.comments('acme/store', 1).map(({ body }) => body)).toEqual(['hello']);
    await github.as('bob').push({ repo: REPO, branch: 'change', files: { a: 'a' } });
    expect(Object.keys(await github.branches('acme/store'))).toEqual(['change', 'main']);
  });

  it('redirects nobody who cannot see it', async () => {
    await github.renameRepository(REPO, 'store');
    expect((await request('/repos/acme/web', {}, 'eve')).status).toBe(404);
    expect((await fetch(`${github.url}/repos/acme/web`)).status).toBe(404);
  });

  it("tells the App's own token where its installation is, and no other App's", async () => {
    const { privateKey } = github.addApp({ id: 7, slug: 'stranger', permissions: {}, events: [] });
    await github.renameRepository(REPO, 'store');
    const stranger = octokit(github, { appId: 7, privateKey });
    expect((await answer(stranger.rest.apps.getRepoInstallation(WEB))).status).toBe(404);
    const { data } = await at.jwt.rest.apps.getRepoInstallation(WEB);
    expect(data.id).toBe(at.installationId);
    expect(lastRoutes(2).map(([, status]) => status)).toEqual([301, 200]);
  });

  it('gives way to a repository that takes its old name', async () => {
    await github.renameRepository(REPO, 'store');
    await github.addRepository({ owner: 'acme', name: 'web', files: { 'new.txt': 'new' } });
    await github.as('alice').openIssue({ repo: REPO, title: 'In the new one' });
    expect(github.issues('acme/web').map(({ title }) => title)).toEqual(['In the new one']);
    expect(github.issues('acme/store').map(({ title }) => title)).toEqual(['An issue']);
    expect(await github.fileAt(REPO, 'main', 'README.md')).toBeNull();
    expect(await github.fileAt('acme/store', 'main', 'README.md')).toBe('# Web\n');
    await expect(github.renameRepository('acme/store', 'web')).rejects.toThrow('already has a repository');
  });

  it('may have its old name back', async () => {
    await github.renameRepository(REPO, 'store');
    await github.renameRepository('acme/store', 'web');
    expect((await request('/repos/acme/web')).status).toBe(200);
    expect((await request('/repos/acme/store')).status).toBe(301);
  });
});

describe('a path by id', () => {
  it('serves what the path by name serves, and is what Link headers give', async () => {
    const { id } = await github.as('alice').request<{ id: number }>('GET', `/repos/${REPO}`);
    for (const rest of [
      '',
      '/issues/1',
      '/contents/src/price.ts',
      '/git/ref/heads/main',
      '/compare/main...main',
    ]) {
      const [byName, byId] = [
        await request(`/repos/${REPO}${rest}`),
        await request(`/repositories/${id}${rest}`),
      ];
      expect([byId.status, await byId.text()]).toEqual([200, await byName.text()]);
    }
    const page = await request('/repos/acme/web/labels?per_page=4&page=2');
    expect(page.headers.get('link')).toContain(
      `<${github.url}/repositories/${id}/labels?per_page=4&page=3>; rel="next"`,
    );
    expect(await at.app.paginate(at.app.rest.issues.listLabelsForRepo, { ...WEB, per_page: 4 })).toHaveLength(
      9,
    );
  });

  it('is 404 where there is no such repository, or none to see', async () => {
    const { id } = await github.as('alice').request<{ id: number }>('GET', `/repos/${REPO}`);
    expect((await request('/repositories/99/issues')).status).toBe(404);
    expect((await request(`/repositories/${id}/issues`, {}, 'eve')).status).toBe(404);
  });
});

describe('a transferred repository', () => {
  const MOVED = { owner: 'globex', repo: 'web' };
  beforeEach(() => {
    github.addUser({ login: 'gail' });
    github.addOrganization({ login: 'globex', members: { gail: 'admin' } });
  });

  it('is lost to an App that the new owner has not installed, without a word', async () => {
    const { data: before } = await at.app.rest.repos.get(WEB);
    await github.transferRepository(REPO, 'globex');
    await github.settled();
    const statuses = await Promise.all([
      answer(at.app.rest.repos.get(MOVED)),
      answer(at.app.rest.repos.get(WEB)),
      answer(at.app.request('GET /repositories/{id}', { id: before.id })),
      answer(at.jwt.rest.apps.getRepoInstallation(MOVED)),
      answer(
        at.jwt.rest.apps.createInstallationAccessToken({
          installation_id: at.installationId,
          repository_ids: [before.id],
        }),
      ),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404, 404, 422]);
    const { data: list } = await at.app.rest.apps.listReposAccessibleToInstallation();
    expect(list.repositories).toEqual([]);
    expect(receiver.received).toEqual([]);
  });

  it("belongs to the new owner's installation, which alone hears of it", async () => {
    const { id } = github.install(APP_ID, 'globex');
    await github.settled();
    await github.transferRepository(REPO, 'globex');
    await github.as('gail').comment({ repo: 'globex/web', number: 1, body: 'ours now' });
    await github.settled();
    expect(receiver.names()).toEqual([
      'installation.created',
      'repository.transferred',
      'issue_comment.created',
    ]);
    const [, { payload }, comment] = receiver.received as [Received, Received, Received];
    expect(payload).toMatchObject({
      changes: { owner: { from: { organization: { login: 'acme' } } } },
      repository: { full_name: 'globex/web', owner: { login: 'globex' } },
      organization: { login: 'globex' },
      sender: { login: 'alice' },
      installation: { id },
    });
    expect(comment.payload.installation).toMatchObject({ id });
    const theirs = octokit(github, { appId: APP_ID, privateKey: at.privateKey, installationId: id });
    await theirs.rest.issues.createComment({ ...MOVED, issue_number: 1, body: 'yes' });
    expect((await answer(theirs.rest.repos.get(WEB))).status).toBe(200);
  });

  it('is chosen by no installation: neither by one of the new owner, nor by that which had chosen it', async () => {
    github.setInstallationRepositories(at.installationId, [REPO]);
    await github.addRepository({ owner: 'globex', name: 'other' });
    github.install(APP_ID, 'globex', { repositories: ['other'] });
    await github.transferRepository(REPO, 'globex');
    expect((await answer(at.jwt.rest.apps.getRepoInstallation(MOVED))).status).toBe(404);
    await github.transferRepository('globex/web', 'acme');
    expect((await answer(at.jwt.rest.apps.getRepoInstallation(WEB))).status).toBe(404);
  });

  it('from a person leaves them a collaborator, and is found under all of its names', async () => {
    await github.addRepository({ owner: 'bob', name: 'own', private: true });
    await github.renameRepository('bob/own', 'tool');
    await github.transferRepository('bob/tool', 'globex');
    await github.settled();
    expect(github.events.at(-1)?.payload.changes).toMatchObject({
      owner: { from: { user: { login: 'bob' } } },
    });
    for (const path of ['/repos/bob/own', '/repos/bob/tool']) {
      expect((await request(path, { redirect: 'follow' })).status).toBe(200);
      expect((await request(path, {}, 'eve')).status).toBe(404);
    }
    await github.as('bob').openIssue({ repo: 'globex/tool', title: 'still mine to write' });
  });
});
