import { beforeAll, describe, expect, it } from 'vitest';
import { GENESIS, type LedgerRow } from '../../src/audit/chain.ts';
import { ledgerInMemory } from '../../src/audit/ledger-in-memory.ts';
import { readLine } from '../../src/audit/ledger-line.ts';
import { checkChain } from '../../src/audit/verify-chain.ts';
import { createClient } from '../../src/github/client.ts';
import { appendToBranch } from '../../src/github/state-branch.ts';
import { createMask } from '../../src/messages/mask.ts';
import { type Stage, stage } from '../flow/stage.ts';

const REPOSITORY = { id: 1, owner: 'acme', name: 'shop', defaultBranch: 'main' };
const BRANCH = 'conductor/state';

let room: Stage;
beforeAll(async () => {
  room = await stage({ config: { trigger: 'nobody' } });
});

const jobClient = () =>
  createClient({
    baseUrl: room.simulator.url,
    graphqlUrl: null,
    paceAs: null,
    mask: createMask(),
    token: async () => room.simulator.jobToken(room.repository, { contents: 'write', metadata: 'read' }),
  });

/** The rows of a job that was asked by yvonne. */
function rowsOf(run: string, at = '2026-11-21T10:00:00.000Z'): LedgerRow[] {
  const ledger = ledgerInMemory((data) => data);
  const actor = { id: 42, login: 'yvonne' };
  const body = { sequence: 1, hash: GENESIS };
  ledger.append({ repository: 1, thread: 7, run }, [
    { kind: 'asked', at, actor, body: { characters: 3 }, detail: { text: `please ${run}` } },
    { kind: 'anchored', at, actor: null, body, detail: null },
  ]);
  return ledger.rows().map(({ row }) => row);
}

const append = (run: string, { branch = BRANCH, at }: { branch?: string; at?: string } = {}) =>
  appendToBranch(jobClient(), REPOSITORY, branch, rowsOf(run, at));

function chainOn(branch: string) {
  const files = room.git('ls-tree', '-r', '--name-only', branch).split('\n');
  const lines = files.flatMap((file) => room.git('show', `${branch}:${file}`).split('\n'));
  const rows = lines.map((line) => readLine(line)!);
  const check = checkChain({ expired: { sequence: 0, hash: GENESIS }, head: null, anchors: [] });
  for (const { row, detail } of rows) check.next(row, detail);
  return { files, text: lines.join('\n'), rows: rows.map(({ row }) => row), flaws: check.end() };
}

describe('the branch of the ledger', () => {
  it('S4-17, SEC-35: five jobs at once make one chain of it, and nothing is lost', async () => {
    const runs = ['one', 'two', 'three', 'four', 'five'];
    const kept = await Promise.all(runs.map((run) => append(run)));
    expect(kept.map(({ ok }) => ok)).toEqual(runs.map(() => true));
    const { rows, flaws, files } = chainOn(BRANCH);
    expect(flaws).toEqual([]);
    expect(files).toEqual(['ledger/2026-11.jsonl']);
    expect(rows).toHaveLength(3 * runs.length);
    expect(new Set(rows.flatMap(({ run }) => run ?? []))).toEqual(new Set(runs));
    expect(room.git('rev-list', '--count', BRANCH)).toBe('5');
    expect(room.git('rev-list', '--max-parents=0', BRANCH)).not.toBe(
      room.git('rev-list', '--max-parents=0', 'main'),
    );
  }, 20_000);

  it('SEC-35: holds nothing of a person and nobody’s words', () => {
    expect(chainOn(BRANCH).text).not.toMatch(/yvonne|please|"salt":"/);
  });

  it('goes on in a file for each month, and never in front of what stands there', async () => {
    const before = chainOn(BRANCH).rows.length;
    const calls = room.simulator.calls.length;
    const next = await append('six', { at: '2026-12-01T00:00:00.000Z' });
    expect(room.simulator.calls.length - calls).toBe(6);
    const late = await append('seven', { at: '2026-11-30T23:59:59.000Z' });
    expect([next, late]).toMatchObject([
      { value: { sequence: before + 3 } },
      { value: { sequence: before + 6 } },
    ]);
    const { files, rows, flaws } = chainOn(BRANCH);
    expect(files).toEqual(['ledger/2026-11.jsonl', 'ledger/2026-12.jsonl']);
    expect([rows.at(-1)?.run, flaws]).toEqual(['seven', []]);
  });

  it.each(['main', 'topic', 'conductor/somebodys-work', 'conductor/not-a-ledger'])(
    'never writes to %s',
    async (branch) => {
      const files = branch.endsWith('ledger') ? { 'ledger/2026-11.jsonl': 'x\n' } : { 'a.txt': 'a' };
      if (branch !== 'main') await room.simulator.as('ada').push({ repo: room.repository, branch, files });
      const [tip, calls] = [room.git('rev-parse', branch), room.simulator.calls.length];
      expect(await append('eight', { branch })).toMatchObject({ outcome: { code: 'ledger_branch_refused' } });
      expect(room.git('rev-parse', branch)).toBe(tip);
      expect(room.simulator.calls.slice(calls).filter(({ kind }) => kind !== 'read')).toEqual([]);
    },
  );

  it('a token that may not write is told so, and nothing is tried again', async () => {
    const client = createClient({
      baseUrl: room.simulator.url,
      graphqlUrl: null,
      paceAs: null,
      mask: createMask(),
      token: async () => room.simulator.jobToken(room.repository, { contents: 'read', metadata: 'read' }),
    });
    expect(await appendToBranch(client, REPOSITORY, BRANCH, rowsOf('nine'))).toMatchObject({
      outcome: { code: 'github_forbidden' },
    });
  });
});
