import type { Server } from 'node:http';
import type { Probot } from 'probot';
import { inProcessRunner } from '../runs/in-process-runner.ts';
import type { Clock, Steps } from '../runs/ports.ts';
import type { Runner, Work } from '../runs/runner.ts';
import { durableRunner } from '../storage/durable-runner.ts';
import { loadOf, type StoredLoad } from '../storage/load.ts';
import { appLog } from './app-log.ts';
import { systemClock } from './clock.ts';
import { serveControl } from './control.ts';
import type { Engine } from './engine.ts';
import type { AppSettings } from './environment.ts';
import { failureFields } from './log.ts';
import { type Reconciler, reconcile } from './reconcile.ts';
import { openSettingsStorage } from './storage.ts';

/** What executes an App's runs, from open to closed. */
export interface Runners {
  readonly runner: (work: Work) => Runner;
  /** True when events can be stored. */
  ready(): Promise<boolean>;
  /** How much there is to do; null: nobody can say now. */
  load(): Promise<StoredLoad | null>;
  start(): Promise<void>;
  /** Catches up with what GitHub told before; to be called when webhooks are taken, since they come again. */
  catchUp(engine: Engine): void;
  close(engine: Engine): Promise<void>;
}

export interface RunnersOptions {
  /** `memory`: nothing survives this process, and no database is opened. For rehearsals. */
  readonly runner?: 'durable' | 'memory';
  /** The machine's, by default. */
  readonly clock?: Clock;
  /** Put around the steps of every run: for tests that crash the process inside them. */
  readonly aroundSteps?: (steps: Steps) => Steps;
}

/** How long a process that is told to stop waits for its runs. Kubernetes kills after thirty seconds. */
const DRAIN_MS = 8_000;

/**
 * Opens the storage, the durable runner on it, and what catches up with GitHub; or, for a rehearsal, a runner in memory.
 * @throws SettingError when the storage can't be opened
 */
export async function openRunners(
  settings: AppSettings,
  app: Probot,
  options: RunnersOptions = {},
): Promise<Runners> {
  if (options.runner === 'memory') return inMemory();
  const storage = await openSettingsStorage(settings);
  const { aroundSteps, clock = systemClock } = options;
  const log = appLog(app, settings.mask);
  let reconciler: Reconciler | null = null;
  let control: Server | null = null;
  const durable = durableRunner(storage, {
    capacity: settings.capacity,
    clock,
    log: (message, fields) => log('warn', message, fields),
    ...(aroundSteps ? { aroundSteps } : {}),
  });
  return {
    runner: durable.runner,
    ready: () =>
      storage.pool.query('select 1').then(
        () => true,
        () => false,
      ),
    load: () => loadOf(storage.db).catch(() => null),
    catchUp(engine) {
      reconciler = reconcile(app, settings, storage, engine);
    },
    async start() {
      await durable.start();
      control = await serveControl(settings, storage, durable).catch((error: unknown) => {
        log('warn', 'conductor runs, stop and retry can’t reach this process', failureFields(error));
        return null;
      });
    },
    async close() {
      control?.close();
      await Promise.all([durable.close(DRAIN_MS), reconciler?.close()]);
      await storage.close();
    },
  };
}

function inMemory(): Runners {
  return {
    runner: inProcessRunner,
    ready: async () => true,
    load: async () => null,
    start: async () => undefined,
    catchUp: () => undefined,
    close: (engine) => engine.idle(),
  };
}
