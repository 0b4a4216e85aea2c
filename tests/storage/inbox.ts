import { expect, it } from 'vitest';
import { runIdOf } from '../../src/runs/run-id.ts';
import { createInbox } from '../../src/storage/inbox.ts';
import { ask, HERE, receive, rowOf } from './build.ts';
import type { TestStore } from './stores.ts';

export function inboxTests(store: TestStore): void {
  const inbox = () => createInbox(store.storage.db, HERE);

  it('R3: an event stored 50 times at once is accepted once', async () => {
    const request = ask();
    const { store: put } = inbox();
    // The first event is stored alone; what comes in meanwhile is one group.
    const other = put(ask());
    const how = await Promise.all(Array.from({ length: 50 }, () => put(structuredClone(request))));
    expect(await other).toBe('accepted');
    expect(how.filter((each) => each === 'accepted')).toHaveLength(1);
    expect(how.filter((each) => each === 'known')).toHaveLength(49);
  });

  it('R3, S1-1: an event that two processes store at once is accepted by one of them', async () => {
    const requests = Array.from({ length: 20 }, () => ask());
    const inboxes = [inbox(), createInbox(store.storage.db, 'there')];
    const how = await Promise.all(requests.flatMap((each) => inboxes.map((one) => one.store(each))));
    expect(how.filter((each) => each === 'accepted')).toHaveLength(20);
  });

  it('R4: a text that came in before a restart is known after it', async () => {
    const request = ask();
    expect(await inbox().store(request)).toBe('accepted');
    await store.reopen();
    expect(await inbox().store(request)).toBe('known');
  });

  it('R7: 500 events given at once are all accepted, in the order in which they came', async () => {
    const requests = Array.from({ length: 500 }, (_, index) => ask({ thread: index }));
    const { store: put } = inbox();
    const how = await Promise.all(requests.map(put));
    expect(new Set(how)).toEqual(new Set(['accepted']));
    const rows = await store.storage.db.selectFrom('runs').select('id').orderBy('seq').execute();
    expect(rows.map(({ id }) => id)).toEqual(requests.map(runIdOf));
  });

  it.each([
    ['65,536 characters, with 4-byte emoji among them', `${'🦀'.repeat(30_000)}${'a'.repeat(5_536)}`],
    ['lone surrogates', 'a\ud800b\udfffc'],
    ['NUL and the other control characters', String.fromCharCode(...Array(32).keys(), 127)],
    ['quotes, backslashes and what looks like SQL', `'"\\ $1 \\u0000 '); drop table runs; --`],
  ])('R24: a body comes out as it went in: %s', async (_what, body) => {
    const request = { ...ask() };
    const asked = { ...request, asking: { ...request.asking, body } };
    const { request: stored } = await rowOf(store.storage.db, await receive(store.storage.db, asked));
    expect(JSON.parse(stored ?? '')).toEqual(asked);
  });

  it('R20: rejects, and does not answer `accepted`, when the storage is closed', async () => {
    const { store: put } = inbox();
    await put(ask());
    await store.storage.close();
    await expect(put(ask())).rejects.toThrow();
    await expect(Promise.all([put(ask()), put(ask())])).rejects.toThrow();
    await store.reopen();
    expect(await inbox().store(ask())).toBe('accepted');
  });

  it('R29: an event that can’t be stored is rejected, and those that came with it are stored', async () => {
    const { store: put } = inbox();
    const poison = ask({ thread: 2 ** 31 });
    const [first, second, third] = await Promise.allSettled([put(ask()), put(poison), put(ask())]);
    expect(second.status).toBe('rejected');
    expect([first.status, third.status]).toEqual(['fulfilled', 'fulfilled']);
  });
}
