import * as core from '@actions/core';
import type { Mask } from '../messages/mask.ts';
import { harmlessLogLine } from '../messages/way-out.ts';

/** All that a job of the Action says and hands on: its log, its outputs and its summary. */
export interface JobOutput {
  /** Shown where the job's debug log is on. */
  debug(text: string): void;
  info(text: string): void;
  error(text: string): void;
  /** Shown on the job's page, which stays green. */
  warning(text: string): void;
  /** Fails the job. */
  fail(text: string): void;
  outputs(of: Readonly<Record<string, string | number>>): void;
  /** `markdown`: harmless already. */
  summary(markdown: string): Promise<void>;
}

/** What a job writes, without secrets, and so that no line of its log is a command to the runner. */
export function jobOutput(mask: Mask): JobOutput {
  const line = (text: string) => harmlessLogLine(mask.text(text));
  return {
    debug: (text) => core.debug(line(text)),
    info: (text) => core.info(line(text)),
    error: (text) => core.error(line(text)),
    warning: (text) => core.warning(line(text)),
    fail: (text) => core.setFailed(line(text)),
    outputs(of) {
      for (const [name, each] of Object.entries(mask.texts(of))) core.setOutput(name, each);
    },
    summary: async (markdown) => void (await core.summary.addRaw(mask.text(markdown), true).write()),
  };
}
