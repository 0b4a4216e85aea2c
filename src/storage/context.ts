import type { Kysely } from 'kysely';
import type { Stop } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import type { Work } from '../runs/runner.ts';
import type { Durable } from './durable.ts';
import type { Tables } from './tables.ts';

/** An execution under way in this process. */
export interface Executing {
  readonly attempt: number;
  /** Ends model calls and waits at once. */
  halt(stop: Stop): void;
}

/** What the parts of the durable runner share. */
export interface RunnerContext {
  readonly db: Kysely<Tables>;
  /** This process, by a name that no other has or had. */
  readonly replica: string;
  readonly work: Work;
  readonly durable: Durable;
  readonly executing: Map<RunId, Executing>;
  /** Aborted when this process gives up what it holds. */
  readonly closed: AbortSignal;
  /** Something may be ready: look now instead of at the next tick. */
  readonly kick: () => void;
  readonly log: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}
