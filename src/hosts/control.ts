import { existsSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { LedgerEntry } from '../audit/chain.ts';
import type { Anchor } from '../runs/run-events.ts';
import type { DurableRunner } from '../storage/durable-runner.ts';
import { type Erased, erasePerson, type ToErase } from '../storage/erase-person.ts';
import type { Storage } from '../storage/open-storage.ts';
import { type LedgerQuery, readLedger } from '../storage/read-ledger.ts';
import { COST_GROUPS, type CostGroup, type CostLine, costsBy } from '../storage/spending.ts';
import { type StorageState, stateOf } from '../storage/state.ts';
import { type ListedRun, listRuns, stopRuns } from '../storage/thread-runs.ts';
import { type Verified, verifyLedgers } from '../storage/verify-ledger.ts';
import type { AppSettings } from './environment.ts';
import { openSettingsStorage } from './storage.ts';

/** What an operator may do from the command line: to runs, and with their record. */
export interface RunControl {
  /** Newest first. */
  list(most: number): Promise<readonly ListedRun[]>;
  /** Null: there is no such run under way. */
  stop(run: string): Promise<ListedRun | null>;
  /** Null: there is no such run that failed or was stopped. */
  retry(run: string): Promise<{ readonly from: string } | 'forgotten' | null>;
  state(): Promise<StorageState>;
  /** Of the last so many days, dearest first. */
  costs(by: CostGroup, days: number): Promise<readonly CostLine[]>;
  /** Rows of the ledger, as they are read. */
  ledger(query: LedgerQuery): AsyncIterable<LedgerEntry>;
  /** Checks one chain, or all. */
  verify(
    installation: number | null,
    anchors: readonly Anchor[],
  ): Promise<readonly Verified[] | 'whose_anchors'>;
  erase(person: ToErase): Promise<Erased>;
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
  pages.get('/ledger', (context) => streamed(readLedger(db, given(context.req.query('given')))));
  pages.get('/verified', async (context) => {
    const { installation, anchors } = given(context.req.query('given'));
    return context.json(await verifyLedgers(db, installation, anchors));
  });
  pages.post('/erase', async (context) =>
    context.json(await erasePerson(db, given(context.req.query('given')))),
  );
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
    ledger: (query) => readLedger(storage.db, query),
    verify: (installation, anchors) => verifyLedgers(storage.db, installation, anchors),
    erase: (person) => erasePerson(storage.db, person),
    close: storage.close,
  };
}

function throughApp(path: string): RunControl {
  const at = (run: string, what: string) => `/runs/${encodeURIComponent(run)}/${what}`;
  return {
    list: (most) => ask(path, 'GET', `/runs?most=${most}`) as Promise<ListedRun[]>,
    stop: (run) => ask(path, 'POST', at(run, 'stop')) as Promise<ListedRun | null>,
    retry: (run) => ask(path, 'POST', at(run, 'retry')) as Promise<{ from: string } | 'forgotten' | null>,
    state: () => ask(path, 'GET', '/state') as Promise<StorageState>,
    costs: (by, days) => ask(path, 'GET', `/costs/${by}?days=${days}`) as Promise<CostLine[]>,
    ledger: (query) => askForRows(path, `/ledger?${giving(query)}`),
    verify: (installation, anchors) =>
      ask(path, 'GET', `/verified?${giving({ installation, anchors })}`) as Promise<Verified[]>,
    erase: (person) => ask(path, 'POST', `/erase?${giving(person)}`) as Promise<Erased>,
    close: async () => undefined,
  };
}

/** What is asked comes from this account's own command line, of this version: nobody else can enter the socket's folder. */
const giving = (asked: unknown) => `given=${encodeURIComponent(JSON.stringify(asked))}`;
const given = (text = '{}') => JSON.parse(text);

/** Rows as lines of JSON. */
function streamed(rows: AsyncIterable<LedgerEntry>): Response {
  async function* lines() {
    for await (const row of rows) yield `${JSON.stringify(row)}\n`;
  }
  return new Response(ReadableStream.from(lines()).pipeThrough(new TextEncoderStream()));
}

/** @throws when the answer breaks off: a part must not be taken for all of it. */
async function* askForRows(socketPath: string, path: string): AsyncGenerator<LedgerEntry> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ socketPath, path }, resolve).on('error', reject).end();
  });
  if (answer.statusCode !== 200) throw new Error(`The running App answered ${answer.statusCode}.`);
  let rest = '';
  for await (const chunk of answer.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
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
