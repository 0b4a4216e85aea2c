import { existsSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { DurableRunner } from '../storage/durable-runner.ts';
import type { Storage } from '../storage/open-storage.ts';
import { COST_GROUPS, type CostGroup, type CostLine, costsBy } from '../storage/spending.ts';
import { type StorageState, stateOf } from '../storage/state.ts';
import { type ListedRun, listRuns, stopRuns } from '../storage/thread-runs.ts';
import type { AppSettings } from './environment.ts';
import { openSettingsStorage } from './storage.ts';

/** What an operator may do to runs from the command line. */
export interface RunControl {
  /** Newest first. */
  list(most: number): Promise<readonly ListedRun[]>;
  /** Null: there is no such run under way. */
  stop(run: string): Promise<ListedRun | null>;
  /** Null: there is no such run that failed or was stopped. */
  retry(run: string): Promise<{ readonly from: string } | null>;
  state(): Promise<StorageState>;
  /** Of the last so many days, dearest first. */
  costs(by: CostGroup, days: number): Promise<readonly CostLine[]>;
  close(): Promise<void>;
}

/** There is no running App to ask. */
export class NoAppRunning extends Error {}

const OPERATOR = 'an operator';
const socketIn = (dataDirectory: string) => join(dataDirectory, 'control.sock');

/**
 * Serves the operator's commands on a socket in the data folder, which only this account can enter: a folder has one
 * process, so the command line can't open the database beside it.
 */
export function serveControl(
  settings: AppSettings,
  storage: Storage,
  runner: DurableRunner,
): Promise<Server> {
  const { db } = storage;
  const pages = new Hono();
  pages.get('/runs', async (context) =>
    context.json(await listRuns(db, Number(context.req.query('most') ?? 50))),
  );
  pages.post('/runs/:run/stop', async (context) => context.json(await stop(db, context.req.param('run'))));
  pages.post('/runs/:run/retry', async (context) =>
    context.json(await runner.retry(context.req.param('run'))),
  );
  pages.get('/costs/:by', async (context) => {
    const by = COST_GROUPS.find((group) => group === context.req.param('by')) ?? 'day';
    return context.json(await costsBy(db, by, Number(context.req.query('days') ?? 30)));
  });
  pages.get('/state', async (context) => context.json(await stateOf(db)));
  const path = socketIn(settings.storage.dataDirectory);
  // The folder's lock is held by this process: a socket that is there was left by one that died.
  rmSync(path, { force: true });
  const server = createServer(getRequestListener(pages.fetch));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}

/** Reaches the runs: through the App that runs on this data folder, or where none does, through the database. */
export async function openControl(settings: AppSettings): Promise<RunControl> {
  const path = socketIn(settings.storage.dataDirectory);
  if (existsSync(path) && (await ask(path, 'GET', '/runs?most=1').catch(() => null))) return throughApp(path);
  const storage = await openSettingsStorage(settings);
  return {
    list: (most) => listRuns(storage.db, most),
    stop: (run) => stop(storage.db, run),
    retry: () => Promise.reject(new NoAppRunning()),
    state: () => stateOf(storage.db),
    costs: (by, days) => costsBy(storage.db, by, days),
    close: storage.close,
  };
}

function throughApp(path: string): RunControl {
  const at = (run: string, what: string) => `/runs/${encodeURIComponent(run)}/${what}`;
  return {
    list: (most) => ask(path, 'GET', `/runs?most=${most}`) as Promise<ListedRun[]>,
    stop: (run) => ask(path, 'POST', at(run, 'stop')) as Promise<ListedRun | null>,
    retry: (run) => ask(path, 'POST', at(run, 'retry')) as Promise<{ from: string } | null>,
    state: () => ask(path, 'GET', '/state') as Promise<StorageState>,
    costs: (by, days) => ask(path, 'GET', `/costs/${by}?days=${days}`) as Promise<CostLine[]>,
    close: async () => undefined,
  };
}

async function stop(db: Storage['db'], run: string): Promise<ListedRun | null> {
  const [stopped] = await stopRuns(db, { run }, { code: 'stopped', by: OPERATOR, silent: false });
  return stopped ?? null;
}

function ask(socketPath: string, method: string, path: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (answer.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`The running App answered ${answer.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}
