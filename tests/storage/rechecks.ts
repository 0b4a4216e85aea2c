import { expect, it } from 'vitest';
import { pullNumbered } from '../../src/commands/request.ts';
import { receiveDueRechecks, setRecheck } from '../../src/storage/rechecks.ts';
import { ask, HERE } from './build.ts';
import { cutting } from './cut.ts';
import type { TestStore } from './stores.ts';

const NOON = '2026-01-01T12:00:00.000Z';
const at = (time: string) => new Date(`2026-01-01T${time}Z`);

export function recheckTests(store: TestStore): void {
  const db = () => store.storage.db;
  const due = (time: string, replica = HERE) => receiveDueRechecks(db(), replica, at(time));
  const received = () => db().selectFrom('runs').select(['state', 'replica', 'thread', 'request']).execute();

  it('S4-17: comes at its time and not before, once, also after a restart, as an event of its own', async () => {
    await setRecheck(db(), ask({ thread: 7 }), NOON);
    expect(await due('11:59:59')).toBe(0);
    await store.reopen();
    expect([await due('12:00:00'), await due('12:00:01'), await due('12:04:59')]).toEqual([1, 0, 0]);
    const [row, ...others] = await received();
    expect(others).toEqual([]);
    expect(row).toMatchObject({ state: 'received', replica: HERE, thread: 7 });
    const { command: _, unknownVerb: __, ...known } = ask({ thread: 7 });
    expect(JSON.parse(row?.request ?? '')).toEqual({
      ...known,
      // What its title and body say of people is not kept.
      thread: pullNumbered(7),
      action: 'recheck',
      cause: 'recheck',
      asker: { id: 0, login: '', isBot: true },
      asking: expect.objectContaining({ kind: 'checks', body: '' }),
    });
  });

  it('is one for a pull request: a later time takes its place, and none does, too', async () => {
    await setRecheck(db(), ask(), NOON);
    await setRecheck(db(), ask({ thread: 2 }), NOON);
    await setRecheck(db(), ask({ repository: 2 }), NOON);
    await setRecheck(db(), ask(), '2026-01-01T13:00:00.000Z');
    await setRecheck(db(), ask({ thread: 2 }), null);
    expect([await due('12:59:00'), await due('13:00:00')]).toEqual([1, 1]);
  });

  it('S1-1: of ten looks at once, by two processes, each that is due is seen by one', async () => {
    for (let thread = 1; thread <= 30; thread++) await setRecheck(db(), ask({ thread }), NOON);
    const looks = Array.from({ length: 10 }, (_, index) => due('12:00:00', index % 2 ? HERE : 'there'));
    const seen = (await Promise.all(looks)).reduce((sum, each) => sum + each, 0);
    expect([seen, (await received()).length]).toEqual([30, 30]);
  });

  it('R20: is due again where the look broke before it was an event', async () => {
    await setRecheck(db(), ask(), NOON);
    const broken = cutting(store.storage, { at: 'insert into "runs"', done: true });
    await expect(receiveDueRechecks(broken, HERE, at('12:00:00'))).rejects.toThrow('broke');
    expect(await received()).toEqual([]);
    expect([await due('12:00:00'), (await received()).length]).toEqual([1, 1]);
  });

  it('comes again where the run came to no judgement, an event of its own each time, and not for ever', async () => {
    await setRecheck(db(), ask(), NOON);
    const minutes = [0, 4, 5, 24, 25, 104, 105, 424, 425, 9_999];
    const seen: number[] = [];
    for (const minute of minutes)
      seen.push(await receiveDueRechecks(db(), HERE, new Date(Date.parse(NOON) + minute * 60_000)));
    expect(seen).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0]);
    expect(await received()).toHaveLength(5);
  });

  it('does not come again once a run has judged', async () => {
    await setRecheck(db(), ask(), NOON);
    expect(await due('12:00:00')).toBe(1);
    await setRecheck(db(), ask(), null);
    expect(await due('13:00:00')).toBe(0);
  });
}
