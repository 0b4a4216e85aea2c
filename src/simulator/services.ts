import type { Emission } from './act.ts';
import type { CallLog } from './call-log.ts';
import type { FaultSource } from './faults.ts';
import type { RateLimits } from './rate-limit.ts';
import type { Repository, World } from './state.ts';
import type { Tokens } from './tokens.ts';

/** What the simulator answers requests with. */
export interface Services {
  readonly world: World;
  readonly tokens: Tokens;
  readonly log: CallLog;
  readonly faults: FaultSource;
  readonly limits: RateLimits;
  readonly record: boolean;
  /** Runs a change to a repository (and its forks) alone, one after the other. */
  readonly alone: <T>(repository: Repository | null, work: () => Promise<T>) => Promise<T>;
  /** Sends events on, as soon as `answered` says that the answer to their cause is out. */
  readonly publish: (emissions: readonly Emission[], answered: Promise<void>) => void;
}
