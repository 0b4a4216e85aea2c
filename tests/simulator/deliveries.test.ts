import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSimulator } from '../../src/simulator/simulator.ts';
import {
  APP_ID,
  type Arranged,
  arrange,
  REPO,
  type Receiver,
  startReceiver,
  undescribed,
} from './arrange.ts';

let at: Arranged;
let receiver: Receiver;
let now: Date;

async function begin(deliverAtOnce?: number): Promise<void> {
  now = new Date('2026-11-21T10:00:00Z');
  at = await arrange({
    record: true,
    now: () => now,
    ...(deliverAtOnce === undefined ? {} : { deliverAtOnce }),
  });
  receiver = await startReceiver();
  at.github.setWebhookUrl(APP_ID, receiver.url);
}
afterEach(async () => {
  expect(undescribed(at.github)).toEqual([]);
  await at.github.close();
  receiver.close();
});

const openIssues = async (...titles: string[]) => {
  for (const title of titles) await at.github.as('alice').openIssue({ repo: REPO, title });
  await at.github.settled();
};
const list = (more: { per_page?: number; cursor?: string } = {}) =>
  at.jwt.rest.apps.listWebhookDeliveries(more);
const nextCursor = (link: string | undefined) =>
  new URL(/<([^>]+)>; rel="next"/.exec(link ?? '')?.[1] ?? 'none:').searchParams.get('cursor') ?? '';

describe('the list of deliveries', () => {
  beforeEach(() => begin());

  it('says of each when it was, what came back, and of what it told', async () => {
    receiver.status = 503;
    await openIssues('lost');
    const { data } = await list();
    const repository = receiver.received[0]!.payload.repository as { id: number };
    expect(data).toEqual([
      {
        id: expect.any(Number),
        guid: receiver.received[0]?.headers['x-github-delivery'],
        delivered_at: '2026-11-21T10:00:00Z',
        redelivery: false,
        duration: expect.any(Number),
        status: 'Invalid HTTP Response: 503',
        status_code: 503,
        event: 'issues',
        action: 'opened',
        installation_id: at.installationId,
        repository_id: repository.id,
        throttled_at: null,
      },
    ]);
  });

  it('of a status holds a range of codes: below 400 is a success', async () => {
    for (const status of [200, 302, 404, 500]) {
      receiver.status = status;
      await openIssues(`${status}`);
    }
    const codes = async (status: 'success' | 'failure') =>
      (await at.jwt.request('GET /app/hook/deliveries', { status })).data.map((each) => each.status_code);
    expect(await codes('success')).toEqual([302, 200]);
    expect(await codes('failure')).toEqual([500, 404]);
  });

  it('comes newest first in pages that a later delivery does not move', async () => {
    await openIssues('1', '2', '3');
    const first = await list({ per_page: 2 });
    await openIssues('4');
    const second = await list({ per_page: 2, cursor: nextCursor(first.headers.link) });
    const titles = await Promise.all(
      [...first.data, ...second.data].map(async ({ id }) => {
        const { data } = await at.jwt.rest.apps.getWebhookDelivery({ delivery_id: id });
        return (data.request.payload as { issue: { title: string } }).issue.title;
      }),
    );
    expect(titles).toEqual(['3', '2', '1']);
    expect(second.headers.link).toBeUndefined();
    expect(await at.jwt.paginate(at.jwt.rest.apps.listWebhookDeliveries, { per_page: 1 })).toHaveLength(4);
  });

  it('forgets after three days, and does not hold what is not answered yet', async () => {
    await openIssues('old');
    now = new Date('2026-11-24T10:00:01Z');
    const slow = Promise.withResolvers<void>();
    receiver.beforeAnswer = () => slow.promise;
    await at.github.as('alice').openIssue({ repo: REPO, title: 'slow' });
    await expect.poll(() => receiver.received.length).toBe(2);
    expect((await list()).data).toEqual([]);
    slow.resolve();
    await at.github.settled();
    expect((await list()).data.map(({ delivered_at }) => delivered_at)).toEqual(['2026-11-24T10:00:01Z']);
  });

  it('says 502 of a receiver that is not there', async () => {
    at.github.setWebhookUrl(APP_ID, 'http://127.0.0.1:9/');
    await openIssues('x');
    expect((await list()).data).toMatchObject([{ status_code: 502, status: 'failed to connect to host' }]);
  });
});

describe('a redelivery', () => {
  beforeEach(() => begin());

  it('is a delivery of its own, of the same bytes under the same GUID', async () => {
    receiver.status = 500;
    await openIssues('lost');
    const [failed] = (await list()).data;
    receiver.status = 200;
    now = new Date('2026-11-21T11:00:00Z');
    const again = await at.jwt.rest.apps.redeliverWebhookDelivery({ delivery_id: failed!.id });
    await at.github.settled();
    expect(again.status).toBe(202);
    const [newer, older] = (await list()).data;
    expect(older).toEqual(failed);
    expect(newer).toMatchObject({
      guid: failed!.guid,
      redelivery: true,
      delivered_at: '2026-11-21T11:00:00Z',
      status: 'OK',
      status_code: 200,
    });
    expect(newer!.id).toBeGreaterThan(failed!.id);
    const [first, second] = receiver.received;
    expect(second?.raw).toBe(first?.raw);
    expect(second?.headers['x-github-delivery']).toBe(failed!.guid);
    const { data: whole } = await at.jwt.rest.apps.getWebhookDelivery({ delivery_id: newer!.id });
    expect(whole).toMatchObject({
      request: { payload: { action: 'opened' } },
      response: { payload: 'heard' },
    });
  });
});

describe('webhooks side by side', () => {
  it.each([
    [1, undefined],
    [3, 3],
  ])('are at most %i at once with deliverAtOnce %s', async (most, deliverAtOnce) => {
    await begin(deliverAtOnce);
    const waiting: (() => void)[] = [];
    receiver.beforeAnswer = () => new Promise((resolve) => waiting.push(resolve));
    for (let number = 1; number <= 7; number += 1)
      await at.github.as('alice').openIssue({ repo: REPO, title: `${number}` });
    let widest = 0;
    for (let answered = 0; answered < 7; ) {
      const expected = Math.min(most, 7 - answered);
      await expect.poll(() => waiting.length).toBe(expected);
      widest = Math.max(widest, waiting.length);
      for (const answerIt of waiting.splice(0)) answerIt();
      answered += expected;
    }
    await at.github.settled();
    expect(widest).toBe(most);
    expect(at.github.deliveries.map(({ statusCode }) => statusCode)).toEqual(Array(7).fill(200));
    expect(new Set(at.github.deliveries.map(({ guid }) => guid)).size).toBe(7);
  });

  it('are at least one', async () => {
    await expect(startSimulator({ deliverAtOnce: 0 })).rejects.toThrow('deliverAtOnce must be at least 1');
    await begin();
  });

  it('do not let a slow one hold up the others', async () => {
    await begin(2);
    const slow = Promise.withResolvers<void>();
    receiver.beforeAnswer = () => slow.promise;
    await at.github.as('alice').openIssue({ repo: REPO, title: 'slow' });
    await expect.poll(() => receiver.received.length).toBe(1);
    receiver.beforeAnswer = () => Promise.resolve();
    for (const title of ['a', 'b', 'c']) await at.github.as('alice').openIssue({ repo: REPO, title });
    await expect
      .poll(() => at.github.deliveries.map(({ statusCode }) => statusCode))
      .toEqual([0, 200, 200, 200]);
    slow.resolve();
    await at.github.settled();
    expect(at.github.deliveries[0]?.statusCode).toBe(200);
  });
});
