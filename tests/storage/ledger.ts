import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/audit-event.ts';
import { digestOf, GENESIS, hashOf, type LedgerEntry } from '../../src/audit/chain.ts';
import type { RunFact } from '../../src/runs/run-events.ts';
import { openJournal } from '../../src/storage/journal.ts';
import { appendToLedger, ledgerHead } from '../../src/storage/ledger.ts';
import { type LedgerQuery, readLedger } from '../../src/storage/read-ledger.ts';
import { archiveIdle } from '../../src/storage/sessions.ts';
import { verifyLedger } from '../../src/storage/verify-ledger.ts';
import { ACCEPTED, event, NEVER, start } from './build.ts';
import type { TestStore } from './stores.ts';

const AT = '2026-01-02T03:04:05.678Z';
const ADA = { id: 7, login: 'lovelace' };
export const PLACE = { installation: 5, repository: '9', thread: 3, run: 'r1' };

export const toolUsed = (target: string): AuditEvent => ({
  kind: 'tool_used',
  at: AT,
  actor: ADA,
  body: { agent: 'coder', ok: true, attempt: 1, event: 0 },
  detail: { tool: 'read_file', target },
});

const factsGathered = (configDigest: string | null): RunFact => ({
  kind: 'facts_gathered',
  base: 'a'.repeat(40),
  baseBranch: 'main',
  permission: 'write',
  configDigest,
  kept: { recordDays: 400, promptDays: 30 },
});

export function ledgerTests(store: TestStore): void {
  const db = () => store.storage.db;

  async function all(query: LedgerQuery = {}): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for await (const entry of readLedger(db(), query)) entries.push(entry);
    return entries;
  }
  const kinds = async (query: LedgerQuery = {}) => (await all(query)).map(({ row }) => row.kind);

  it('SEC-35: the database hashes rows as audit/chain.ts does, whatever is in them', async () => {
    const hostile = ['a\u0000b', '\ud800', '‮x\n\t"\\', '', '😀'.repeat(300)];
    await appendToLedger(db(), PLACE, hostile.map(toolUsed));
    await appendToLedger(db(), { installation: 5, repository: null, thread: null, run: null }, [
      { kind: 'session_started', at: AT, actor: null, body: {}, detail: null },
    ]);
    let before = GENESIS;
    const entries = await all();
    for (const { row, detail } of entries) {
      expect(hashOf(before, row)).toBe(row.hash);
      expect(detail && digestOf(detail)).toBe(row.detailDigest);
      before = row.hash;
    }
    expect(entries.map(({ row }) => row.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await ledgerHead(db(), 5)).toEqual({ sequence: 7, hash: before });
    expect((await verifyLedger(db(), 5, [])).flaws).toEqual([]);
  });

  it('SEC-36: who somebody is stands beside the chain, once, and again after a rename', async () => {
    await appendToLedger(db(), PLACE, [toolUsed('a'), toolUsed('b')]);
    await appendToLedger(db(), PLACE, [{ ...toolUsed('c'), actor: { id: 7, login: 'king' } }]);
    expect(await kinds()).toEqual(['person_known', 'tool_used', 'tool_used', 'person_known', 'tool_used']);
    const entries = await all();
    expect(new Set(entries.map(({ row }) => row.actor)).size).toBe(1);
    expect(JSON.stringify(entries.map(({ row }) => row))).not.toContain('lovelace');
    expect(entries.at(-1)?.login).toBe('king');
    expect(await kinds({ actor: '@KING' })).toHaveLength(5);
    expect(await kinds({ actor: 'lovelace' })).toEqual([]);
  });

  it('SEC-35: appends at once from many make one chain, and chains do not wait for each other', async () => {
    const chains = [5, 6].flatMap((installation) => Array.from({ length: 30 }, () => installation));
    await Promise.all(
      chains.map((installation) => appendToLedger(db(), { ...PLACE, installation }, [toolUsed('a')])),
    );
    for (const installation of [5, 6]) {
      const verified = await verifyLedger(db(), installation, []);
      expect(verified).toMatchObject({ rows: 31, flaws: [] });
    }
  });

  describe('what a run records', () => {
    it('SEC-35: is told once, in the order of its events, however often it is appended', async () => {
      const holder = await start(db());
      const journal = await openJournal(db(), holder, NEVER);
      const used: RunFact = { kind: 'tool_used', agent: 'coder', tool: 'read_file', target: 'a', ok: true };
      for (const sequence of [0, 1, 1, 2, 0]) await journal.append(event(holder.run, sequence, used));
      const told = (await all({ run: holder.run })).map(({ row }) => JSON.parse(row.body));
      expect(told.map(({ attempt, event }) => [attempt, event])).toEqual([
        [1, 0],
        [1, 1],
        [1, 2],
      ]);
      const head = await journal.anchor();
      expect(head?.hash).toBe((await all()).at(-1)?.row.hash);
    });

    it('SEC-35: is told if and only if it is recorded: one that can’t be told is not recorded', async () => {
      const holder = await start(db());
      const journal = await openJournal(db(), holder, NEVER);
      await sql`alter table ledger add constraint full_now check (kind <> 'tool_used')`.execute(db());
      try {
        const used: RunFact = { kind: 'tool_used', agent: 'coder', tool: 'read_file', target: 'a', ok: true };
        await expect(journal.append(event(holder.run, 0, used))).rejects.toThrow(/full_now/);
        expect((await openJournal(db(), holder, NEVER)).recorded).toEqual([]);
      } finally {
        await sql`alter table ledger drop constraint full_now`.execute(db());
      }
    });

    it('S0-31: an accepted command opens the thread’s session, and each agent joins it once', async () => {
      const holder = await start(db());
      const journal = await openJournal(db(), holder, NEVER);
      for (const [sequence, agent] of ['coder', 'coder', 'reviewer'].entries())
        await journal.append(event(holder.run, sequence, { ...ACCEPTED, agent }));
      const seen = ['session_started', 'agent_joined'] as const;
      expect(await kinds({ kinds: seen })).toEqual(['session_started', 'agent_joined', 'agent_joined']);
    });

    it('S0-31: a session that is archived ends in the ledger, with its agents', async () => {
      const holder = await start(db());
      const journal = await openJournal(db(), holder, NEVER);
      await journal.append(event(holder.run, 0, ACCEPTED));
      await sql`update sessions set last_active_at = now() - interval '1 day'`.execute(db());
      await sql`update runs set state = 'ended'`.execute(db());
      await Promise.all([archiveIdle(db()), archiveIdle(db())]);
      expect((await kinds()).slice(-2)).toEqual(['agent_left', 'session_ended']);
      expect(await kinds({ kinds: ['session_ended'] })).toHaveLength(1);
    });

    it('S0-31: another config than before is told, the first and the same are not', async () => {
      const holder = await start(db());
      const journal = await openJournal(db(), holder, NEVER);
      for (const [sequence, config] of ['c1', 'c1', null, 'c2'].entries())
        await journal.append(event(holder.run, sequence, factsGathered(config)));
      const changed = (await all({ kinds: ['config_changed'] })).map(({ row }) => JSON.parse(row.body));
      expect(changed).toEqual([
        { from: 'c1', to: null },
        { from: null, to: 'c2' },
      ]);
    });

    it('S0-31: a yes is told when it is given and when it no longer counts, not at each weighing', async () => {
      const holder = await start(db());
      const journal = await openJournal(db(), holder, NEVER);
      const word = {
        says: 'approve',
        person: { id: 8, login: 'grace', isBot: false },
        at: AT,
        url: 'https://github.com/o/r/pull/1#issuecomment-9',
        digest: 'sha256:1',
        withdrawn: null,
        permission: 'write',
        teams: [],
      } as const;
      const none = { until: null, missing: [], sharedWith: [], counted: [], notCounted: [] };
      const yes = { ...none, state: 'approved', counted: [word] } as const;
      const no = { ...none, state: 'waiting', notCounted: [{ word, code: 'expired' }] } as const;
      for (const [sequence, standing] of [yes, yes, no, no, yes].entries())
        await journal.append(
          event(holder.run, sequence, { kind: 'approvals_weighed', standing, pressed: null }),
        );
      const given = await all({ kinds: ['approval_given', 'approval_voided'] });
      expect(given.map(({ row }) => row.kind)).toEqual([
        'approval_given',
        'approval_voided',
        'approval_given',
      ]);
      expect(given.map(({ login }) => login)).toEqual(['grace', 'grace', 'grace']);
    });
  });
}
