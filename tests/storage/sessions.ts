import { expect, it } from 'vitest';
import { openJournal } from '../../src/storage/journal.ts';
import { end } from '../../src/storage/run-queue.ts';
import { archiveIdle, openSession } from '../../src/storage/sessions.ts';
import { ACCEPTED, ask, DONE, event, NEVER, pass, queue, start } from './build.ts';
import type { TestStore } from './stores.ts';

export function sessionTests(store: TestStore): void {
  const db = () => store.storage.db;
  const key = { repository: '1', thread: 1 };
  const row = () => db().selectFrom('sessions').selectAll().executeTakeFirstOrThrow();

  /** A command to an agent, executed to the outcome; the session is idle after twenty minutes. */
  async function command(agent: string, thread = 1) {
    const holder = await start(db(), ask({ thread }));
    const journal = await openJournal(db(), holder, NEVER);
    await journal.append(event(holder.run, 0, { ...ACCEPTED, agent }));
    await end(db(), holder, { outcome: DONE, told: true });
    return holder.run;
  }

  it('S0-14: says when it was created and when it was last active', async () => {
    await command('coder');
    const created = await row();
    await pass(db(), 5);
    const run = await command('coder');
    const active = await row();
    expect(active.created_at.getTime()).toBe(created.created_at.getTime() - 5 * 60_000);
    expect(active.last_active_at.getTime()).toBeGreaterThanOrEqual(created.last_active_at.getTime());
    expect(active.last_run).toBe(run);
  });

  it('S0-15: names each agent that takes part once, in the order in which they came', async () => {
    expect(await openSession(db(), key)).toBeNull();
    for (const agent of ['coder', 'reviewer', 'coder']) {
      await command(agent);
      await pass(db(), 4);
    }
    expect(await openSession(db(), key)).toEqual({ agents: ['coder', 'reviewer'] });
    await store.reopen();
    expect(await openSession(db(), key)).toEqual({ agents: ['coder', 'reviewer'] });
  });

  it('S0-14: is archived when it has been idle for its time, and opened anew by the next command', async () => {
    const run = await command('reviewer');
    await pass(db(), 19);
    expect(await archiveIdle(db())).toEqual([]);
    await pass(db(), 2);
    expect(await archiveIdle(db())).toEqual([{ run, idleMinutes: 20 }]);
    expect(await openSession(db(), key)).toBeNull();
    expect((await row()).archived_at).not.toBeNull();
    const before = await row();

    await command('coder');
    expect(await openSession(db(), key)).toEqual({ agents: ['coder'] });
    expect((await row()).archived_at).toBeNull();
    expect((await row()).created_at.getTime()).toBeGreaterThan(before.created_at.getTime());
  });

  it('S0-14: is not idle while a run of its thread waits or runs', async () => {
    await command('coder');
    await pass(db(), 30);
    await queue(db(), ask());
    expect(await archiveIdle(db())).toEqual([]);
  });

  it('S0-14, S1-1: is given to one of two that sweep at once', async () => {
    const runs = [];
    for (let thread = 1; thread <= 6; thread++) runs.push(await command('coder', thread));
    await pass(db(), 30);
    const swept = (await Promise.all([archiveIdle(db()), archiveIdle(db()), archiveIdle(db())])).flat();
    expect(swept.map(({ run }) => run).toSorted()).toEqual(runs.toSorted());
    expect(await archiveIdle(db())).toEqual([]);
  });
}
