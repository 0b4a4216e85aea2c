import { inProcessRunner } from '../runs/in-process-runner.ts';
import type { Steps } from '../runs/ports.ts';
import type { Runner, Work } from '../runs/runner.ts';
import { DataFolderTaken } from '../storage/data-folder.ts';
import { durableRunner } from '../storage/durable-runner.ts';
import { openStorage, type Storage } from '../storage/open-storage.ts';
import type { Engine } from './engine.ts';
import { type AppSettings, SettingError } from './environment.ts';

/** What executes an App's runs, from open to closed. */
export interface Runners {
  readonly runner: (work: Work) => Runner;
  /** Null where everything is in memory. */
  readonly storage: Storage | null;
  /** True when events can be stored. */
  ready(): Promise<boolean>;
  start(): Promise<void>;
  close(engine: Engine): Promise<void>;
}

/** How long a process that is told to stop waits for its runs. Kubernetes kills after thirty seconds. */
const DRAIN_MS = 8_000;

/** Opens the storage and the durable runner on it; or, for a rehearsal, the one in memory. @throws SettingError */
export async function openRunners(
  settings: AppSettings,
  options: { readonly runner?: 'durable' | 'memory'; readonly aroundSteps?: (steps: Steps) => Steps },
  log: (message: string, fields: Readonly<Record<string, unknown>>) => void,
): Promise<Runners> {
  if (options.runner === 'memory') return inMemory();
  const storage = await open(settings);
  const { aroundSteps } = options;
  const durable = durableRunner(storage, {
    capacity: settings.capacity,
    log,
    ...(aroundSteps ? { aroundSteps } : {}),
  });
  return {
    runner: durable.runner,
    storage,
    ready: () =>
      storage.pool.query('select 1').then(
        () => true,
        () => false,
      ),
    start: durable.start,
    async close() {
      await durable.close(DRAIN_MS);
      await storage.close();
    },
  };
}

function inMemory(): Runners {
  return {
    runner: inProcessRunner,
    storage: null,
    ready: async () => true,
    start: async () => undefined,
    close: (engine) => engine.idle(),
  };
}

async function open(settings: AppSettings): Promise<Storage> {
  try {
    return await openStorage(settings.storage);
  } catch (error) {
    if (error instanceof DataFolderTaken)
      throw new SettingError(
        error.message,
        'Stop that process, set DATA_DIR to another folder, or use DATABASE_URL.',
      );
    const where = settings.storage.databaseUrl
      ? 'The database in DATABASE_URL'
      : `The database in ${settings.storage.dataDirectory}`;
    throw new SettingError(
      `${where} can’t be opened: ${error instanceof Error ? error.message || error.name : String(error)}.`,
      'See that it is up, and that the address, the name and the password are right.',
    );
  }
}
