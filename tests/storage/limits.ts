import type { Kysely } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../src/commands/request.ts';
import { outcome } from '../../src/runs/outcome.ts';
import { enqueue, release } from '../../src/storage/run-queue.ts';
import type { Tables } from '../../src/storage/tables.ts';
import { ask, DONE, FAILED, finish, pass, receive, rowOf } from './build.ts';
import type { TestStore } from './stores.ts';

/** What became of a command: `yes`, the refusal's code, or `silence`; and what the refusal says. */
interface Answer {
  readonly how: string;
  readonly says: string;
}

export function limitTests(store: TestStore): void {
  const db = () => store.storage.db;
  const give = async (perMinute: number, request: CommandRequest) =>
    (await answer(db(), request, perMinute)).how;

  /** Gives so many commands, each in a thread of its own. */
  async function giveMany(
    perMinute: number,
    count: number,
    of: (index: number) => CommandRequest,
  ): Promise<string[]> {
    const given: string[] = [];
    for (let index = 0; index < count; index++) given.push(await give(perMinute, of(index)));
    return given;
  }

  describe('S0-29: a person', () => {
    it('gives so many commands a minute in a repository; one notice, then silence', async () => {
      const given = await giveMany(3, 6, (thread) => ask({ thread }));
      expect(given).toEqual(['yes', 'yes', 'yes', 'rate_limited', 'silence', 'silence']);
    });

    it('is told how many, and in how many seconds they may go on', async () => {
      await give(1, ask({ thread: 1 }));
      await pass(db(), 0.5);
      const { says } = await answer(db(), ask({ thread: 2 }), 1);
      expect(says).toMatch(/ada may give 1 commands a minute here .*Ask again in (29|30) seconds/s);
    });

    it('may go on at the time that was named, though they asked again meanwhile', async () => {
      await giveMany(2, 3, (thread) => ask({ thread }));
      await pass(db(), 0.9);
      expect(await giveMany(2, 2, (index) => ask({ thread: 10 + index }))).toEqual(['silence', 'silence']);
      await pass(db(), 0.2);
      expect(await give(2, ask({ thread: 20 }))).toBe('yes');
    });

    it('is counted for each repository and not with other people', async () => {
      expect(await giveMany(1, 1, () => ask({ thread: 1 }))).toEqual(['yes']);
      expect(await give(1, ask({ thread: 2, asker: 7 }))).toBe('yes');
      expect(await give(1, ask({ thread: 2, repository: 2 }))).toBe('yes');
    });

    it('can’t give more by giving them all at once, in many threads', async () => {
      const requests = Array.from({ length: 12 }, (_, thread) => ask({ thread }));
      for (const request of requests) await receive(db(), request);
      const given = await Promise.all(requests.map((request) => give(3, request)));
      expect(given.filter((how) => how === 'yes')).toHaveLength(3);
      expect(given.filter((how) => how === 'rate_limited')).toHaveLength(1);
    });
  });

  it('S0-29: a repository takes five times what one person may give', async () => {
    const given = await giveMany(2, 11, (index) => ask({ thread: index, asker: 100 + index }));
    expect(given.slice(0, 10)).toEqual(Array(10).fill('yes'));
    expect(given[10]).toBe('rate_limited');
    const { says } = await answer(db(), ask({ thread: 99, asker: 999 }), 2);
    expect(says).toMatch(/This repository takes 10 commands a minute .*Ask again in (59|60) seconds/s);
  });

  describe('loop safety: a thread', () => {
    it('gets three runs in ten minutes; one notice that names the time, then silence', async () => {
      expect(await giveMany(100, 3, () => ask())).toEqual(['yes', 'yes', 'yes']);
      await pass(db(), 4);
      const refused = await answer(db(), ask(), 100);
      expect(refused.how).toBe('loop_breaker');
      expect(refused.says).toMatch(/at most 3 runs in ten minutes.*Ask again in 6 minutes/s);
      expect(await give(100, ask())).toBe('silence');
      expect(await give(100, ask({ thread: 2 }))).toBe('yes');
    });

    it('goes on at the time that was named, though somebody asked again meanwhile', async () => {
      await giveMany(100, 4, () => ask());
      await pass(db(), 5);
      expect(await giveMany(100, 3, () => ask())).toEqual(['silence', 'silence', 'silence']);
      await pass(db(), 5.1);
      expect(await give(100, ask())).toBe('yes');
    });

    it('gets ten of our comments in an hour; a run that did not end well has two', async () => {
      for (const how of [DONE, DONE, FAILED, FAILED, FAILED]) {
        await finish(db(), ask(), how);
        await pass(db(), 4);
      }
      expect(await give(100, ask())).toBe('yes');
      await pass(db(), 4);
      expect(await give(100, ask())).toBe('yes');
      await pass(db(), 4);
      const refused = await answer(db(), ask(), 100);
      expect(refused).toMatchObject({ how: 'loop_breaker' });
      expect(refused.says).toMatch(/10 of its comments in an hour.*Ask again in \d+ minutes/s);
    });

    it.each(['no_permission', 'review_without_permission'])(
      'S0-29: counts nothing of people without a right, who could silence it else (%s)',
      async (code) => {
        const denied = outcome('refused', code, '', null);
        for (let stranger = 1; stranger <= 5; stranger++)
          await finish(db(), ask({ asker: 1_000 + stranger }), denied);
        expect(await give(100, ask())).toBe('yes');
      },
    );

    it('S0-29: is told nothing of a review or of checks that are turned down, and so answers the next mention', async () => {
      await giveMany(100, 3, () => ask());
      for (const cause of ['changes_requested', 'failing_checks'] as const)
        expect(await give(100, { ...ask(), cause })).toBe('silence');
      expect(await give(100, ask())).toBe('loop_breaker');
      expect(await give(1, { ...ask({ thread: 2 }), cause: 'changes_requested' })).toBe('silence');
      expect(await give(1, ask({ thread: 2 }))).toBe('rate_limited');
    });
  });

  it('S0-29: stop is taken whatever the rate, and from a thread that is silent', async () => {
    await giveMany(1, 6, () => ask());
    expect(await give(1, ask({ body: '@conductor stop' }))).toBe('yes');
    expect(await give(1, ask({ body: '@conductor status' }))).toBe('silence');
  });

  it('whoever has no right here is told once in ten minutes', async () => {
    await finish(db(), ask({ asker: 666 }), outcome('refused', 'no_permission', '', null));
    for (const body of ['@conductor fix one', '@conductor stop'])
      expect(await give(100, ask({ asker: 666, body }))).toBe('silence');
    expect(await give(100, ask())).toBe('yes');
    await pass(db(), 10.1);
    expect(await give(100, ask({ asker: 666 }))).toBe('yes');
  });

  it('a review by somebody without a right is looked at once in ten minutes, and does not keep their mention from its answer', async () => {
    const review = () => ({ ...ask({ asker: 666 }), cause: 'changes_requested' }) as const;
    await finish(db(), review(), outcome('refused', 'review_without_permission', '', null));
    expect(await give(100, review())).toBe('silence');
    expect(await give(100, ask({ asker: 666 }))).toBe('yes');
  });

  it('S0-29: all counts survive a restart', async () => {
    await giveMany(3, 4, (thread) => ask({ thread }));
    await giveMany(100, 3, () => ask({ repository: 2 }));
    await store.reopen();
    expect(await give(3, ask({ thread: 9 }))).toBe('silence');
    expect(await give(100, ask({ repository: 2 }))).toBe('loop_breaker');
  });

  it('S1-31: of 200 commands at once in one thread three are queued, one is answered, and none is lost', async () => {
    const requests = Array.from({ length: 200 }, () => ask());
    await Promise.all(requests.map((request) => receive(db(), request)));
    const given = await Promise.all(requests.map((request) => give(1_000, request)));
    const count = (how: string) => given.filter((each) => each === how).length;
    expect([count('yes'), count('loop_breaker'), count('silence')]).toEqual([3, 1, 196]);
    const states = await db().selectFrom('runs').select('state').execute();
    expect(states.filter(({ state }) => state === 'queued')).toHaveLength(4);
    expect(states.filter(({ state }) => state === 'ended')).toHaveLength(196);
  });
}

async function answer(db: Kysely<Tables>, request: CommandRequest, perMinute: number): Promise<Answer> {
  const run = await receive(db, request);
  const queued = await enqueue(db, run, request, perMinute);
  if (queued) await release(db, run);
  const row = await rowOf(db, run);
  if (row.state === 'ended') return { how: 'silence', says: '' };
  if (row.turned_down === null) return { how: 'yes', says: '' };
  const { code, message, next } = JSON.parse(row.turned_down);
  return { how: code, says: `${message} ${next}` };
}
