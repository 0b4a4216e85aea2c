import { durableRunnerTests } from './durable-runs.ts';
import { onBothStorages } from './stores.ts';

/** DBOS is global to its process, so these are in a file of their own, one after another. */
await onBothStorages(durableRunnerTests);
