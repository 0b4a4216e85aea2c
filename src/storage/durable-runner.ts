import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock, Steps } from '../runs/ports.ts';
import { type RunId, runIdOf } from '../runs/run-id.ts';
import type { Runner, Work } from '../runs/runner.ts';
import type { Executing, RunnerContext } from './context.ts';
import { decideReceived } from './decide-received.ts';
import { type Body, type Durable, launchDurable } from './durable.ts';
import { executeClaimed } from './execute-claimed.ts';
import { createInbox } from './inbox.ts';
import { keepingOrder } from './keep-order.ts';
import type { Storage } from './open-storage.ts';
import { receiveDueRechecks } from './rechecks.ts';
import { adopt, HEARTBEAT_MS, heartbeat, leave } from './replicas.ts';
import { type Capacity, type Claimed, claim } from './run-queue.ts';
import { refuseLater, retryRun, stopRuns } from './thread-runs.ts';
import { isTransient } from './transient.ts';

export interface DurableRunnerOptions {
  readonly capacity: Capacity;
  readonly clock: Clock;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  /** Put around the steps of every execution: for tests that crash the process inside them. */
  readonly aroundSteps?: (steps: Steps) => Steps;
}

/** A runner whose promises hold across crashes: nothing accepted is lost, and no finished step is done again. */
export interface DurableRunner {
  /** What the engine submits to. Takes events at once; executes nothing before `start`. */
  runner(work: Work): Runner;
  start(): Promise<void>;
  /** Queues a failed or stopped run again, and says from which step; null: it is not of that kind. */
  retry(run: RunId): Promise<{ readonly from: string } | 'forgotten' | null>;
  /** Begins nothing more, waits so long for what is under way, and hands over what is left. */
  close(withinMs: number): Promise<void>;
}

/** How often somebody looks whether something became ready without a kick: a stop, or work of another process. */
const TICK_MS = 500;
const BREATH_MS = 20;
const ORDER_MS = 10_000;
/** How late an approval that has expired is seen at the most, beside the time that the recheck itself takes. */
const EXPIRY_MS = 5_000;

export function durableRunner(storage: Storage, options: DurableRunnerOptions): DurableRunner {
  const { db } = storage;
  const { log } = options;
  const replica = randomUUID();
  const inbox = createInbox(storage.urgent, replica);
  const executing = new Map<string, Executing>();
  const closing = new AbortController();
  const closed = new AbortController();
  const loops: Promise<void>[] = [];
  let work: Work | null = null;
  let durable: Durable | null = null;
  let received: ReturnType<typeof decideReceived> | null = null;
  let wake = new AbortController();
  const kick = () => wake.abort();

  /** Repeats until closing; a failure is told, and waited out. */
  async function loop(
    name: string,
    everyMs: number,
    signal: AbortSignal,
    turn: () => Promise<unknown>,
  ): Promise<void> {
    while (!signal.aborted) {
      await turn().catch((error: unknown) => {
        if (!signal.aborted)
          log(`${name}: ${isTransient(error) ? 'the database is away' : 'failed'}`, { error: String(error) });
      });
      await setTimeout(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async function beginRuns(context: RunnerContext, look: () => Promise<void>): Promise<void> {
    while (!closing.signal.aborted) {
      wake = new AbortController();
      try {
        await look();
        while (executing.size < options.capacity.runs) {
          const next = await claim(db, replica, options.capacity);
          if (next === null) break;
          await startClaimed(context, next);
        }
      } catch (error) {
        log('beginning runs failed', { error: String(error) });
      }
      // Under load there is always a reason to look again: what comes in must not wait for the database meanwhile.
      await setTimeout(BREATH_MS);
      const signal = AbortSignal.any([wake.signal, closing.signal]);
      await setTimeout(TICK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A run that could not be started stays ours, and the watchdog resumes it. */
  async function startClaimed(context: RunnerContext, { run, attempt, retryFrom }: Claimed): Promise<void> {
    if (retryFrom !== null) return context.durable.startFrom({ run, attempt }, retryFrom);
    executing.set(run, { attempt, halt: () => undefined });
    try {
      await context.durable.start({ run, attempt });
    } catch (error) {
      executing.delete(run);
      throw error;
    }
  }

  async function adoptDead(context: RunnerContext): Promise<void> {
    await heartbeat(db, replica);
    for (const run of await adopt(db, replica, storage.kind === 'embedded'))
      await context.durable.resume(run);
    kick();
  }

  async function recheckExpired(): Promise<void> {
    if ((await receiveDueRechecks(db, replica, options.clock.now())) > 0) kick();
  }

  async function haltStopped(): Promise<void> {
    if (executing.size === 0) return;
    const rows = await db
      .selectFrom('runs')
      .select(['id', 'stop'])
      .where('id', 'in', [...executing.keys()])
      .where('stop', 'is not', null)
      .execute();
    for (const { id, stop } of rows) executing.get(id)?.halt(JSON.parse(stop ?? 'null'));
  }

  return {
    runner(given) {
      work = given;
      return {
        async submit(event) {
          const how = await inbox.store(event);
          kick();
          return { run: runIdOf(event), how };
        },
        async stop(scope, stop) {
          if ('run' in scope) await refuseLater(db, scope.run);
          for (const { run } of await stopRuns(db, scope, stop)) executing.get(run)?.halt(stop);
          kick();
        },
        async idle() {
          while ((await openRuns()) > 0) await setTimeout(25);
        },
      };
    },
    async start() {
      if (work === null) throw new Error('The runner has no engine to work for.');
      await heartbeat(db, replica);
      const around = options.aroundSteps ?? ((steps: Steps) => steps);
      // DBOS may begin with what another process left before `launchDurable` has returned.
      const ready = Promise.withResolvers<RunnerContext>();
      const body: Body = async (workflow, steps) =>
        executeClaimed(await ready.promise, workflow, around(steps));
      durable = await launchDurable(storage, replica, body, (message) => log(message, {}));
      const started = { db, replica, work, durable, executing, closed: closed.signal, kick, log };
      ready.resolve(started);
      received = decideReceived(started);
      await adoptDead(started);
      loops.push(
        loop('heartbeat', HEARTBEAT_MS, closed.signal, () => adoptDead(started)),
        loop('stops', TICK_MS, closed.signal, haltStopped),
        loop('expiry', EXPIRY_MS, closing.signal, recheckExpired),
        loop('watchdog', ORDER_MS, closing.signal, keepingOrder(started)),
        beginRuns(started, received.look),
      );
    },
    async retry(run) {
      const retried = durable && (await retryRun(db, durable, run));
      kick();
      return retried;
    },
    async close(withinMs) {
      closing.abort();
      const until = Date.now() + withinMs;
      const busy = () => executing.size > 0 || received?.idle() === false;
      while (busy() && Date.now() < until) await setTimeout(25);
      closed.abort();
      await Promise.all(loops);
      await leave(db, replica).catch(() => undefined);
      await durable?.close();
    },
  };

  async function openRuns(): Promise<number> {
    const row = await db
      .selectFrom('runs')
      .select(({ fn }) => fn.countAll<string>().as('open'))
      .where('state', 'in', ['received', 'queued', 'running'])
      .executeTakeFirstOrThrow();
    return Number(row.open);
  }
}
