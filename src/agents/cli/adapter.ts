import type { CliToolUse } from '../cli-agent.ts';
import type { CliKind, Runner } from '../profile.ts';
import type { WireName } from './host.ts';

/** What a CLI is started with, beside the cage's own environment. */
export interface Launch {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Files of its own settings, by path below its home. */
  readonly files: Readonly<Record<string, string>>;
  /** `request`: reads the request's file and its end; `nothing`: the end at once. */
  readonly stdin: 'request' | 'nothing';
}

/** What a launch is made from. */
export interface LaunchOptions {
  /** The vendor's id of the model. */
  readonly model: string;
  /** null: there is no model to reach, and no gateway. */
  readonly gateway: { readonly url: string; readonly key: string; readonly wire: WireName } | null;
  /** Absolute. */
  readonly home: string;
  readonly requestFile: string;
}

/** What one line of an event stream tells. */
export interface CliEvent {
  /** `busy`: it goes on; `done` and `error`: it says that it has ended. The last one counts. */
  readonly state: 'busy' | 'done' | 'error';
  /** Its words so far, or why it failed. Each text takes the place of the one before. */
  readonly text?: string | undefined;
  readonly tools?: readonly CliToolUse[] | undefined;
}

/** Reads a stream line by line, and remembers what it needs of earlier lines. Total: what it does not know is `busy`. */
export type EventReader = (line: string) => CliEvent;

/** One coding CLI: how it is started without a person, and how its event stream is read. */
export interface CliAdapter {
  readonly kind: CliKind;
  /** As people know it. */
  readonly title: string;
  /** What is started: a name to be looked for, or an absolute path. */
  program(runner: Runner): string;
  /** What it can speak, best first; null: any, and none is fine too. */
  readonly wires: readonly WireName[] | null;
  launch(options: LaunchOptions, runner: Runner): Launch;
  reader(): EventReader;
}
