import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { marksIn } from '../../src/storage/marks.ts';
import { adopt, heartbeat, leave } from '../../src/storage/replicas.ts';
import { claim, enqueue } from '../../src/storage/run-queue.ts';
import { ask, HERE, pass, ROOM, receive, rowOf, start } from './build.ts';
import type { TestStore } from './stores.ts';

export function replicaTests(store: TestStore): void {
  const db = () => store.storage.db;
  const adopted = async (replica: string, alone = false) =>
    (await adopt(db(), replica, alone)).map(({ run }) => run);

  it('R22: what a dead process held is adopted, what a living one holds is not', async () => {
    for (const replica of ['dead', 'alive', HERE]) await heartbeat(db(), replica);
    const dead = await start(db(), ask({ thread: 1 }), 'dead');
    const alive = await start(db(), ask({ thread: 2 }), 'alive');
    const unread = await receive(db(), ask({ thread: 3 }), 'dead');
    expect(await adopted(HERE)).toEqual([]);
    await pass(db(), 1);
    for (const replica of ['alive', HERE]) await heartbeat(db(), replica);
    expect(await adopt(db(), HERE, false)).toMatchObject([{ run: dead.run, attempt: 1 }]);
    expect((await rowOf(db(), alive.run)).replica).toBe('alive');
    expect((await rowOf(db(), unread)).replica).toBe(HERE);
    expect(await adopted(HERE)).toEqual([]);
  });

  it('R22: a process is not taken for dead after ten seconds without a word', async () => {
    for (const replica of ['slow', HERE]) await heartbeat(db(), replica);
    await start(db(), ask(), 'slow');
    await pass(db(), 10 / 60);
    expect(await adopted(HERE)).toEqual([]);
    await pass(db(), 6 / 60);
    expect(await adopted(HERE)).toHaveLength(1);
  });

  it('R26: what a process held that has left is adopted at once', async () => {
    for (const replica of ['leaving', HERE]) await heartbeat(db(), replica);
    const { run } = await start(db(), ask(), 'leaving');
    await leave(db(), 'leaving');
    expect(await adopted(HERE)).toEqual([run]);
  });

  it('R22: only one of several adopters gets each run', async () => {
    const runs = [];
    for (let thread = 1; thread <= 8; thread++) runs.push((await start(db(), ask({ thread }), 'dead')).run);
    const adopters = ['one', 'two', 'three'];
    for (const replica of adopters) await heartbeat(db(), replica);
    const each = await Promise.all(adopters.map((replica) => adopted(replica)));
    expect(each.flat().toSorted()).toEqual(runs.toSorted());
  });

  it('who holds the data folder is alone: all others are dead, however lately they were heard of', async () => {
    await heartbeat(db(), 'before');
    await heartbeat(db(), HERE);
    const { run } = await start(db(), ask(), 'before');
    expect(await adopted(HERE, true)).toEqual([run]);
  });

  it('a run that a dead process was welcoming is let go', async () => {
    await heartbeat(db(), HERE);
    const request = ask();
    const run = await receive(db(), request, 'dead');
    await enqueue(db(), run, request, 1_000);
    expect(await claim(db(), HERE, ROOM)).toBeNull();
    expect(await adopted(HERE)).toEqual([]);
    expect((await claim(db(), HERE, ROOM))?.run).toBe(run);
  });

  it('S1-1: of ten that ask at once whether something is due, one does it, and again when its time has come', async () => {
    const due = async () => {
      const asked = Array.from({ length: 10 }, () => marksIn(db()).due('sweep', 60));
      return (await Promise.all(asked)).filter(Boolean).length;
    };
    expect(await marksIn(db()).get('sweep')).toBeNull();
    expect([await due(), await due()]).toEqual([1, 0]);
    await store.reopen();
    expect(await due()).toBe(0);
    await sql`update marks set at = at - interval '61 seconds'`.execute(db());
    expect([await due(), await due()]).toEqual([1, 0]);
    expect(await marksIn(db()).get('sweep')).toBeInstanceOf(Date);
  });
}
