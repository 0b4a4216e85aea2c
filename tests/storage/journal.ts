import { expect, it } from 'vitest';
import { ExecutionLost } from '../../src/runs/ports.ts';
import type { RunFact } from '../../src/runs/run-events.ts';
import { eventsOf, openJournal } from '../../src/storage/journal.ts';
import { begin, end } from '../../src/storage/run-queue.ts';
import { openSession } from '../../src/storage/sessions.ts';
import { ACCEPTED, DONE, event, HERE, NEVER, rowOf, start } from './build.ts';
import type { TestStore } from './stores.ts';

const tool = (target: string): RunFact => ({
  kind: 'tool_used',
  agent: 'coder',
  tool: 'read_file',
  target,
  ok: true,
});

export function journalTests(store: TestStore): void {
  const db = () => store.storage.db;

  it('R1: recorded events come back in order, also after a restart', async () => {
    const holder = await start(db());
    const journal = await openJournal(db(), holder, NEVER);
    expect(journal.recorded).toEqual([]);
    const events = Array.from({ length: 12 }, (_, sequence) =>
      event(holder.run, sequence, tool(`a\u0000\ud800${sequence}`)),
    );
    for (const each of events.toReversed()) await journal.append(each);
    await store.reopen();
    expect((await openJournal(db(), holder, NEVER)).recorded).toEqual(events);
  });

  it('R1: appending an event twice keeps the first', async () => {
    const holder = await start(db());
    const journal = await openJournal(db(), holder, NEVER);
    await journal.append(event(holder.run, 0, tool('first')));
    await journal.append(event(holder.run, 0, tool('second')));
    expect(await eventsOf(db(), holder)).toEqual([event(holder.run, 0, tool('first'))]);
  });

  it('R1: a run that records something new has got on: how often it crashed before does not count any more', async () => {
    const holder = await start(db());
    await begin(db(), holder, HERE);
    const third = await begin(db(), holder, HERE);
    const journal = await openJournal(db(), third!.holder, NEVER);
    await journal.append(event(holder.run, 0));
    expect((await begin(db(), holder, HERE))?.times).toBe(2);
    const fifth = await begin(db(), holder, HERE);
    await (await openJournal(db(), fifth!.holder, NEVER)).append(event(holder.run, 0));
    expect((await begin(db(), holder, HERE))?.times, 'recorded again, not anew').toBe(4);
  });

  it('R22: only who holds the run can append', async () => {
    const holder = await start(db());
    const before = await openJournal(db(), holder, NEVER);
    const begun = await begin(db(), holder, 'there');
    const now = await openJournal(db(), begun!.holder, NEVER);
    await expect(before.append(event(holder.run, 0))).rejects.toBeInstanceOf(ExecutionLost);
    await now.append(event(holder.run, 0));
    await expect(before.append(event(holder.run, 0))).rejects.toBeInstanceOf(ExecutionLost);
    expect(await eventsOf(db(), holder)).toHaveLength(1);
    expect(await openSession(db(), { repository: '1', thread: 1 })).toEqual({ agents: ['coder'] });
  });

  it('R22: of two holders that append at once, only the later one’s event stands', async () => {
    const before = await start(db());
    const begun = await begin(db(), before, 'there');
    const journals = await Promise.all([before, begun!.holder].map((each) => openJournal(db(), each, NEVER)));
    const appended = await Promise.allSettled(
      journals.map((journal, index) => journal.append(event(before.run, 0, tool(`holder ${index}`)))),
    );
    expect(appended.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await eventsOf(db(), before)).toEqual([event(before.run, 0, tool('holder 1'))]);
  });

  it('S2-8: an accepted command sets how long the run may take: its agent’s time, and a quarter of an hour', async () => {
    const holder = await start(db());
    const journal = await openJournal(db(), holder, NEVER);
    await journal.append(event(holder.run, 0, { ...ACCEPTED, timeoutMinutes: 60 }));
    const { deadline_at } = await rowOf(db(), holder.run);
    const minutes = ((deadline_at?.getTime() ?? 0) - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(74);
    expect(minutes).toBeLessThan(76);
  });

  it('an attempt’s journal holds nothing of the attempt before', async () => {
    const holder = await start(db());
    await (await openJournal(db(), holder, NEVER)).append(event(holder.run, 0));
    await end(db(), holder, { outcome: DONE, told: true });
    expect(await eventsOf(db(), { run: holder.run, attempt: 2 })).toEqual([]);
    expect(await eventsOf(db(), { run: holder.run, attempt: 1 })).toHaveLength(1);
  });
}
