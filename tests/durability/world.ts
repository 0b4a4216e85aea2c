import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EVENTS } from '../../src/hosts/app.ts';
import { PUSH } from '../../src/hosts/installation-tokens.ts';
import type { HostSettings } from '../../src/runs/ports.ts';
import { type RunId, runIdOf } from '../../src/runs/run-id.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/simulator.ts';
import { openStorage, type Storage } from '../../src/storage/open-storage.ts';
import { CONFIG, type Scene, scenarioOf } from '../flow/story.ts';
import { type AppProcess, type AppSetup, type CrashPoint, freePort, startApp } from './app-under-test.ts';
import { type Mail, mailOf, post, startMailbox } from './mail.ts';

const APP_ID = 4242;

/** Who can read `acme`'s repositories, and no more. */
export const VISITOR = 'visitor';

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
  /** Takes the webhooks instead of the App; its status is GitHub's answer. */
  readonly deliver?: (mail: Mail) => Promise<number> | number;
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
  /** Opens an issue, where `thread` names none, and comments on it, by `ada`, who may write, or by the visitor. */
  ask(
    repository: string,
    body: string,
    how?: { readonly thread?: number; readonly by?: string },
  ): Promise<AskedFor>;
  /** Sends what no process of the App has taken yet once more, as GitHub does when asked. */
  redeliver(url: string): Promise<void>;
  /** Waits until every request, or each of these, has its last word in its thread; false when that takes longer. */
  allTold(withinMs: number, among?: readonly AskedFor[]): Promise<boolean>;
  told(asked: AskedFor): boolean;
  /** Those that the App has answered 2xx for, at least once. */
  accepted(): ReadonlySet<AskedFor>;
  /** Looks into the database. Embedded, this needs every process to be gone. */
  look<T>(at: (db: Storage['db']) => Promise<T>): Promise<T>;
  /** Kills every process of the App. */
  stopAll(): Promise<void>;
  close(): Promise<void>;
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const simulator = await startSimulator({ rateLimit: 10_000_000, ...options.simulator });
  const secret = randomBytes(32).toString('hex');
  const { privateKey } = simulator.addApp({
    id: APP_ID,
    slug: 'conductor',
    webhookSecret: secret,
    permissions: PUSH,
    events: [...EVENTS],
  });
  const { files } = scenarioOf({
    ...(options.script ? { script: options.script } : {}),
    config: { ...CONFIG, security: { rate_limit_per_minute: 1_000 }, ...options.config },
  });
  simulator.addOrganization({ login: 'acme' });
  for (const login of ['ada', VISITOR]) simulator.addUser({ login });
  const repositories: string[] = [];
  const ids = new Map<string, number>();
  for (let index = 0; index < (options.repositories ?? 1); index++) {
    const name = `shop-${index}`;
    const added = await simulator.addRepository({
      owner: 'acme',
      name,
      files,
      collaborators: { ada: 'write', [VISITOR]: 'read' },
    });
    repositories.push(added.fullName);
    ids.set(added.fullName, added.id);
  }
  simulator.install(APP_ID, 'acme');
  const dataDirectory = mkdtempSync(join(tmpdir(), 'conductor-durability-'));
  const port = await freePort();
  const processes = new Set<AppProcess>();
  const asked: AskedFor[] = [];
  const taken = new Set<AskedFor>();
  const { deliver } = options;
  const mailbox = deliver ? await startMailbox(deliver) : null;
  if (mailbox) simulator.setWebhookUrl(APP_ID, mailbox.url);

  async function stopAll(): Promise<void> {
    for (const app of [...processes]) await app.kill();
  }

  function accepted(): ReadonlySet<AskedFor> {
    const comments = new Set(
      simulator.deliveries
        .filter(({ statusCode }) => statusCode >= 200 && statusCode < 300)
        .map(({ payload }) => (payload.comment as { id: number } | undefined)?.id),
    );
    for (const one of asked) if (comments.has(one.comment)) taken.add(one);
    return taken;
  }

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
      if (mailbox === null) simulator.setWebhookUrl(APP_ID, `${app.url}/api/github/webhooks`);
      return app;
    },
    async ask(repository, body, { thread, by = 'ada' } = {}) {
      const person = simulator.as(by);
      const number =
        thread ?? (await person.openIssue({ repo: repository, title: 'The total is wrong' })).number;
      const { id } = await person.comment({ repo: repository, number, body });
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
    told: (one) => toldIn(simulator, one),
    async allTold(withinMs, among = asked) {
      const until = Date.now() + withinMs;
      const open = new Set(among);
      while (open.size > 0) {
        for (const one of open) if (toldIn(simulator, one)) open.delete(one);
        if (open.size === 0) return true;
        if (Date.now() > until) return false;
        await setTimeout(50);
      }
      return true;
    },
    async redeliver(url) {
      accepted();
      for (const one of asked) {
        if (taken.has(one)) continue;
        const sent = simulator.deliveries.find(
          ({ payload, action }) =>
            action === 'created' && (payload.comment as { id: number } | undefined)?.id === one.comment,
        );
        if (!sent) continue;
        const { status } = await post(url, mailOf(secret, sent.event, sent.payload), sent.guid);
        if (status >= 200 && status < 300) taken.add(one);
      }
    },
    accepted,
    async look(at) {
      const storage = await openStorage({ databaseUrl: options.databaseUrl ?? null, dataDirectory });
      return at(storage.db).finally(storage.close);
    },
    stopAll,
    async close() {
      await stopAll();
      await simulator.close();
      await mailbox?.close();
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

/** The outcome that a status comment tells, as its state and code, which may be another program's; null while there is none. */
export function outcomeIn(status: string): { readonly state: string; readonly code: string } | null {
  const found = /<sub>(done|waiting|refused|failed|stopped) · (\w+) · /.exec(status);
  return found ? { state: found[1] ?? '', code: found[2] ?? '' } : null;
}

function toldIn(simulator: Simulator, asked: AskedFor): boolean {
  return statusesOf(simulator, asked).some((status) => outcomeIn(status) !== null);
}

/** Starts a process that no crash point awaits. */
export async function started(world: World, options: { own?: boolean } = {}): Promise<AppProcess> {
  const app = await world.start(options);
  if (app === null) throw new Error('The App died at its start.');
  return app;
}

/** The outcome's code; `none` while there is none. */
export const outcomeOf = ({ simulator }: World, asked: AskedFor): string =>
  outcomeIn(statusesOf(simulator, asked)[0] ?? '')?.code ?? 'none';
