import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_ID, type Arranged, answer, arrange, REPO, undescribed, WEB } from './arrange.ts';

/** What an App reads to find out what it was not told of. Each act is a minute after the one before. */
let at: Arranged;
let minute = 0;
const timeOf = (minutes: number) =>
  new Date(Date.UTC(2026, 10, 21, 10, minutes)).toISOString().replace('.000', '');
const bodies = ({ data }: { data: readonly { body?: string | null }[] }) => data.map(({ body }) => body);
const titles = ({ data }: { data: readonly { title: string }[] }) => data.map(({ title }) => title);
const after = async <T>(act: Promise<T>): Promise<T> => {
  const done = await act;
  minute += 1;
  return done;
};

beforeAll(async () => {
  at = await arrange({ record: true, now: () => new Date(timeOf(minute)) });
  const [alice, bob] = [at.github.as('alice'), at.github.as('bob')];
  await bob.push({ repo: REPO, branch: 'change', files: { 'docs/guide.md': 'Read me twice.\n' } });
  await after(alice.openIssue({ repo: REPO, title: 'old' })); // 0
  const first = await after(bob.comment({ repo: REPO, number: 1, body: 'first' })); // 1
  await after(bob.comment({ repo: REPO, number: 1, body: 'second' })); // 2
  const pull = await after(bob.openPull({ repo: REPO, head: 'change', title: 'pull' })); // 3
  await after(bob.comment({ repo: REPO, number: pull.number, body: 'on the pull' })); // 4
  for (const body of ['line one', 'line two']) {
    const comments = [{ path: 'docs/guide.md', line: 1, body }];
    await after(alice.review({ repo: REPO, number: pull.number, event: 'COMMENT', comments })); // 5, 6
  }
  await after(alice.openIssue({ repo: REPO, title: 'new' })); // 7
  await after(bob.editComment({ repo: REPO, id: first.id, body: 'first, edited' })); // 8
  const [line] = at.github.reviewComments(REPO, pull.number);
  await after(alice.editReviewComment({ repo: REPO, id: line!.id, body: 'line one, edited' })); // 9
  await after(alice.closeIssue({ repo: REPO, number: 3 })); // 10
});
afterAll(async () => {
  expect(undescribed(at.github)).toEqual([]);
  await at.github.close();
});

describe('the comments of a repository', () => {
  const list = (more: object = {}) => at.app.rest.issues.listCommentsForRepo({ ...WEB, ...more });

  it('are those of issues and of pull requests, by id', async () => {
    expect(bodies(await list())).toEqual(['first, edited', 'second', 'on the pull']);
    expect(bodies(await list({ direction: 'desc' }))).toEqual(['first, edited', 'second', 'on the pull']);
  });

  it('since a time are those written or edited at that time or later', async () => {
    expect(bodies(await list({ since: timeOf(2) }))).toEqual(['first, edited', 'second', 'on the pull']);
    expect(bodies(await list({ since: timeOf(4) }))).toEqual(['first, edited', 'on the pull']);
    expect(bodies(await list({ since: timeOf(5) }))).toEqual(['first, edited']);
    expect(bodies(await list({ since: timeOf(9) }))).toEqual([]);
  });

  it('come in the order that is asked for, in pages with links', async () => {
    const newest = { sort: 'updated', direction: 'desc' } as const;
    expect(bodies(await list(newest))).toEqual(['first, edited', 'on the pull', 'second']);
    expect(bodies(await list({ sort: 'created', direction: 'asc' }))).toEqual([
      'first, edited',
      'second',
      'on the pull',
    ]);
    const page = await list({ ...newest, since: timeOf(2), per_page: 2 });
    expect(bodies(page)).toEqual(['first, edited', 'on the pull']);
    const link = /<([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1] ?? '';
    expect(Object.fromEntries(new URL(link).searchParams)).toEqual({
      ...newest,
      since: timeOf(2),
      per_page: '2',
      page: '2',
    });
    const all = await at.app.paginate(at.app.rest.issues.listCommentsForRepo, { ...WEB, per_page: 1 });
    expect(bodies({ data: all })).toEqual(['first, edited', 'second', 'on the pull']);
  });

  it('are not listed where GitHub does not say what it would do', async () => {
    expect((await answer(list({ sort: 'updated' }))).status).toBe(501);
    expect((await answer(list({ since: 'yesterday' }))).status).toBe(501);
  });
});

describe('the comments on lines of a repository', () => {
  const list = (more: object = {}) => at.app.rest.pulls.listReviewCommentsForRepo({ ...WEB, ...more });

  it('since a time are those written or edited at that time or later', async () => {
    expect(bodies(await list())).toEqual(['line one, edited', 'line two']);
    expect(bodies(await list({ since: timeOf(6) }))).toEqual(['line one, edited', 'line two']);
    expect(bodies(await list({ since: timeOf(7) }))).toEqual(['line one, edited']);
    const newest = { sort: 'updated', direction: 'desc', per_page: 1 } as const;
    expect(bodies(await list({ ...newest, page: 2 }))).toEqual(['line two']);
  });
});

describe('the issues of a repository', () => {
  const list = (more: object = {}) => at.app.rest.issues.listForRepo({ ...WEB, ...more });

  it('are open issues and pull requests, newest first, unless others are asked for', async () => {
    expect(titles(await list())).toEqual(['pull', 'old']);
    expect(titles(await list({ state: 'closed' }))).toEqual(['new']);
    expect(titles(await list({ state: 'all', direction: 'asc' }))).toEqual(['old', 'pull', 'new']);
    expect(titles(await list({ state: 'all', sort: 'updated' }))).toEqual(['new', 'old', 'pull']);
  });

  it('since a time are those in which something happened at that time or later', async () => {
    expect(titles(await list({ state: 'all', since: timeOf(8) }))).toEqual(['new', 'old']);
    expect(titles(await list({ state: 'all', since: timeOf(10) }))).toEqual(['new']);
    expect(titles(await list({ state: 'all', since: timeOf(11) }))).toEqual([]);
    const page = await list({ state: 'all', since: timeOf(6), per_page: 1, page: 2 });
    expect([titles(page), page.headers.link]).toEqual([['pull'], expect.stringContaining('rel="next"')]);
  });
});

describe('where an App is installed', () => {
  it('is told in pages, and since a time', async () => {
    at.github.addOrganization({ login: 'globex' });
    const { id } = at.github.install(APP_ID, 'globex');
    const list = (more: { per_page?: number; page?: number; since?: string } = {}) =>
      at.jwt.rest.apps.listInstallations(more);
    expect((await list()).data.map((each) => each.id)).toEqual([at.installationId, id]);
    expect((await list({ per_page: 1, page: 2 })).data.map(({ account }) => account)).toMatchObject([
      { login: 'globex' },
    ]);
    expect((await list({ since: timeOf(1) })).data.map((each) => each.id)).toEqual([id]);
    const all = await at.jwt.paginate(at.jwt.rest.apps.listInstallations, { per_page: 1 });
    expect(all).toHaveLength(2);
  });

  it('and on which repositories, in pages that say how many there are', async () => {
    await at.github.addRepository({ owner: 'acme', name: 'other' });
    await at.github.addRepository({ owner: 'bob', name: 'own' });
    const { data, headers } = await at.app.rest.apps.listReposAccessibleToInstallation({ per_page: 1 });
    expect([data.total_count, data.repositories.map(({ name }) => name)]).toEqual([2, ['web']]);
    expect(headers.link).toContain('/installation/repositories?per_page=1&page=2>; rel="next"');
    const all = await at.app.paginate(at.app.rest.apps.listReposAccessibleToInstallation, { per_page: 1 });
    expect(all.map(({ name }) => name)).toEqual(['web', 'other']);
  });
});
