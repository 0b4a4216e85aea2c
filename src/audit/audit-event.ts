import type { Cause } from '../commands/request.ts';
import type { Standing } from '../policy/standing.ts';
import type { DigestParts, Judgement } from '../policy/verdict.ts';
import type { OutcomeState } from '../runs/outcome.ts';
import type { ChangedFile, Written, WrittenThing } from '../runs/run-events.ts';

/**
 * What the ledger can say: every kind that there is, with the body that stands on the chain for good, and the detail
 * beside it. Nothing in a body is about a person, or anybody's own words: names of agents, models and rules, digests,
 * codes and numbers. People's words, names, paths and addresses are detail, which can be forgotten.
 */
interface Kinds {
  run_queued: [{ ahead: number }];
  run_started: [{ verb: string | null; cause: Cause; attempt: number }, { asking: string }];
  /** What was asked, in the asker's words: kept for `audit.prompt_days`. */
  asked: [{ characters: number }, { text: string }];
  facts_gathered: [{ base: string; permission: string; config: string | null }, { branch: string }];
  /** Another config judges a repository from here on. */
  config_changed: [{ from: string | null; to: string | null }];
  command_accepted: [
    {
      agent: string;
      model: string;
      runner: string | null;
      may_edit: boolean;
      budget_usd: number | null;
      timeout_minutes: number;
    },
  ];
  command_refused: [{ code: string }];
  checks_failed: [{ head: string; repair: number | null; of: number }, { checks: readonly string[] }];
  /** What agents were told before their first turn, by its digest. */
  context_packed: [{ digest: string; tokens: number }];
  context_left_out: [{ count: number }, { items: readonly string[] }];
  model_called: [
    {
      agent: string;
      model: string;
      prompt: string;
      input_tokens: number;
      cached_tokens: number;
      output_tokens: number;
      cost_usd: number | null;
      price: string | null;
      milliseconds: number | null;
      failed: boolean;
    },
    { failure: string }?,
  ];
  model_fell_back: [{ agent: string; from: string; to: string; code: string }];
  /** A tool's name is the model's own word: one that does not exist can read like anything. */
  tool_used: [{ agent: string; ok: boolean }, { tool: string; target: string }];
  change_proposed: [
    { digest: string; files: number; added: number; removed: number },
    { summary: string; files: readonly ChangedFile[] },
  ];
  verdict_reached: [
    { verdict: Judgement; digest: string; parts: DigestParts; rules: Readonly<Record<string, Judgement>> },
    { reasons: readonly { rule: string; path: string | null; line: number | null; message: string }[] },
  ];
  /** Policy stopped a change: which rules. */
  policy_violation: [{ digest: string; rules: readonly string[] }];
  approval_asked: [{ name: string }];
  approvals_weighed: [{ state: Standing['state'] }];
  /** `word`: a digest of where it was said, the same each time it is weighed. */
  approval_given: [{ digest: string | null; word: string; said_at: string }, { url: string }];
  approval_denied: [{ digest: string | null; word: string; said_at: string }, { url: string }];
  /** A yes or no that does not count: the code says why. */
  approval_voided: [{ digest: string | null; word: string; code: string }, { url: string }];
  written: [
    { thing: WrittenThing; how: Written['how']; commit: string | null },
    { name: string; url: string | null },
  ];
  write_failed: [{ thing: WrittenThing; code: string }, { message: string }];
  money_counted: [{ thread_usd: number; day_usd: number }];
  /** Where the chain stood when this was shown outside: on a check run, a status comment, a job's output. */
  anchored: [{ sequence: number; hash: string }];
  run_ended: [{ state: OutcomeState; code: string }, { message: string }];
  session_started: [Record<string, never>];
  agent_joined: [{ agent: string }];
  agent_left: [{ agent: string }];
  session_ended: [{ idle_minutes: number }];
  /** The person behind a pseudonym, from here on. Written by the ledger itself. */
  person_known: [Record<string, never>, { id: number; login: string }];
  /** Details of rows by these pseudonyms are gone, and those of these rows, which named the person. */
  person_erased: [{ actors: readonly string[]; rows: string }];
  /** What was asked in a repository, in rows before this one, is gone. */
  prompts_expired: [{ before: number }];
  /** Details of a repository's rows before this one are gone. */
  details_expired: [{ before: number }];
  /** Rows up to this one are gone; the chain begins behind them. */
  rows_expired: [{ through: number; hash: string }];
}

export type AuditKind = keyof Kinds;

/** Who does something: known by the account's number, which no rename changes. */
export interface Actor {
  readonly id: number;
  readonly login: string;
}

/** What happened, as it goes to the ledger. `actor`: whose doing it is; null: Conductor's own, or an agent's. */
export type AuditEvent = {
  readonly [Kind in AuditKind]: {
    readonly kind: Kind;
    /** ISO 8601 in UTC. */
    readonly at: string;
    readonly actor: Actor | null;
    readonly body: Readonly<Kinds[Kind][0]> & Partial<InRun>;
    readonly detail: Readonly<NonNullable<Kinds[Kind][1]>> | null;
  };
}[AuditKind];

/** The run event that an audit event retells, by its place in the attempt: the numbers of an attempt have no gap. */
export interface InRun {
  readonly attempt: number;
  readonly event: number;
}

export const AUDIT_KINDS = Object.keys({
  run_queued: 0,
  run_started: 0,
  asked: 0,
  facts_gathered: 0,
  config_changed: 0,
  command_accepted: 0,
  command_refused: 0,
  checks_failed: 0,
  context_packed: 0,
  context_left_out: 0,
  model_called: 0,
  model_fell_back: 0,
  tool_used: 0,
  change_proposed: 0,
  verdict_reached: 0,
  policy_violation: 0,
  approval_asked: 0,
  approvals_weighed: 0,
  approval_given: 0,
  approval_denied: 0,
  approval_voided: 0,
  written: 0,
  write_failed: 0,
  money_counted: 0,
  anchored: 0,
  run_ended: 0,
  session_started: 0,
  agent_joined: 0,
  agent_left: 0,
  session_ended: 0,
  person_known: 0,
  person_erased: 0,
  prompts_expired: 0,
  details_expired: 0,
  rows_expired: 0,
} satisfies Record<AuditKind, 0>) as AuditKind[];
