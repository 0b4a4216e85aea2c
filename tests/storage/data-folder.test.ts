import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { createWhole, takeDataFolder } from '../../src/storage/data-folder.ts';
import { openStorage, type Storage } from '../../src/storage/open-storage.ts';
import { randomFrom } from '../durability/random.ts';
import { ask, queue } from './build.ts';
import { copyCreated } from './created-pglite.ts';

/** Of each of the two kinds: each costs about a second of processor time. */
const KILLS = Number(process.env.KILLS ?? 2);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);
const parent = mkdtempSync(join(tmpdir(), 'conductor-folder-'));
afterAll(() => rmSync(parent, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 }));
const newFolder = () => mkdtempSync(join(parent, 'data-'));

describe('the data folder', () => {
  it('R22: refuses a second process, and names the first, until that is killed', async () => {
    const folder = newFolder();
    const holder = run('hold', folder);
    await holder.ready;
    const second = run('hold', folder);
    expect(await second.exit).toBe(1);
    await second.said();
    expect(second.stderr()).toContain(`is in use by process ${holder.pid} on `);
    await expect(takeDataFolder(folder)).rejects.toThrow(`process ${holder.pid}`);
    await holder.kill();
    (await takeDataFolder(folder)).release();
  });

  it('R22: a holder that is only slow keeps it', async () => {
    const folder = newFolder();
    const holder = run('hold', folder);
    await holder.ready;
    process.kill(holder.pid, 'SIGSTOP');
    await expect(takeDataFolder(folder)).rejects.toThrow('One folder serves one process.');
    await holder.kill();
  });

  it('is free again when its holder lets go of it', async () => {
    const folder = join(newFolder(), 'not', 'there', 'yet');
    const first = await takeDataFolder(folder);
    await expect(takeDataFolder(folder)).rejects.toThrow(`process ${process.pid}`);
    first.release();
    (await takeDataFolder(folder)).release();
  });
});

describe('R27: creating the database', () => {
  it('throws away what was left half created', async () => {
    const folder = join(newFolder(), 'database');
    const half = async (temporary: string) => {
      mkdirSync(temporary);
      writeFileSync(join(temporary, 'half'), '');
      throw new Error('killed');
    };
    await expect(createWhole(folder, half)).rejects.toThrow('killed');
    expect(existsSync(folder)).toBe(false);
    await createWhole(folder, async (temporary) => {
      mkdirSync(temporary);
      writeFileSync(join(temporary, 'whole'), '');
    });
    expect(readdirSync(folder)).toEqual(['whole']);
  });

  it('is not disturbed by a creator that outlives the start that was killed', async () => {
    const folder = join(newFolder(), 'database');
    let before = '';
    void createWhole(folder, async (temporary) => {
      before = temporary;
      mkdirSync(temporary);
      await new Promise(() => undefined);
    });
    await createWhole(folder, async (temporary) => {
      mkdirSync(temporary);
      if (existsSync(before)) writeFileSync(join(before, 'of the one before'), '');
      writeFileSync(join(temporary, 'whole'), '');
    });
    expect(readdirSync(folder)).toEqual(['whole']);
  });
});

describe.concurrent(`SIGKILL at random moments (SEED=${seed})`, { timeout: 60_000 + KILLS * 10_000 }, () => {
  it(`R27: a first start that is killed ${KILLS} times opens afterwards; S2-26: deleted, it bootstraps`, async () => {
    const folder = newFolder();
    for (let kill = 1; kill < KILLS; kill++) {
      const child = run('commit', folder);
      // Creating takes PGlite some three seconds: mostly its first half second, sometimes all of it.
      await setTimeout(150 + (random.is(0.8) ? random.below(500) : random.below(2_500)));
      expect(await child.kill(), child.stderr()).toBe('killed');
    }
    // A creator that outlives its killed process may still be writing.
    rmSync(folder, { recursive: true, maxRetries: 50, retryDelay: 100 });
    const last = run('commit', folder);
    while (last.lives() && !existsSync(join(folder, 'database'))) await setTimeout(10);
    await setTimeout(random.below(600));
    expect(await last.kill(), last.stderr()).toBe('killed');
    await opens(folder);
  });

  it(`R2: ${KILLS} kills of a process that stores events lose none that it acknowledged`, async () => {
    const folder = newFolder();
    await copyCreated(join(folder, 'database'));
    const acknowledged: string[] = [];
    // On a busy machine a process may be killed before it has stored anything: that proves nothing.
    const isEnough = (kills: number) => kills >= KILLS && (acknowledged.length > KILLS || kills >= 5 * KILLS);
    for (let kills = 0; !isEnough(kills); kills++) {
      const child = run('commit', folder);
      await child.ready;
      await setTimeout(random.below(120));
      expect(await child.kill(), child.stderr()).toBe('killed');
      acknowledged.push(...(await child.said()));
    }
    await opens(folder, async ({ db }) => {
      const rows = await db.selectFrom('runs').select('id').execute();
      const kept = new Set(rows.map(({ id }) => id));
      expect(acknowledged.length).toBeGreaterThan(KILLS);
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    });
  });
});

/** The storage opens, holds what `look` expects, and takes more. */
async function opens(folder: string, look: (storage: Storage) => Promise<void> = async () => undefined) {
  const storage = await openStorage({ databaseUrl: null, dataDirectory: folder });
  await look(storage);
  await queue(storage.db, ask());
  await storage.close();
}

/** A process that uses a folder: see folder-process.ts. */
function run(what: 'hold' | 'commit', folder: string) {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, 'folder-process.ts'), what, folder],
    { env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let [out, errors] = ['', ''];
  const ready = Promise.withResolvers<void>();
  child.stdout?.on('data', (data) => {
    out += data;
    if (out.startsWith('ready\n')) ready.resolve();
  });
  child.stderr?.on('data', (data) => {
    errors += data;
  });
  const closed = once(child, 'close');
  const exit = once(child, 'exit').then(([code]) => {
    ready.reject(new Error(`It ended by itself: ${errors}`));
    return code as number | null;
  });
  ready.promise.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready: ready.promise,
    exit,
    lives: () => child.exitCode === null,
    stderr: () => errors,
    /** All of its whole lines, without the first. */
    async said() {
      await closed;
      return out.split('\n').slice(1, -1);
    },
    /** `killed`, unless it had ended before by itself. */
    async kill() {
      child.kill('SIGKILL');
      await exit;
      return child.signalCode === 'SIGKILL' ? 'killed' : 'ended by itself';
    },
  };
}
