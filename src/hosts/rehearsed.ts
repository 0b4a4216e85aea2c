import type { RunControl } from './control.ts';

/** How one run came out, as both forms can tell it. */
export interface RehearsedRun {
  readonly run: string;
  readonly conclusion: string;
  readonly verdict: string | null;
  readonly pullRequest: number | null;
  readonly branch: string | null;
}

/** Conductor connected to a simulator, in one of its forms. */
export interface Host {
  /** Resolves when everything that has been asked so far is done. */
  settled(): Promise<void>;
  /** The runs that have ended, in order. */
  runs(): readonly RehearsedRun[];
  /** What an operator may ask of its runs and their record; null: nothing of them is stored. */
  readonly control: (() => Promise<RunControl>) | null;
  close(): Promise<void>;
}
