import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEvent } from '../../src/handlers/handle-event.ts';
import { HEARD } from '../../src/hosts/app.ts';
import { createIntake } from '../../src/hosts/intake.ts';
import { runIdOf } from '../../src/runs/run-id.ts';
import { createInbox } from '../../src/storage/inbox.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import type { Serve } from './webhook-cpu.ts';

/**
 * The App's way in as it is, down to the committed row, with nobody who works on what comes in: what a mention costs
 * until it is answered. BENCH_DATABASE_URL names a PostgreSQL; without it the database is embedded.
 */
export const serveDurable: Serve = async (secret) => {
  const storage = await openStorage({
    databaseUrl: process.env.BENCH_DATABASE_URL ?? null,
    dataDirectory: mkdtempSync(join(tmpdir(), 'conductor-bench-')),
  });
  const inbox = createInbox(storage.urgent, 'bench');
  return createIntake({
    secret,
    events: HEARD,
    log: () => undefined,
    async receive(name, payload) {
      const read = readEvent(name, payload);
      if (read.kind !== 'asking') return { kind: 'ignored', reason: read.kind };
      return { kind: 'run', run: runIdOf(read.event), how: await inbox.store(read.event) };
    },
  }).handle;
};
