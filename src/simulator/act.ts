import type { Actor } from './actor.ts';
import type { App, Repository, World } from './state.ts';

/** Something that happened, as GitHub tells it to Apps, to webhooks and to workflow jobs. */
export interface Emission {
  readonly event: string;
  readonly action: string | null;
  readonly repository: Repository | null;
  readonly actor: Actor;
  /** Only for this App (a button of its own check run, its own installation), or for all that subscribe. */
  readonly only: App | null;
  /** As a workflow job reads it; Apps get it with `installation` added. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Somebody doing something: what every function that changes the world is given. */
export interface Act {
  readonly world: World;
  readonly actor: Actor;
  /** Events that the act caused, in order; sent once the answer is out. */
  readonly emissions: Emission[];
}
