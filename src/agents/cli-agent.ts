import type { Workspace } from '../changes/workspace.ts';
import type { Meter } from './meter.ts';
import type { Model, Usage } from './model.ts';
import type { AgentProfile } from './profile.ts';
import type { Thought } from './thought.ts';

/** Where a model is, as a repository's config says it. It names the variable of a key, and never holds one. */
export interface CliModelEntry {
  readonly provider: string;
  readonly model: string;
  readonly base_url?: string | undefined;
  readonly api_key_env?: string | undefined;
  readonly wire?: 'responses' | 'chat' | undefined;
  readonly compat?: 'legacy' | undefined;
}

/** One piece of work for a coding CLI. Its profile's `runner` says which. */
export interface CliTask {
  readonly profile: AgentProfile;
  readonly mayEdit: boolean;
  /** True when an answer without a change is a failure. */
  readonly mustChange: boolean;
  /** The request with its thread, as the agent is told it. */
  readonly request: string;
  /** The repository's instruction file at the base commit; null when it has none. */
  readonly guidance: string | null;
  /** What the CLI gets a copy of. */
  readonly workspace: Workspace;
  /** The one model that the gateway lets it use. */
  readonly model: Pick<Model, 'name' | 'label' | 'price'>;
  /** The same model's entry in the config. */
  readonly entry: CliModelEntry;
  /** Asked before every call that the CLI makes to its model. */
  readonly meter: Meter;
  /** Calls that it may make to its model. */
  readonly maxTurns: number;
  /** Milliseconds until it is ended. */
  readonly timeoutMs: number;
}

/** One call that the CLI made through the gateway. */
export interface CliCall {
  /** SHA-256 of the request's body, hex. */
  readonly promptDigest: string;
  /** null: the vendor did not say. */
  readonly usage: Usage | null;
  /** Milliseconds from the request to the end of its answer, whole; 0: it was not let through. */
  readonly ms: number;
  /** A failure's code; null: it was answered. */
  readonly failure: string | null;
}

/** One thing that the CLI did, as its event stream tells. */
export interface CliToolUse {
  readonly tool: string;
  readonly target: string;
  readonly ok: boolean;
}

/** What came of it. The thought's change set is what stands in the copy afterwards, whatever the CLI says it did. */
export interface CliWork {
  readonly thought: Thought;
  readonly calls: readonly CliCall[];
  /** For people to read, never to decide on. At most a thousand. */
  readonly tools: readonly CliToolUse[];
}

/**
 * Lets a CLI work in its cage. Never throws for what the CLI, its model or its machine does; what the meter throws is
 * thrown again, once the cage is gone.
 */
export type CliAgent = (task: CliTask, signal: AbortSignal) => Promise<CliWork>;
