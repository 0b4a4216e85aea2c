import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterEach, expect, it, vi } from 'vitest';
import type { CommandRequest } from '../../src/commands/request.ts';
import { systemClock } from '../../src/hosts/clock.ts';
import { outcome } from '../../src/runs/outcome.ts';
import { type RunId, runIdOf } from '../../src/runs/run-id.ts';
import type { Executed, Execution, Runner, Work } from '../../src/runs/runner.ts';
import { type DurableRunner, durableRunner } from '../../src/storage/durable-runner.ts';
import { stopRuns } from '../../src/storage/thread-runs.ts';
import { ask, DONE, FAILED, rowOf } from './build.ts';
import type { TestStore } from './stores.ts';

const ENDED: Executed = { how: 'ended', outcome: DONE, told: true };
const STOP = { code: 'stopped', by: 'ada', silent: false };
const STOPPED: Executed = { how: 'ended', outcome: outcome('stopped', 'stopped', '', null), told: true };
/** As a step's result that failed: see agents/model.ts. */
const FAILED_STEP = { done: { ok: false } };

type Execute = (request: CommandRequest, execution: Execution) => Promise<Executed>;

export function durableRunnerTests(store: TestStore): void {
  let open: DurableRunner | null = null;
  afterEach(() => close());

  async function close(withinMs = 0): Promise<void> {
    await open?.close(withinMs);
    open = null;
  }

  /** A started runner whose every event is a command, and whose runs do what is given. */
  async function serve(execute: Execute, work: Partial<Work> = {}): Promise<Runner> {
    open = durableRunner(store.storage, {
      capacity: { runs: 20, runsPerInstallation: 10 },
      clock: systemClock,
      log: () => undefined,
    });
    const runner = open.runner({
      decide: async (event) => ({
        kind: 'command',
        request: event as CommandRequest,
        commandsPerMinute: 100,
        ledgerBranch: null,
      }),
      welcome: async () => undefined,
      execute,
      conclude: async () => ({ told: true }),
      archive: async () => undefined,
      ...work,
    });
    await open.start();
    return runner;
  }

  const outcomeOf = async (run: RunId) => (await rowOf(store.storage.db, run)).outcome_code;

  it('R3: executes a request once, however often it is handed in', async () => {
    const executed: RunId[] = [];
    const runner = await serve(async (request) => {
      executed.push(runIdOf(request));
      return ENDED;
    });
    const requests = Array.from({ length: 5 }, (_, thread) => ask({ thread }));
    const handed = [...requests, ...requests, ...requests];
    const submitted = await Promise.all(handed.map((request) => runner.submit(request)));
    await runner.idle();
    await runner.submit(requests[0]!);
    await runner.idle();
    expect(executed.toSorted()).toEqual(requests.map(runIdOf).toSorted());
    expect(submitted.filter(({ how }) => how === 'accepted')).toHaveLength(5);
  });

  it('S1-2: answers two mentions at once in one thread in order, without overlap, and another thread beside them', async () => {
    const log: string[] = [];
    const names = new Map<RunId, string>();
    const otherEnded = Promise.withResolvers<void>();
    const runner = await serve(async (request) => {
      const name = names.get(runIdOf(request));
      log.push(`${name} begins`);
      if (name === 'first') await otherEnded.promise;
      if (name === 'other') otherEnded.resolve();
      log.push(`${name} ends`);
      return ENDED;
    });
    const asked = { first: ask(), second: ask(), other: ask({ thread: 2 }) };
    for (const [name, request] of Object.entries(asked)) names.set(runIdOf(request), name);
    await Promise.all(Object.values(asked).map((request) => runner.submit(request)));
    await runner.idle();
    const inThread = log.filter((line) => !line.startsWith('other'));
    expect(inThread).toEqual(['first begins', 'first ends', 'second begins', 'second ends']);
  });

  it('asks again later for a text whose repository can’t be reached, and ignores one that asks for nothing', async () => {
    const decide = vi.fn<Work['decide']>();
    decide.mockRejectedValueOnce(new Error('GitHub is away'));
    decide.mockResolvedValue({ kind: 'ignored', reason: 'no command' });
    const runner = await serve(async () => ENDED, { decide });
    const request = ask();
    await runner.submit(request);
    await runner.idle();
    expect(decide).toHaveBeenCalledTimes(2);
    expect(await rowOf(store.storage.db, runIdOf(request))).toMatchObject({
      state: 'ignored',
      request: null,
    });
  });

  it('R1, R26: a run that its process gave up goes on in the next one, after the steps that were done', async () => {
    const done: string[] = [];
    const begun = Promise.withResolvers<void>();
    const request = ask();
    const first = await serve(async (_request, { steps }) => {
      await steps.run('read', async () => void done.push('read'));
      await steps.run('write', async () => {
        done.push('write, given up');
        begun.resolve();
        return new Promise<never>(() => undefined);
      });
      return ENDED;
    });
    await first.submit(request);
    await begun.promise;
    await close();
    await store.reopen();

    const second = await serve(async (_request, { steps }) => {
      await steps.run('read', async () => void done.push('read again'));
      await steps.run('write', async () => void done.push('write'));
      return ENDED;
    });
    await second.idle();
    expect(done).toEqual(['read', 'write, given up', 'write']);
    expect(await outcomeOf(runIdOf(request))).toBe('answered');
  });

  it('R2: what was taken and not begun is executed after a restart', async () => {
    const request = ask();
    open = durableRunner(store.storage, {
      capacity: { runs: 1, runsPerInstallation: 1 },
      clock: systemClock,
      log: () => undefined,
    });
    const taking = open.runner({} as Work);
    expect(await taking.submit(request)).toMatchObject({ how: 'accepted' });
    await close();
    const runner = await serve(async () => ENDED);
    await runner.idle();
    expect(await outcomeOf(runIdOf(request))).toBe('answered');
  });

  // Again when it fails: a second is short on a machine that is busy with other things.
  it('R31: a stop, told here or by another process, halts a run within a second', { retry: 2 }, async () => {
    const begun: RunId[] = [];
    const runner = await serve(async (request, { control }) => {
      begun.push(runIdOf(request));
      await new Promise((resolve) => control.signal.addEventListener('abort', resolve));
      expect(await control.stop()).toEqual(STOP);
      return STOPPED;
    });
    const [here, there] = [ask({ thread: 1 }), ask({ thread: 2 })];
    for (const request of [here, there]) await runner.submit(request);
    await vi.waitFor(() => expect(begun).toHaveLength(2), 5_000);
    const told = Date.now();
    await runner.stop({ run: runIdOf(here) }, STOP);
    await stopRuns(store.storage.db, { repositoryId: 1, thread: 2 }, STOP);
    await runner.idle();
    expect(Date.now() - told).toBeLessThan(1_000);
    expect(await outcomeOf(runIdOf(here))).toBe('stopped');
  });

  it('R31: `stop` of a thread reaches its other runs, `status` lists them', async () => {
    const begun = Promise.withResolvers<void>();
    const work = ask();
    const runner = await serve(async ({ command }, { control, threadRuns }) => {
      if (command.verb === 'stop') {
        expect((await threadRuns?.list())?.map(({ run }) => run)).toEqual([runIdOf(work)]);
        expect(await threadRuns?.stop('ada')).toMatchObject([{ run: runIdOf(work) }]);
        return ENDED;
      }
      begun.resolve();
      await new Promise((resolve) => control.signal.addEventListener('abort', resolve));
      return STOPPED;
    });
    await runner.submit(work);
    await begun.promise;
    const stop = ask({ body: '@conductor stop' });
    await runner.submit(stop);
    await runner.idle();
    expect([await outcomeOf(runIdOf(work)), await outcomeOf(runIdOf(stop))]).toEqual(['stopped', 'answered']);
  });

  it('a retry goes on from the step that failed, and repeats none before it', async () => {
    const done: string[] = [];
    let fails = true;
    const runner = await serve(async (_request, { steps }) => {
      await steps.run('base', async () => void done.push('base'));
      await steps.run('model-coder-1', async () => void done.push('model-coder-1'));
      const last = await steps.run('model-coder-2', async () => {
        done.push(fails ? 'model-coder-2 fails' : 'model-coder-2');
        return fails ? FAILED_STEP : { done: { ok: true } };
      });
      await steps.run('last-word', async () => void done.push('last-word'));
      return last.done.ok ? ENDED : { how: 'ended', outcome: FAILED, told: true };
    });
    const request = ask();
    await runner.submit(request);
    await runner.idle();
    expect(await outcomeOf(runIdOf(request))).toBe('model_failed');
    fails = false;
    done.length = 0;
    expect(await open?.retry(runIdOf(request))).toMatchObject({ from: 'model-coder-2' });
    await runner.idle();
    expect(done).toEqual(['model-coder-2', 'last-word']);
    expect(await rowOf(store.storage.db, runIdOf(request))).toMatchObject({
      attempt: 2,
      outcome_state: 'done',
    });
    expect(await open?.retry(runIdOf(request))).toBeNull();
  });

  it('S2-8: a run that could not start is tried again, from its start', async () => {
    let tries = 0;
    const runner = await serve(async (_request, { steps }) => {
      const reached = await steps.run('base', async () => ++tries > 1);
      return reached ? ENDED : { how: 'not_started', error: 'GitHub is away' };
    });
    const request = ask();
    await runner.submit(request);
    await runner.idle();
    expect(tries).toBe(2);
    expect(await rowOf(store.storage.db, runIdOf(request))).toMatchObject({ state: 'ended', attempt: 2 });
  });

  it('R29: a run that brought five processes down is not begun a sixth time, and others go on', async () => {
    const [poison, other] = [ask(), ask({ thread: 2 })];
    const { db } = store.storage;
    await sql`insert into runs (id, installation, repository, thread, asker, state, replica, request, begun, token)
      values (${runIdOf(poison)}, 1, 1, 1, 1, 'running', 'dead', ${JSON.stringify(poison)}, 5, 5)`.execute(
      db,
    );
    const executed: RunId[] = [];
    const conclude = vi.fn<Work['conclude']>(async () => ({ told: true }));
    const execute: Execute = async (request) => {
      executed.push(runIdOf(request));
      return ENDED;
    };
    const runner = await serve(execute, { conclude });
    await runner.submit(other);
    await runner.idle();
    expect(executed).toEqual([runIdOf(other)]);
    expect(conclude).toHaveBeenCalledTimes(1);
    expect(await rowOf(db, runIdOf(poison))).toMatchObject({ state: 'ended', outcome_code: 'kept_crashing' });
  });

  it('R26: closing waits for what is under way, and begins nothing more', async () => {
    let begun = 0;
    const runner = await serve(async () => {
      begun += 1;
      await setTimeout(300);
      return ENDED;
    });
    const [first, second] = [ask(), ask()];
    await runner.submit(first);
    await runner.submit(second);
    await vi.waitFor(() => expect(begun).toBe(1), 5_000);
    await close(5_000);
    expect(begun).toBe(1);
    expect(await rowOf(store.storage.db, runIdOf(first))).toMatchObject({ state: 'ended' });
    expect(await rowOf(store.storage.db, runIdOf(second))).toMatchObject({ state: 'queued' });
  });

  it('two runners in one process are refused: DBOS is global', async () => {
    await serve(async () => ENDED);
    const second = durableRunner(store.storage, {
      capacity: { runs: 1, runsPerInstallation: 1 },
      clock: systemClock,
      log: () => undefined,
    });
    second.runner({} as Work);
    await expect(second.start()).rejects.toThrow('This process executes durable runs already.');
  });
}
