import { describe, expect, it } from 'vitest';
import { auditEventsOf } from '../../src/audit/audit-events-of.ts';
import { GENESIS } from '../../src/audit/chain.ts';
import { type FiledRow, ledgerInMemory } from '../../src/audit/ledger-in-memory.ts';
import { checkChain } from '../../src/audit/verify-chain.ts';
import { createMask } from '../../src/messages/mask.ts';
import { runInMemory } from '../runs/memory-host.ts';

const SECRET = 'sk-live-7Hq2mZx9RtVb4Nw8';
const ABOUT = { repository: 1, thread: 7, run: 'run' };
const ADA = { id: 42, login: 'ada' };

/** A whole run of the engine, as the ledger of a job keeps it. */
async function ledgerOf(body = '@conductor fix one') {
  const { events } = await runInMemory({ body });
  const ledger = ledgerInMemory((data) => createMask([SECRET]).texts(data));
  for (const event of events) ledger.append(ABOUT, auditEventsOf(event, { attempt: 1, asker: ADA }));
  return ledger;
}

function flawsOf(rows: readonly FiledRow[]) {
  const check = checkChain({ expired: { sequence: 0, hash: GENESIS }, head: null, anchors: [] });
  for (const { row, detail } of rows) check.next(row, detail);
  return check.end().map(({ code }) => code);
}

describe('the ledger in memory', () => {
  it('SEC-35: chains a run’s rows as the database does: they hold, and one that is changed shows', async () => {
    const rows = (await ledgerOf()).rows();
    expect(rows.map(({ row }) => row.kind)).toEqual(
      expect.arrayContaining(['run_started', 'asked', 'model_called', 'verdict_reached', 'run_ended']),
    );
    expect(flawsOf(rows)).toEqual([]);
    const at = rows.findIndex(({ row }) => row.kind === 'verdict_reached');
    const forged = rows.map(({ row, detail }, index) =>
      index === at ? { row: { ...row, body: row.body.replace('review', 'auto') }, detail } : { row, detail },
    );
    expect(flawsOf(forged)).toContain('changed');
    expect(flawsOf(rows.toSpliced(at, 1))).toContain('missing');
  });

  it('SEC-35: no secret is in it, and what was taken out was taken out before it was hashed', async () => {
    const rows = (await ledgerOf(`@conductor fix one with ${SECRET}`)).rows();
    const asked = rows.find(({ row }) => row.kind === 'asked');
    expect(asked?.detail?.text).toContain('[secret removed]');
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    expect(flawsOf(rows)).toEqual([]);
  });

  it('names a person once, beside the chain, and again where the login is another', () => {
    const ledger = ledgerInMemory((data) => data);
    const say = (login: string) =>
      ledger.append(ABOUT, [
        { kind: 'command_refused', at: 'now', actor: { id: 42, login }, body: { code: 'x' }, detail: null },
      ]);
    for (const login of ['yvonne', 'yvonne', 'zoe']) say(login);
    const rows = ledger.rows();
    expect(rows.map(({ row }) => row.kind)).toEqual([
      'person_known',
      'command_refused',
      'command_refused',
      'person_known',
      'command_refused',
    ]);
    expect(new Set(rows.map(({ row }) => row.actor)).size).toBe(1);
    expect(JSON.stringify(rows.map(({ row }) => row))).not.toMatch(/yvonne|zoe|login/);
  });
});
