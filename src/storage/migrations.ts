import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { LEDGER_SCHEMA } from './ledger-schema.ts';
import type { Tables } from './tables.ts';

/** Every change of the schema, in order. One that has been released is never edited: add another. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001_runs': {
    async up(db) {
      await sql`
        create table replicas (id text primary key, process text not null, heartbeat_at timestamptz not null);
        create table runs (
          id text primary key,
          seq bigint generated always as identity,
          installation integer not null,
          repository bigint not null,
          thread integer not null,
          asker bigint not null,
          state text not null check (state in ('received', 'queued', 'running', 'ended', 'ignored')),
          control boolean not null default false,
          request text,
          replica text not null,
          attempt integer not null default 1,
          retry_from integer,
          forgotten boolean not null default false,
          begun integer not null default 0,
          token integer not null default 0,
          received_at timestamptz not null default now(),
          queued_at timestamptz,
          claimed_at timestamptz,
          not_before timestamptz,
          tries integer not null default 0,
          deadline_at timestamptz,
          ended_at timestamptz,
          stop text,
          turned_down text,
          outcome_state text,
          outcome_code text,
          told boolean not null default true
        );
        create index runs_open on runs (state, seq) where state in ('received', 'queued', 'running');
        create index runs_of_thread on runs (repository, thread, seq);
        create index runs_lately on runs (repository, queued_at) where queued_at is not null;
        -- Compressing costs more than it saves on texts of this size.
        alter table runs alter column request set storage external;
        create index runs_claimed on runs (repository, claimed_at) where claimed_at is not null;
        create index runs_untold on runs (ended_at) where not told;
        create table run_events (
          run text not null,
          attempt integer not null,
          sequence integer not null,
          at text not null,
          fact text not null,
          primary key (run, attempt, sequence)
        );
        create table sessions (
          repository bigint not null,
          thread integer not null,
          created_at timestamptz not null default now(),
          last_active_at timestamptz not null,
          timeout_minutes integer not null,
          agents text not null,
          last_run text not null,
          archived_at timestamptz,
          primary key (repository, thread)
        );
        create index sessions_open on sessions (last_active_at) where archived_at is null;
        create table marks (name text primary key, at timestamptz not null);
        create table spending (
          id bigint generated always as identity primary key,
          run text not null,
          repository bigint not null,
          thread integer not null,
          asker bigint not null,
          agent text not null,
          model text not null,
          reserved_usd double precision not null,
          usd double precision,
          at timestamptz not null default now()
        );
        create index spending_of_day on spending (repository, at);
        create index spending_of_thread on spending (repository, thread);
      `.execute(db);
    },
  },
  '002_rechecks': {
    async up(db) {
      await sql`
        create table rechecks (
          repository bigint not null,
          thread integer not null,
          due_at timestamptz not null,
          tries integer not null default 0,
          pull text not null,
          primary key (repository, thread)
        );
        create index rechecks_due on rechecks (due_at);
      `.execute(db);
    },
  },
  '003_ledger': {
    async up(db) {
      await sql.raw(LEDGER_SCHEMA).execute(db);
    },
  },
};

/**
 * Brings the schema up to date: all of what is missing in one transaction, under a lock, so that a start killed
 * half-way leaves nothing half done and two replicas may start together. @throws with the failing migration's name.
 */
export async function migrate(db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error, results } = await migrator.migrateToLatest();
  if (!error) return;
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName ?? 'before the first';
  throw new Error(`The database could not be brought up to date (${failed}): ${String(error)}`, {
    cause: error,
  });
}
