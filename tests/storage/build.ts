import { type Kysely, type Selectable, sql } from 'kysely';
import type { CommandRequest } from '../../src/commands/request.ts';
import { type Outcome, outcome } from '../../src/runs/outcome.ts';
import type { RunEvent, RunFact } from '../../src/runs/run-events.ts';
import { type RunId, runIdOf } from '../../src/runs/run-id.ts';
import { createInbox } from '../../src/storage/inbox.ts';
import type { Holder } from '../../src/storage/journal.ts';
import { begin, claim, end, enqueue, release } from '../../src/storage/run-queue.ts';
import type { RunRow, Tables } from '../../src/storage/tables.ts';
import { requestOf } from '../runs/memory-host.ts';

type Db = Kysely<Tables>;

export const ROOM = { runs: 1_000, runsPerInstallation: 1_000 };
/** The process that does what no other is named for. */
export const HERE = 'here';
const PLENTY = 1_000_000;

interface Asked {
  readonly thread?: number;
  readonly repository?: number;
  readonly installation?: number;
  readonly body?: string;
  readonly asker?: number;
  readonly nodeId?: string;
}

let comments = 0;

/** A command in a comment that nobody has written before; `nodeId` to write one again. */
export function ask(asked: Asked = {}): CommandRequest {
  const { thread = 1, repository = 1, installation = 1, asker = 42, body = '@conductor fix one' } = asked;
  const request = requestOf({ body, thread: { number: thread } });
  return {
    ...request,
    installationId: installation,
    repository: { ...request.repository, id: repository },
    asker: { ...request.asker, id: asker },
    asking: { ...request.asking, nodeId: asked.nodeId ?? `IC_${++comments}` },
  };
}

/** Stores a command as the intake does. */
export async function receive(db: Db, request: CommandRequest, replica = HERE): Promise<RunId> {
  await createInbox(db, replica).store(request);
  return runIdOf(request);
}

/** Stores a command, reads it, and lets it be claimed. */
export async function queue(db: Db, request: CommandRequest, perMinute = PLENTY): Promise<RunId> {
  const run = await receive(db, request);
  if (await enqueue(db, run, request, perMinute)) await release(db, run);
  return run;
}

/** Queues a command, claims it and begins it. Nothing else may wait. */
export async function start(db: Db, request: CommandRequest = ask(), replica = HERE): Promise<Holder> {
  const run = await queue(db, request);
  const claimed = await claim(db, replica, ROOM);
  if (claimed?.run !== run) throw new Error('Another run was claimed.');
  const begun = await begin(db, claimed, replica);
  if (!begun) throw new Error('The run could not be begun.');
  return begun.holder;
}

export const DONE = outcome('done', 'answered', '', null);
export const FAILED = outcome('failed', 'model_failed', '', null);

/** Executes a command to the outcome. */
export async function finish(
  db: Db,
  request: CommandRequest = ask(),
  how: Outcome = DONE,
  told = true,
): Promise<RunId> {
  const holder = await start(db, request);
  await end(db, holder, { outcome: how, told });
  return holder.run;
}

export async function rowOf(db: Db, run: RunId): Promise<Selectable<RunRow>> {
  return db.selectFrom('runs').selectAll().where('id', '=', run).executeTakeFirstOrThrow();
}

/** Makes `minutes` pass for all runs and sessions, by moving what happened into the past. */
export async function pass(db: Db, minutes: number): Promise<void> {
  const by = sql`${minutes} * interval '1 minute'`;
  await sql`update runs set received_at = received_at - ${by}, queued_at = queued_at - ${by},
    deadline_at = deadline_at - ${by}, ended_at = ended_at - ${by}, not_before = not_before - ${by}`.execute(
    db,
  );
  await sql`update sessions set created_at = created_at - ${by}, last_active_at = last_active_at - ${by}`.execute(
    db,
  );
  await sql`update replicas set heartbeat_at = heartbeat_at - ${by}`.execute(db);
}

/** The accepted command of a run, by which its deadline and its session are set. */
export const ACCEPTED: Extract<RunFact, { kind: 'command_accepted' }> = {
  kind: 'command_accepted',
  agent: 'coder',
  title: 'Coder',
  model: 'demo',
  runner: null,
  mayEdit: true,
  budgetUsd: null,
  timeoutMinutes: 20,
};

export function event(run: RunId, sequence: number, fact: RunFact = ACCEPTED): RunEvent {
  return { run, sequence, at: '2026-01-01T00:00:00.000Z', fact };
}

export const NEVER = new AbortController().signal;
