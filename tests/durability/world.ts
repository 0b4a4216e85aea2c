import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EVENTS, WRITE } from '../../src/hosts/app.ts';
import type { HostSettings } from '../../src/runs/ports.ts';
import { type RunId, runIdOf } from '../../src/runs/run-id.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { CONFIG, type Scene, scenarioOf } from '../flow/story.ts';
import { type AppProcess, type AppSetup, type CrashPoint, freePort, startApp } from './app-under-test.ts';

const APP_ID = 4242;

/** A request that a person made in a comment, and the run that it asks for. */
export interface AskedFor {
  readonly repository: string;
  readonly thread: number;
  readonly comment: number;
  readonly run: RunId;
}

export interface WorldOptions {
  readonly repositories?: number;
  readonly databaseUrl?: string | null;
  readonly script?: readonly Scene[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly simulator?: SimulatorOptions;
  readonly variables?: Readonly<Record<string, string>>;
  readonly host?: Partial<HostSettings>;
}

/** A local GitHub with repositories, and the App in processes of its own that may be killed at any time. */
export interface World {
  readonly simulator: Simulator;
  readonly repositories: readonly string[];
  readonly asked: readonly AskedFor[];
  readonly dataDirectory: string;
  readonly secret: string;
  /** Starts a process of the App; webhooks go to the last one that was started. */
  start(options?: { crashAt?: CrashPoint; own?: boolean }): Promise<AppProcess | null>;
  /** Opens an issue and comments on it, by `ada`, who may write. */
  ask(repository: string, body: string, thread?: number): Promise<AskedFor>;
  /** Waits until every request has its last word in its thread; false when that takes longer. */
  allTold(withinMs: number): Promise<boolean>;
  /** Did the App answer 2xx to the webhook of this comment, at least once? */
  accepted(asked: AskedFor): boolean;
  close(): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const simulator = await startSimulator(options.simulator);
  const secret = randomBytes(32).toString('hex');
  const { privateKey } = simulator.addApp({
    id: APP_ID,
    slug: 'conductor',
    webhookSecret: secret,
    permissions: WRITE,
    events: [...EVENTS],
  });
  const { files } = scenarioOf({
    ...(options.script ? { script: options.script } : {}),
    config: { ...CONFIG, security: { rate_limit_per_minute: 1_000 }, ...options.config },
  });
  simulator.addOrganization({ login: 'acme' });
  simulator.addUser({ login: 'ada' });
  const repositories: string[] = [];
  const ids = new Map<string, number>();
  for (let index = 0; index < (options.repositories ?? 1); index++) {
    const name = `shop-${index}`;
    const added = await simulator.addRepository({
      owner: 'acme',
      name,
      files,
      collaborators: { ada: 'write' },
    });
    repositories.push(added.fullName);
    ids.set(added.fullName, added.id);
  }
  simulator.install(APP_ID, 'acme');
  const dataDirectory = mkdtempSync(join(tmpdir(), 'conductor-durability-'));
  const port = await freePort();
  const processes = new Set<AppProcess>();
  const asked: AskedFor[] = [];

  return {
    simulator,
    repositories,
    asked,
    dataDirectory,
    secret,
    async start({ crashAt, own = false } = {}) {
      const setup: AppSetup = {
        githubUrl: simulator.url,
        dataDirectory: own ? mkdtempSync(join(dataDirectory, 'replica-')) : dataDirectory,
        databaseUrl: options.databaseUrl ?? null,
        appId: APP_ID,
        privateKey,
        webhookSecret: secret,
        port: own ? 0 : port,
        crashAt: crashAt ?? null,
        logLevel: process.env.APP_LOG ?? 'fatal',
        variables: options.variables ?? {},
        host: { statusEveryMs: 1_000, ...options.host },
      };
      const app = await startApp(setup);
      if (app === null) return null;
      processes.add(app);
      void app.exited.then(() => processes.delete(app));
      simulator.setWebhookUrl(APP_ID, `${app.url}/api/github/webhooks`);
      return app;
    },
    async ask(repository, body, thread) {
      const ada = simulator.as('ada');
      const number =
        thread ?? (await ada.openIssue({ repo: repository, title: 'The total is wrong' })).number;
      const { id } = await ada.comment({ repo: repository, number, body });
      const comment = simulator.comments(repository, number).find((each) => each.id === id);
      const run = runIdOf({
        action: 'created',
        repository: { id: ids.get(repository) ?? 0 },
        asking: { kind: 'issue_comment', nodeId: comment?.node_id ?? '' },
      });
      const one = { repository, thread: number, comment: id, run };
      asked.push(one);
      return one;
    },
    async allTold(withinMs) {
      const until = Date.now() + withinMs;
      const open = new Set(asked);
      while (open.size > 0) {
        for (const one of open) if (toldIn(simulator, one)) open.delete(one);
        if (open.size === 0) return true;
        if (Date.now() > until) return false;
        await setTimeout(50);
      }
      return true;
    },
    accepted: ({ comment }) =>
      simulator.deliveries.some(
        ({ payload, statusCode }) =>
          (payload.comment as { id: number } | undefined)?.id === comment &&
          statusCode >= 200 &&
          statusCode < 300,
      ),
    async close() {
      for (const app of processes) await app.kill();
      await simulator.close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** The run's status comments; one, if all is well. */
export function statusesOf(simulator: Simulator, { repository, thread, run }: AskedFor): string[] {
  return simulator
    .comments(repository, thread)
    .map(({ body }) => body ?? '')
    .filter((body) => body.startsWith(`<!-- conductor:status run=${run} -->`));
}

/** The outcome that a status comment tells, as its state and code; null while there is none. */
export function outcomeIn(status: string): { readonly state: string; readonly code: string } | null {
  const found = /<sub>(done|waiting|refused|failed|stopped) · ([a-z_]+) · /.exec(status);
  return found ? { state: found[1] ?? '', code: found[2] ?? '' } : null;
}

function toldIn(simulator: Simulator, asked: AskedFor): boolean {
  return statusesOf(simulator, asked).some((status) => outcomeIn(status) !== null);
}
