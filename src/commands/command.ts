import type { Verb } from './verbs.ts';

/** What a comment asks, parsed. Plain data: it is stored with the run and printed by `conductor explain`. */
export interface Command {
  /** The verb named in the comment, or null when people wrote free text to an agent. */
  readonly verb: Verb | null;
  /** The agents addressed by name before a colon, lower case, in order; `all` stands for the whole roster; empty: the default agent. */
  readonly agents: readonly string[];
  /** The Markdown after the handle, verb, agents and options; what the agent is asked. */
  readonly text: string;
  /** `--key=value` pairs, and budgets said in words, as `max_cost_usd`. Values are unchecked text. */
  readonly options: Readonly<Record<string, string>>;
}
