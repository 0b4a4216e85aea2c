import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobLedger } from '../../src/hosts/action-ledger.ts';
import { createMask } from '../../src/messages/mask.ts';
import type { RunEvent } from '../../src/runs/run-events.ts';
import { requestOf } from '../runs/memory-host.ts';

const URL = 'https://github.com/acme/web/actions/runs/7';
const DECISION = {
  kind: 'command',
  request: requestOf({}),
  commandsPerMinute: 10,
  ledgerBranch: 'conductor/state',
} as const;
const QUEUED: RunEvent = {
  run: 'r1',
  sequence: 0,
  at: '2026-11-21T10:00:00.000Z',
  fact: { kind: 'run_queued', ahead: 1, asker: 'ada', askingUrl: '' },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the ledger of a job', () => {
  it('S4-16: stands in its file as soon as something happens, and says on which page that can be had', async () => {
    const ledger = jobLedger(folder, createMask(), URL);
    const journal = ledger.journalOf(DECISION);
    expect([ledger.left(), await journal.anchor()]).toEqual([null, null]);
    await journal.append(QUEUED);
    const left = ledger.left();
    expect(left).toMatchObject({
      path: join(folder, 'ledger.jsonl'),
      branch: 'conductor/state',
      problem: null,
    });
    expect(readFileSync(left?.path ?? '', 'utf8').split('\n')).toHaveLength(3);
    expect(await journal.anchor()).toEqual({ ...left?.head, url: URL });
  });

  it('SEC-35: a file or a link that somebody left there is neither followed nor written to', async () => {
    const elsewhere = join(folder, 'elsewhere');
    writeFileSync(elsewhere, 'kept');
    symlinkSync(elsewhere, join(folder, 'ledger.jsonl'));
    const ledger = jobLedger(folder, createMask(), null);
    await ledger.journalOf(DECISION).append(QUEUED);
    expect(ledger.left()?.path).toBe(join(folder, 'ledger-2.jsonl'));
    expect(readFileSync(elsewhere, 'utf8')).toBe('kept');
  });

  it('a file that can’t be written is told, and keeps no run from anything', async () => {
    writeFileSync(join(folder, 'file'), '');
    const ledger = jobLedger(join(folder, 'file'), createMask(), null);
    await ledger.journalOf(DECISION).append(QUEUED);
    expect(ledger.left()).toMatchObject({
      path: null,
      head: { sequence: 2 },
      problem: expect.stringContaining('EEXIST'),
    });
  });
});
