import type { ColumnType, Generated } from 'kysely';

/**
 * What the database holds. Texts from GitHub and from models stand only inside JSON, as text: PostgreSQL's own JSON
 * type refuses some of the characters that people can write.
 */
export interface Tables {
  replicas: ReplicaRow;
  runs: RunRow;
  run_events: RunEventRow;
  sessions: SessionRow;
  marks: MarkRow;
  rechecks: RecheckRow;
  spending: SpendingRow;
  ledger: LedgerTable;
  ledger_details: LedgerDetailTable;
  ledger_heads: LedgerHeadTable;
  ledger_people: LedgerPersonTable;
  ledger_repositories: LedgerRepositoryTable;
}

/** Times as PostgreSQL's clock tells them, but where said otherwise. Never compared with a process's own clock. */
type Time = ColumnType<Date, Date | string, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** A process that executes runs. */
interface ReplicaRow {
  id: string;
  process: string;
  heartbeat_at: Time;
}

/**
 * `received`: stored, nobody has read its text. `queued`: a command that waits for its turn. `running`. `ended`: has
 * an outcome. `ignored`: asked for nothing; kept so that a replay is known.
 */
export type RunState = 'received' | 'queued' | 'running' | 'ended' | 'ignored';

/** One text that may ask, and the run it asked for. Its id is the run id: the same text always has the same. */
export interface RunRow {
  id: string;
  /** The order in which events came in. */
  seq: Generated<string>;
  /** 0: the event named no installation. */
  installation: number;
  repository: string;
  thread: number;
  asker: string;
  state: RunState;
  /** True for commands about other runs, which wait for nobody. */
  control: Generated<boolean>;
  /** JSON: the asking event, and from `queued` on the command request. Null once it is not needed any more. */
  request: string | null;
  /** The process that decides on it or executes it. */
  replica: string;
  /** Counts from 1; `retry` begins another, and so does a start that had to be put off. */
  attempt: Generated<number>;
  /** The step that a retry goes on from; null: from the start. */
  retry_from: number | null;
  /** Its steps are not remembered any more: a retry goes on from the start. */
  forgotten: Generated<boolean>;
  /** How often this attempt was begun since it last recorded something: more than once only after a crash. */
  begun: Generated<number>;
  /** Counts up whenever somebody takes the run: who holds an older number must neither write nor record. */
  token: Generated<number>;
  received_at: Generated<Date>;
  queued_at: MaybeTime;
  claimed_at: MaybeTime;
  /** Nothing is tried before this. */
  not_before: MaybeTime;
  tries: Generated<number>;
  deadline_at: MaybeTime;
  ended_at: MaybeTime;
  /** JSON: why it must stop. */
  stop: string | null;
  /** JSON: the outcome that it was given before it could begin. */
  turned_down: string | null;
  outcome_state: string | null;
  outcome_code: string | null;
  /** Whether the thread has the outcome. */
  told: Generated<boolean>;
}

interface RunEventRow {
  run: string;
  attempt: number;
  sequence: number;
  at: string;
  /** JSON. */
  fact: string;
}

/** What is remembered of a thread in which runs were executed. */
interface SessionRow {
  repository: string;
  thread: number;
  created_at: Generated<Date>;
  last_active_at: Time;
  timeout_minutes: number;
  /** JSON: names of the agents that have taken part. */
  agents: string;
  last_run: string;
  archived_at: MaybeTime;
}

/** Points in time that must survive a restart, by name. */
interface MarkRow {
  name: string;
  at: Time;
}

/** A pull request that is judged again at a time: when the first approval that counts there expires. */
interface RecheckRow {
  repository: string;
  thread: number;
  /** By the clock of the processes, which decides over what has expired. */
  due_at: Time;
  /** How often a recheck was begun since the time was set: more than once only where it came to no judgement. */
  tries: Generated<number>;
  /** JSON: where it is. How it stands is GitHub's to tell. */
  pull: string;
}

/** One model call, from before it is made. */
interface SpendingRow {
  id: Generated<string>;
  run: string;
  repository: string;
  thread: number;
  asker: string;
  agent: string;
  model: string;
  reserved_usd: number;
  /** What it cost; null: it is under way, or nobody knows. */
  usd: number | null;
  at: Generated<Date>;
}

/** Numbers that PostgreSQL gives as text, since JavaScript's may be too small for them. */
type BigInteger = ColumnType<string, string | number, string | number>;

/** A row of a chain: see audit/chain.ts. */
interface LedgerTable {
  installation: number;
  sequence: BigInteger;
  at: string;
  repository: string | null;
  thread: number | null;
  run: string | null;
  actor: string | null;
  kind: string;
  detail_digest: string | null;
  /** JSON. */
  body: string;
  hash: string;
}

interface LedgerDetailTable {
  installation: number;
  sequence: BigInteger;
  salt: string;
  /** JSON. */
  detail: string;
}

interface LedgerHeadTable {
  installation: number;
  sequence: BigInteger;
  hash: string;
  /** The last row that has expired; 0: none has. */
  expired: BigInteger;
  expired_hash: string;
}

interface LedgerPersonTable {
  installation: number;
  account: BigInteger;
  pseudonym: string;
  sequence: BigInteger;
}

interface LedgerRepositoryTable {
  installation: number;
  repository: string;
  /** Digest; null: the repository has no config. */
  config: string | null;
  retention_days: number;
  prompt_days: number;
}
