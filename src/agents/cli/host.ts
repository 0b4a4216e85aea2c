import type { CliCall, CliTask } from '../cli-agent.ts';

/** The wire formats that coding CLIs speak: Anthropic's Messages, OpenAI's Responses and Chat Completions, Google's. */
export type WireName = 'messages' | 'responses' | 'chat' | 'gemini';

/** Why a run may make no more calls. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

/** The only way from a cage to a model. It lives as long as one run, and holds the key that the CLI never sees. */
export interface Gateway {
  /** `http://127.0.0.1:PORT`; the wire formats' own paths come after it. */
  readonly url: string;
  /** Good for this gateway only. */
  readonly key: string;
  /** What it lets through. */
  readonly wires: readonly WireName[];
  /** Aborted once the run may make no more calls; `reason` is the Refusal. */
  readonly exhausted: AbortSignal;
  /** The calls so far that went to the model, or would have, in the order in which they ended. */
  calls(): readonly CliCall[];
  /** Ends every call, and resolves when each is settled. Throws what the meter has thrown. */
  close(): Promise<void>;
}

/** `null`: the model is no vendor's, so there is nothing to reach. A failure says why there is no way to the model. */
export type OpenedGateway =
  | { readonly ok: true; readonly gateway: Gateway | null }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly next: string };

/** An account of this machine. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Who the processes of a cage run as. `own`: an account of its own for each run, which nobody else has; only root can
 * give one. An Owner: that account, for all runs. `same`: ours; then a CLI can read what we can, our environment too.
 */
export type CageUser = 'own' | 'same' | Owner;

/** What a host gives: everything of the machine that a cage needs. */
export interface CliHost {
  /** Folders in which programs are found, absolute, first to last. The CLI finds its own programs there too. */
  readonly path: readonly string[];
  readonly user: CageUser;
  /** An existing folder that every account may pass through. */
  readonly temporaryFolder: string;
  openGateway(task: CliTask): Promise<OpenedGateway>;
}
