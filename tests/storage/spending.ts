import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Reservation } from '../../src/runs/spending.ts';
import { costsBy, type Spender, spendingOf } from '../../src/storage/spending.ts';
import { NEVER } from './build.ts';
import type { TestStore } from './stores.ts';

const ADA: Spender = { run: 'one', repositoryId: 1, thread: 1, asker: 42 };
const call = (usd: number, least = usd) => ({
  agent: 'coder',
  model: 'a/b',
  leastUsd: least,
  mostUsd: usd,
});
const BUDGETS = { run: 1, thread: 2, day: 3 };

export function spendingTests(store: TestStore): void {
  const spend = (of: Partial<Spender> = {}) => spendingOf(store.storage.db, { ...ADA, ...of }, NEVER);
  const reserve = (usd: number, of: Partial<Spender> = {}, least = usd) =>
    spend(of).reserve(call(usd, least), BUDGETS);
  const settle = async (reserved: Reservation, usd: number | null) => {
    if (!reserved.ok) throw new Error('Not reserved.');
    await reserved.settle(usd);
  };

  it('S0-18: what is reserved counts as spent, until it is known to have cost less', async () => {
    const first = await reserve(0.8);
    expect(first).toMatchObject({ ok: true, usd: 0.8 });
    expect(await reserve(0.3)).toEqual({ ok: false, scope: 'run', spentUsd: 0.8, limitUsd: 1 });
    await settle(first, 0.1);
    expect(await reserve(0.3)).toMatchObject({ ok: true });
    expect((await spend().totals()).run).toBeCloseTo(0.4);
  });

  it('a call gets what is left, when that is enough for it', async () => {
    await settle(await reserve(0.7), 0.7);
    const second = await reserve(0.5, {}, 0.2);
    expect(second.ok && second.usd).toBeCloseTo(0.3);
    expect(await reserve(0.5, {}, 0.2)).toMatchObject({ ok: false, scope: 'run' });
  });

  it('a process that died in the middle of a call leaves its reservation, also after a restart', async () => {
    await reserve(0.9);
    await store.reopen();
    expect(await reserve(0.2)).toMatchObject({ ok: false, spentUsd: 0.9 });
    await settle(await reserve(0.05), null);
    expect((await spend().totals()).run).toBeCloseTo(0.95);
  });

  it('a thread’s runs share its budget, and a repository’s threads the day’s; others have their own', async () => {
    await reserve(1);
    await reserve(1, { run: 'two' });
    expect(await reserve(0.1, { run: 'three' })).toEqual({
      ok: false,
      scope: 'thread',
      spentUsd: 2,
      limitUsd: 2,
    });
    await reserve(1, { run: 'four', thread: 2 });
    expect(await reserve(0.1, { run: 'five', thread: 3 })).toMatchObject({
      ok: false,
      scope: 'day',
      spentUsd: 3,
    });
    expect(await reserve(0.1, { run: 'six', thread: 3, repositoryId: 2 })).toMatchObject({ ok: true });
    expect(await spend({ run: 'seven' }).totals()).toEqual({ run: 0, thread: 2, day: 3 });
  });

  it('yesterday’s money is not today’s, and still the thread’s', async () => {
    await reserve(1, { thread: 2 });
    await reserve(1, { run: 'two' });
    await sql`update spending set at = at - interval '1 day'`.execute(store.storage.db);
    expect(await spend({ run: 'three' }).totals()).toEqual({ run: 0, thread: 1, day: 0 });
  });

  it('S0-18: fifty calls at once never reserve more than the budget', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => reserve(0.1, { run: `run-${index % 10}` })),
    );
    const reserved = all.flatMap((each) => (each.ok ? [each.usd] : []));
    expect(reserved.reduce((sum, usd) => sum + usd, 0)).toBeCloseTo(2, 9);
  });

  it('adds up by day, thread, person, agent, model and run', async () => {
    await settle(await reserve(0.5), 0.25);
    await reserve(0.5, { run: 'two', asker: 7 });
    const { db } = store.storage;
    expect(await costsBy(db, 'person', 1)).toEqual([
      { group: '7', calls: 1, usd: 0.5 },
      { group: '42', calls: 1, usd: 0.25 },
    ]);
    expect(await costsBy(db, 'thread', 1)).toEqual([{ group: '1#1', calls: 2, usd: 0.75 }]);
    for (const group of ['day', 'agent', 'model'] as const)
      expect((await costsBy(db, group, 1)).map(({ usd }) => usd)).toEqual([0.75]);
    expect(await costsBy(db, 'run', 1)).toHaveLength(2);
    await sql`update spending set at = at - interval '2 days'`.execute(db);
    expect(await costsBy(db, 'day', 1)).toEqual([]);
  });
}
