import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClient, withoutGraphql } from '../../src/github/client.ts';
import { threadComments } from '../../src/github/comments.ts';
import { placeOf } from '../../src/github/place.ts';
import { openThread } from '../../src/github/thread.ts';
import { createMask } from '../../src/messages/mask.ts';
import { requestOf } from '../runs/memory-host.ts';

const API = 'https://api.github.com';
const PATH = '/repos/acme/web/issues/1/comments';
const client = createClient({
  baseUrl: API,
  graphqlUrl: null,
  paceAs: null,
  mask: createMask(),
  token: async () => 'a-token',
});
withoutGraphql.add(client);

function comments() {
  const [request, identity] = [requestOf({}), { login: 'conductor[bot]' }];
  const opened = openThread(request, client, identity, 'conductor/1', null);
  return threadComments(opened, placeOf(request, opened, client, client, identity), false);
}

/** Serves each page of a thread once, one comment a page, and tells which were read. */
function thread(pages: number, comment: object = {}) {
  const served = Array.from({ length: pages }, (_, index) => {
    const page = index + 1;
    const last = `<${API}${PATH}?per_page=100&page=${pages}>; rel="last"`;
    const scope = nock(API).get(PATH).query({ per_page: 100, page });
    return { page, scope: scope.reply(200, [row(page, comment)], pages > 1 ? { link: last } : {}) };
  });
  return () => served.filter(({ scope }) => scope.isDone()).map(({ page }) => page);
}

function row(id: number, more: object) {
  const user = { login: 'ada', type: 'User' };
  return {
    id,
    node_id: `IC_${id}`,
    body: `comment ${id}`,
    html_url: `u${id}`,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    user,
    ...more,
  };
}

describe('the comments of a thread, over REST', () => {
  beforeAll(() => {
    // Another file in this process may have ended it.
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => nock.cleanAll());
  afterAll(() => nock.restore());

  it('are read once, with one request where one page is enough', async () => {
    const read = thread(1);
    const own = comments();
    await own.all();
    await own.all();
    expect(read()).toEqual([1]);
  });

  it('of a long thread are its first and its newest, at three requests whatever its length', async () => {
    const read = thread(50);
    expect((await comments().all()).map(({ id }) => id)).toEqual([1, 49, 50]);
    expect(read()).toEqual([1, 49, 50]);
  });

  it.each([2, 3])('of a thread of %i pages are all of them', async (pages) => {
    thread(pages);
    expect(await comments().all()).toHaveLength(pages);
  });

  it('are ours only when our own account wrote them, whatever they hold', async () => {
    const marker = '<!-- conductor:status run=r1 -->';
    thread(1, { body: marker });
    const created = nock(API).post(PATH).reply(201, { id: 9, html_url: 'u9' });
    expect(await comments().put(marker, `${marker}\nhello`)).toMatchObject({ how: 'created', id: 9 });
    expect(created.isDone()).toBe(true);
  });

  it('are edited where ours stands already, and left alone where nothing changed', async () => {
    const marker = '<!-- conductor:status run=r1 -->';
    thread(1, { body: marker, user: { login: 'conductor[bot]', type: 'Bot' } });
    nock(API).patch('/repos/acme/web/issues/comments/1').reply(200, { id: 1, html_url: 'u1' });
    const own = comments();
    expect(await own.put(marker, `${marker}\nhello`)).toMatchObject({ how: 'updated', id: 1 });
    expect(await own.put(marker, `${marker}\nhello`)).toMatchObject({ how: 'unchanged', id: 1 });
  });
});
