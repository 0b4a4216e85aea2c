import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { audit } from '../../src/cli/audit.ts';
import { why } from '../../src/cli/why.ts';
import { serveControl } from '../../src/hosts/control.ts';
import { appSettings } from '../../src/hosts/environment.ts';
import type { DurableRunner } from '../../src/storage/durable-runner.ts';
import { appendToLedger, ledgerHead } from '../../src/storage/ledger.ts';
import { openStorage, type Storage } from '../../src/storage/open-storage.ts';
import { copyCreated } from '../storage/created-pglite.ts';
import { PLACE, toolUsed } from '../storage/ledger.ts';
import { runCommand } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'conductor-audit-'));
const variables = { DATA_DIR: folder };
const call = (...args: string[]) => runCommand(audit(variables), ...args);

/** An App's database, and its socket, through which the command line reaches it. */
let storage: Storage;
let socket: Server;

async function exported(...args: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  try {
    await call('export', ...args);
    return write.mock.calls.map(([text]) => String(text)).join('');
  } finally {
    write.mockRestore();
  }
}

let shown = '';
beforeAll(async () => {
  await copyCreated(join(folder, 'database'));
  storage = await openStorage({ databaseUrl: null, dataDirectory: folder });
  socket = await serveControl(appSettings(variables), storage, {} as DurableRunner);
  await appendToLedger(storage.db, PLACE, [toolUsed('a'), toolUsed('=b')]);
  await appendToLedger(storage.db, { ...PLACE, run: 'r2', thread: 4 }, [toolUsed('c')]);
  const head = await ledgerHead(storage.db, PLACE.installation);
  shown = `${head?.sequence}:${head?.hash}`;
});
afterAll(async () => {
  socket.close();
  await storage.close();
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => void vi.restoreAllMocks());

describe('conductor audit', () => {
  it('SEC-35: verify says ok, or which row is wrong, what that means and what to do', async () => {
    expect(await call('verify', '--anchor', shown)).toMatchObject({ exitCode: 0 });
    expect((await call('verify')).printed).toContain(`4 rows, up to ${shown}`);
    const later = `9:${'a'.repeat(16)}`;
    const cut = await call('verify', '--anchor', later);
    expect(cut).toMatchObject({ exitCode: 1 });
    expect(cut.printed).toMatch(
      /NOT OK\. The chain reached to row 9; rows from 5 on are gone\. .*Keep a copy/s,
    );
    await sql`update ledger set thread = 9 where sequence = 3`.execute(storage.db);
    const { printed, exitCode } = await call('verify', '--json');
    await sql`update ledger set thread = ${PLACE.thread} where sequence = 3`.execute(storage.db);
    expect(JSON.parse(printed)).toMatchObject({
      ok: false,
      chains: [{ flaws: [{ code: 'changed', sequence: 3 }] }],
    });
    expect(exitCode).toBe(1);
  });

  it('S4-17, SEC-35: an export can be checked without the database, and shows a row that is left out', async () => {
    const lines = (await exported()).trimEnd().split('\n');
    const file = join(folder, 'export.jsonl');
    writeFileSync(file, lines.join('\n'));
    expect(await call('verify', '--anchor', shown, file)).toMatchObject({ exitCode: 0 });
    writeFileSync(file, lines.toSpliced(2, 1).join('\n'));
    expect((await call('verify', file)).printed).toContain('NOT OK. Row 3 is missing.');
    writeFileSync(file, '{}');
    expect(await call('verify', file)).toMatchObject({ exitCode: 2 });
  });

  it('S0-31, S4-17: list and export give the rows that all filters let through', async () => {
    const rows = async (...args: string[]) =>
      JSON.parse((await call('list', '--json', ...args)).printed).map(
        ({ sequence }: { sequence: number }) => sequence,
      );
    expect(await rows()).toEqual([1, 2, 3, 4]);
    expect(await rows('--most', '2')).toEqual([3, 4]);
    expect(await rows('--type', 'tool_used', '--thread', '3')).toEqual([2, 3]);
    expect(await rows('--run', 'r2')).toEqual([4]);
    expect(await rows('--actor', 'LOVELACE', '--since', '2026-01-01')).toEqual([1, 2, 3, 4]);
    expect(await rows('--actor', 'hopper')).toEqual([]);
    expect(await rows('--since', '2027-01-01')).toEqual([]);
    expect(await exported('--format', 'csv', '--run', 'r2')).toMatch(
      /^installation,.*\n5,4,.*lovelace,tool_used/,
    );
  });

  it('SEC-36: erase says first what would go, and goes on only with --yes', async () => {
    const first = await call('erase', 'lovelace');
    expect(first).toMatchObject({ exitCode: 1 });
    expect(first.printed).toContain('4 details');
    expect((await call('list')).printed).toContain('lovelace');
    expect(await call('erase', 'lovelace', '--yes')).toMatchObject({ exitCode: 0 });
    expect((await call('list')).printed).not.toContain('lovelace');
    expect((await call('verify')).printed).toMatch(/4 with a person.*\nok/);
    expect(await call('erase', '', '--yes')).toMatchObject({ exitCode: 1 });
    expect(await call('erase', '12345', '--yes')).toMatchObject({ exitCode: 1 });
    expect((await call('verify')).printed).toContain('5 rows');
  });

  it('S0-31: why tells of a run, and exits with 1 where there is none', async () => {
    const told = await runCommand(why(variables), 'r2');
    expect(told).toMatchObject({ exitCode: 0 });
    expect(told.printed).toContain('It has not ended. Rows 4 to 4');
    expect(await runCommand(why(variables), 'r3')).toMatchObject({ exitCode: 1 });
  });
});
