import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { Work } from '../../src/runs/runner.ts';
import type { Executing } from '../../src/storage/context.ts';
import { decideReceived } from '../../src/storage/decide-received.ts';
import type { Durable } from '../../src/storage/durable.ts';
import { executeClaimed } from '../../src/storage/execute-claimed.ts';
import { end, enqueue } from '../../src/storage/run-queue.ts';
import { keepSession } from '../../src/storage/sessions.ts';
import { retryRun } from '../../src/storage/thread-runs.ts';
import { ask, DONE, FAILED, HERE, NEVER, receive, rowOf, start } from './build.ts';
import { type Cut, cutting } from './cut.ts';
import type { TestStore } from './stores.ts';

const BETWEEN: Cut = { at: 'update "sessions"', done: false };
const COMMITTED: Cut = { at: 'commit', done: true };

export function cutTests(store: TestStore): void {
  const db = () => store.storage.db;
  const parts = { replica: HERE, closed: NEVER, kick: () => undefined, log: () => undefined };

  /** Executes a run whose end meets the cut, and gives how many places it still takes. */
  async function placesTaken(cut: Cut, work: Partial<Work>): Promise<number> {
    const { run } = await start(db());
    const at = new Date().toISOString();
    await keepSession(db(), { repository: '1', thread: 1 }, { run, agent: 'coder', timeoutMinutes: 9, at });
    await sql`update sessions set last_active_at = now() - interval '1 hour'`.execute(db());
    const executing = new Map<string, Executing>([[run, { attempt: 1, halt: () => undefined }]]);
    const context = { ...parts, executing, db: cutting(store.storage, cut), durable: {} as Durable };
    const executed = executeClaimed(
      { ...context, work: work as Work },
      { run, attempt: 1 },
      { run: (_name, step) => step() },
    );
    await Promise.race([executed, setTimeout(2_000)]);
    return executing.size;
  }

  it.each([
    ['between the run’s end and its session’s', BETWEEN],
    ['when the end is committed, before it is answered', COMMITTED],
  ])('S0-35, R20: a connection that breaks %s parks nothing', async (_when, at) => {
    const work: Partial<Work> = { execute: async () => ({ how: 'ended', outcome: DONE, told: true }) };
    expect(await placesTaken(at, work)).toBe(0);
    const { rows } =
      await sql`select state, outcome_code, last_active_at > now() - interval '1 minute' as touched
      from runs, sessions`.execute(db());
    expect(rows).toEqual([{ state: 'ended', outcome_code: DONE.code, touched: true }]);
  });

  it('S0-35: a process that is killed between the two has ended nothing: who takes over ends it', async () => {
    const holder = await start(db());
    const cut = end(cutting(store.storage, BETWEEN), holder, { outcome: DONE, told: true });
    await expect(cut).rejects.toThrow('broke');
    expect((await rowOf(db(), holder.run)).state).toBe('running');
  });

  it('R22: a run that another process took keeps no place in this one', async () => {
    const work: Partial<Work> = {
      async execute() {
        await sql`update runs set replica = 'there', token = token + 1`.execute(db());
        return { how: 'ended', outcome: DONE, told: true };
      },
    };
    expect(await placesTaken({ at: 'nothing', done: false }, work)).toBe(0);
    const { rows } = await sql`select state from runs`.execute(db());
    expect(rows).toEqual([{ state: 'running' }]);
  });

  it('an end that is repeated late does not end the retry that has begun meanwhile', async () => {
    const holder = await start(db());
    expect(await end(db(), holder, { outcome: FAILED, told: true })).toBe(true);
    await retryRun(db(), { steps: async () => [] }, holder.run);
    await sql`update runs set state = 'running'`.execute(db());
    await end(db(), holder, { outcome: FAILED, told: true });
    expect(await rowOf(db(), holder.run)).toMatchObject({ state: 'running', attempt: 2 });
  });

  it.each([
    ['committed, and its answer lost', COMMITTED],
    ['not committed', { at: 'commit', done: false }],
  ])('R20: a command whose queueing was %s is welcomed once and can be claimed', async (_how, at) => {
    const request = ask();
    const run = await receive(db(), request);
    const welcomed: number[] = [];
    const work: Partial<Work> = {
      decide: async () => ({ kind: 'command', request, commandsPerMinute: 1, ledgerBranch: null }),
      welcome: async (_request, ahead) => void welcomed.push(ahead),
    };
    const received = decideReceived({ ...parts, db: cutting(store.storage, at), work: work as Work });
    await received.look();
    while (!received.idle()) await setTimeout(5);
    expect(welcomed).toEqual([0]);
    expect(await rowOf(db(), run)).toMatchObject({ state: 'queued', not_before: null, turned_down: null });
  });

  it('R20: what was refused in silence stays refused when it is decided again', async () => {
    const request = ask();
    const run = await receive(db(), request);
    await sql`update runs set state = 'ended', outcome_code = 'rate'`.execute(db());
    expect(await enqueue(db(), run, request, 1_000)).toBeNull();
    expect(await rowOf(db(), run)).toMatchObject({ state: 'ended', outcome_code: 'rate' });
  });
}
