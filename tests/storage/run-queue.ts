import { describe, expect, it } from 'vitest';
import type { RunId } from '../../src/runs/run-id.ts';
import {
  begin,
  type Capacity,
  claim,
  end,
  enqueue,
  ignore,
  postpone,
  release,
  stopOf,
} from '../../src/storage/run-queue.ts';
import { stopRuns } from '../../src/storage/thread-runs.ts';
import { ask, DONE, FAILED, HERE, pass, queue, ROOM, receive, rowOf, start } from './build.ts';
import type { TestStore } from './stores.ts';

export function runQueueTests(store: TestStore): void {
  const db = () => store.storage.db;
  const next = async (capacity: Capacity = ROOM) => (await claim(db(), HERE, capacity))?.run ?? null;
  async function through(run: RunId): Promise<void> {
    const begun = await begin(db(), { run, attempt: 1 }, HERE);
    await end(db(), begun!.holder, { outcome: DONE, told: true });
  }

  describe('S1-2: the runs of one thread', () => {
    it('begin in the order in which they came, one at a time', async () => {
      const runs = [await queue(db(), ask()), await queue(db(), ask()), await queue(db(), ask())];
      const order: (RunId | null)[] = [];
      for (const run of runs) {
        order.push(await next());
        expect(await next()).toBeNull();
        await through(run);
      }
      expect(order).toEqual(runs);
    });

    it('wait for an earlier one whose text nobody has read yet', async () => {
      const unread = ask();
      const first = await receive(db(), unread);
      const second = await queue(db(), ask());
      expect(await next()).toBeNull();
      await ignore(db(), first);
      expect(await next()).toBe(second);
    });

    it('are told how many come first', async () => {
      const ahead: unknown[] = [];
      for (const request of [ask(), ask(), ask({ thread: 2 }), ask()])
        ahead.push((await enqueue(db(), await receive(db(), request), request, 1_000))?.ahead);
      expect(ahead).toEqual([0, 1, 0, 2]);
    });

    it('do not wait for a thread of the same number in another repository', async () => {
      const runs = [await queue(db(), ask({ repository: 1 })), await queue(db(), ask({ repository: 2 }))];
      expect(new Set([await next(), await next()])).toEqual(new Set(runs));
    });

    it('keep their order when the first could not start and waits', async () => {
      const holder = await start(db());
      const second = await queue(db(), ask());
      await postpone(db(), holder);
      expect(await next()).toBeNull();
      await pass(db(), 1);
      expect(await claim(db(), HERE, ROOM)).toEqual({ run: holder.run, attempt: 2, retryFrom: null });
      expect(await next()).toBeNull();
      expect((await rowOf(db(), second)).state).toBe('queued');
    });
  });

  it('a run is not claimed while it is being welcomed, and is once it is released', async () => {
    const request = ask();
    const run = await receive(db(), request);
    await enqueue(db(), run, request, 1_000);
    expect(await next()).toBeNull();
    await release(db(), run);
    expect(await next()).toBe(run);
  });

  it('stop, retry and status wait for no run of their thread, and none waits for them', async () => {
    const work = await queue(db(), ask());
    expect(await next()).toBe(work);
    for (const verb of ['stop', 'retry', 'status']) {
      const control = await queue(db(), ask({ body: `@conductor ${verb}` }));
      expect(await next()).toBe(control);
    }
    const request = ask();
    const queued = await enqueue(db(), await receive(db(), request), request, 1_000);
    expect(queued?.ahead).toBe(1);
  });

  it('S2-8: an installation runs so many at a time, and another goes on beside it', async () => {
    const capacity = { runs: 100, runsPerInstallation: 2 };
    for (let thread = 1; thread <= 4; thread++) await queue(db(), ask({ thread, repository: thread }));
    const other = await queue(db(), ask({ installation: 2, repository: 9 }));
    const claimed = [await next(capacity), await next(capacity), await next(capacity), await next(capacity)];
    expect(claimed).toContain(other);
    expect(claimed[3]).toBeNull();
    const stop = await queue(db(), ask({ body: '@conductor stop', repository: 1 }));
    expect(await next(capacity)).toBe(stop);
  });

  it('R7: a repository with 100 queued runs does not keep another’s single run waiting', async () => {
    for (let thread = 1; thread <= 100; thread++) await queue(db(), ask({ repository: 1, thread }));
    expect(await next()).not.toBeNull();
    const single = await queue(db(), ask({ repository: 2 }));
    expect(await next()).toBe(single);
  });

  it('R22: twenty claims at once, by two processes, never give the same run', async () => {
    for (let thread = 1; thread <= 15; thread++) await queue(db(), ask({ thread }));
    const claims = Array.from({ length: 20 }, (_, index) =>
      claim(db(), index % 2 === 0 ? HERE : 'there', ROOM),
    );
    const runs = (await Promise.all(claims)).flatMap((claimed) => claimed?.run ?? []);
    expect(runs).toHaveLength(15);
    expect(new Set(runs).size).toBe(15);
  });

  describe('R22: who holds a run', () => {
    it('is whoever began it last: the one before can neither end nor postpone it', async () => {
      const before = await start(db());
      const begun = await begin(db(), before, 'there');
      expect(begun?.times).toBe(2);
      expect(await end(db(), before, { outcome: DONE, told: true })).toBe(false);
      await postpone(db(), before);
      expect((await rowOf(db(), before.run)).state).toBe('running');
      expect(await stopOf(db(), before)).toEqual({ held: false, stop: null });
      expect(await end(db(), begun!.holder, { outcome: DONE, told: true })).toBe(true);
    });

    it('is nobody once it has ended: it is not begun again', async () => {
      const holder = await start(db());
      await end(db(), holder, { outcome: DONE, told: true });
      expect(await begin(db(), holder, HERE)).toBeNull();
      expect(await end(db(), holder, { outcome: FAILED, told: true })).toBe(true);
      expect(await rowOf(db(), holder.run)).toMatchObject({ state: 'ended', outcome_code: DONE.code });
    });

    it('R31: is told of a stop', async () => {
      const holder = await start(db());
      const stop = { code: 'stopped', by: 'ada', silent: false };
      await stopRuns(db(), { run: holder.run }, stop);
      expect(await stopOf(db(), holder)).toEqual({ held: true, stop });
    });
  });

  it('a run that can’t start waits longer each time, at most five minutes', async () => {
    const waits: number[] = [];
    let holder = await start(db());
    for (let attempt = 0; attempt < 10; attempt++) {
      await postpone(db(), holder);
      const { not_before } = await rowOf(db(), holder.run);
      waits.push(Math.round(((not_before?.getTime() ?? 0) - Date.now()) / 1_000));
      await pass(db(), 6);
      const claimed = await claim(db(), HERE, ROOM);
      holder = (await begin(db(), claimed!, HERE))!.holder;
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
  });

  it('a decision that comes late does not undo what another process has made of the text', async () => {
    const holder = await start(db());
    await ignore(db(), holder.run);
    expect(await rowOf(db(), holder.run)).toMatchObject({ state: 'running' });
  });
}
