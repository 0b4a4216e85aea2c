import { describe } from 'vitest';
import { cutTests } from './cuts.ts';
import { inboxTests } from './inbox.ts';
import { journalTests } from './journal.ts';
import { ledgerTests } from './ledger.ts';
import { brokenLedgerTests } from './ledger-broken.ts';
import { limitTests } from './limits.ts';
import { migrationTests } from './migrations.ts';
import { recheckTests } from './rechecks.ts';
import { replicaTests } from './replicas.ts';
import { retentionTests } from './retention.ts';
import { runQueueTests } from './run-queue.ts';
import { sessionTests } from './sessions.ts';
import { spendingTests } from './spending.ts';
import { onBothStorages } from './stores.ts';
import { sweepTests } from './sweeps.ts';
import { threadRunsTests } from './thread-runs.ts';

/** S0-35: "Run the store tests on both: same results". */
await onBothStorages((store) => {
  describe('migrations', () => migrationTests(store));
  describe('the ledger', () => ledgerTests(store));
  describe('a broken ledger', () => brokenLedgerTests(store));
  describe('retention', () => retentionTests(store));
  describe('the inbox', () => inboxTests(store));
  describe('the run queue', () => runQueueTests(store));
  describe('connections that break', () => cutTests(store));
  describe('the limits', () => limitTests(store));
  describe('the journal', () => journalTests(store));
  describe('spending', () => spendingTests(store));
  describe('a session', () => sessionTests(store));
  describe('processes side by side', () => replicaTests(store));
  describe('the runs of a thread', () => threadRunsTests(store));
  describe('a recheck that is due', () => recheckTests(store));
  describe('the sweeps', () => sweepTests(store));
});
