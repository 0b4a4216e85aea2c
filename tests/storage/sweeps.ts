import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/runs/outcome.ts';
import { type RunId, runIdOf } from '../../src/runs/run-id.ts';
import type { Work } from '../../src/runs/runner.ts';
import type { RunnerContext } from '../../src/storage/context.ts';
import type { Workflow } from '../../src/storage/durable.ts';
import { openJournal } from '../../src/storage/journal.ts';
import { keepingOrder } from '../../src/storage/keep-order.ts';
import { end } from '../../src/storage/run-queue.ts';
import { markTold, stopOverdue, takeForgotten, takeHung, takeUntold } from '../../src/storage/sweeps.ts';
import { stopRuns } from '../../src/storage/thread-runs.ts';
import { ask, DONE, event, FAILED, finish, HERE, NEVER, pass, rowOf, start } from './build.ts';
import type { TestStore } from './stores.ts';

export function sweepTests(store: TestStore): void {
  const db = () => store.storage.db;

  it('S2-8: a run past its deadline is told to stop, one within it is not', async () => {
    const late = await start(db(), ask());
    await pass(db(), 31);
    const onTime = await start(db(), ask({ thread: 2 }));
    await stopOverdue(db());
    expect(JSON.parse((await rowOf(db(), late.run)).stop ?? '')).toMatchObject({ code: 'deadline' });
    expect((await rowOf(db(), onTime.run)).stop).toBeNull();
  });

  it('a run that somebody has stopped is not told of its deadline too', async () => {
    const { run } = await start(db());
    await stopRuns(db(), { run }, { code: 'stopped', by: 'ada', silent: false });
    await pass(db(), 31);
    await stopOverdue(db());
    expect((await rowOf(db(), run)).stop).toContain('"stopped"');
  });

  it('S2-8, R22: a run that does not stop within a minute is taken, by one of those that look', async () => {
    const hung = await start(db());
    await pass(db(), 30.5);
    expect(await takeHung(db(), HERE)).toEqual([]);
    await pass(db(), 1);
    const taken = (await Promise.all([1, 2, 3].map(() => takeHung(db(), HERE)))).flat();
    expect(taken).toMatchObject([{ run: hung.run, token: hung.token + 1 }]);
    expect(await end(db(), hung, { outcome: DONE, told: true })).toBe(false);
    expect(await end(db(), taken[0]!, { outcome: FAILED, told: true })).toBe(true);
  });

  it('an outcome that GitHub would not take is told again at growing intervals, eight times', async () => {
    const run = await finish(db(), ask(), DONE, false);
    const waits: number[] = [];
    for (let telling = 0; telling < 12; telling++) {
      const taken = (await Promise.all([takeUntold(db(), HERE), takeUntold(db(), 'there')])).flat();
      if (taken.length !== 1) break;
      const { rows } = await sql<{ wait: number }>`select
        round(extract(epoch from not_before - now()))::int as wait from runs`.execute(db());
      waits.push(rows[0]?.wait ?? 0);
      await pass(db(), 60);
    }
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 1_280]);
    expect((await rowOf(db(), run)).told).toBe(false);
  });

  it('an outcome that the thread has is not told again', async () => {
    const run = await finish(db(), ask(), DONE, false);
    await finish(db(), ask({ thread: 2 }));
    expect(await takeUntold(db(), HERE)).toMatchObject([{ run }]);
    await markTold(db(), run);
    await pass(db(), 60);
    expect(await takeUntold(db(), HERE)).toEqual([]);
  });

  it('R32: the steps of a run are forgotten a week after it ended, once, a hundred at a time', async () => {
    await finish(db());
    await pass(db(), 7 * 24 * 60 - 5);
    expect(await takeForgotten(db())).toEqual([]);
    await pass(db(), 10);
    expect(await takeForgotten(db())).toHaveLength(1);
    expect(await takeForgotten(db())).toEqual([]);
    await sql`insert into runs (id, installation, repository, thread, asker, state, replica, ended_at)
      select 'r' || i, 1, 1, i, 1, 'ended', ${HERE}, now() - interval '8 days' from generate_series(1, 130) as i`.execute(
      db(),
    );
    const taken = [...(await takeForgotten(db())), ...(await takeForgotten(db()))];
    expect(new Set(taken.map(({ run }) => run)).size).toBe(130);
    expect(await takeForgotten(db())).toEqual([]);
  });

  describe('the watchdog', () => {
    it('S2-8: cancels a hung run and gives it its last word', async () => {
      const { run } = await start(db());
      await pass(db(), 32);
      const { look, cancelled, concluded } = watchdog(store);
      await look();
      expect(cancelled).toEqual([run]);
      expect(concluded).toEqual([{ run, code: 'run_hung' }]);
      expect(await rowOf(db(), run)).toMatchObject({ state: 'ended', outcome_code: 'run_hung', told: true });
      await look();
      expect(concluded).toHaveLength(1);
    });

    it('R1: resumes a run that it holds and does not execute, at the second look', async () => {
      const { run } = await start(db());
      const { look, resumed } = watchdog(store);
      await look();
      expect(resumed).toEqual([]);
      await look();
      expect(resumed).toEqual([run]);
    });

    it('leaves alone what it executes, and what another process holds', async () => {
      const mine = await start(db(), ask());
      await start(db(), ask({ thread: 2 }), 'there');
      const { look, resumed, context } = watchdog(store);
      context.executing.set(mine.run, { attempt: 1, halt: () => undefined });
      for (let turn = 0; turn < 3; turn++) await look();
      expect(resumed).toEqual([]);
    });

    it('a run whose workflow broke off is ended with a last word', async () => {
      const { run } = await start(db());
      const { look, concluded } = watchdog(store, { resume: 'over' });
      await look();
      await look();
      expect(concluded).toEqual([{ run, code: 'internal_error' }]);
      expect(await rowOf(db(), run)).toMatchObject({ state: 'ended', outcome_state: 'failed' });
    });

    it('tells an untold outcome again, until GitHub takes it', async () => {
      const run = await finish(db(), ask(), DONE, false);
      const { look, concluded, context } = watchdog(store, { told: [false, true] });
      await look();
      expect((await rowOf(db(), run)).told).toBe(false);
      await look();
      expect(concluded).toHaveLength(1);
      await pass(context.db, 1);
      await look();
      expect((await rowOf(db(), run)).told).toBe(true);
      expect(concluded).toEqual([
        { run, code: null },
        { run, code: null },
      ]);
    });

    it('S0-14: marks the last run of an idle session as archived, once', async () => {
      const holder = await start(db());
      await (await openJournal(db(), holder, NEVER)).append(event(holder.run, 0));
      await end(db(), holder, { outcome: DONE, told: true });
      await pass(db(), 30);
      const { look, archived } = watchdog(store);
      await look();
      await look();
      expect(archived).toEqual([{ run: holder.run, idleMinutes: 20 }]);
    });

    it('R32: forgets the steps of runs long over', async () => {
      const run = await finish(db());
      await pass(db(), 8 * 24 * 60);
      const { look, forgotten } = watchdog(store);
      await look();
      expect(forgotten).toEqual([run]);
    });
  });
}

/** A watchdog over a durable runner and an engine that write down what they are asked for. */
function watchdog(store: TestStore, says: { resume?: 'resumed' | 'over'; told?: boolean[] } = {}) {
  const seen = { cancelled: [] as RunId[], resumed: [] as RunId[], forgotten: [] as RunId[] };
  const concluded: { run: RunId; code: string | null }[] = [];
  const archived: { run: RunId; idleMinutes: number }[] = [];
  const work: Pick<Work, 'conclude' | 'archive'> = {
    async conclude(request, how: Outcome | null) {
      concluded.push({ run: runIdOf(request), code: how?.code ?? null });
      return { told: says.told?.shift() ?? true };
    },
    async archive(request, idleMinutes) {
      archived.push({ run: runIdOf(request), idleMinutes });
    },
  };
  const context: RunnerContext = {
    db: store.storage.db,
    replica: HERE,
    work: work as Work,
    durable: {
      start: async () => undefined,
      startFrom: async () => undefined,
      steps: async () => [],
      close: async () => undefined,
      cancel: async ({ run }) => void seen.cancelled.push(run),
      forget: async (workflows: readonly Workflow[]) => {
        seen.forgotten.push(...workflows.map(({ run }) => run));
      },
      async resume({ run }) {
        seen.resumed.push(run);
        return says.resume ?? 'resumed';
      },
    },
    executing: new Map(),
    closed: NEVER,
    kick: () => undefined,
    log: () => undefined,
  };
  return { look: keepingOrder(context), context, concluded, archived, ...seen };
}
