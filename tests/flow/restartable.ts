import { createSign, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVENTS } from '../../src/hosts/app.ts';
import { appSettings, type Variables } from '../../src/hosts/environment.ts';
import type { RehearsedRun } from '../../src/hosts/rehearsed.ts';
import { type RunningApp, serveApp, webhookUrl } from '../../src/hosts/serve.ts';
import type { Clock } from '../../src/runs/ports.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Delivery } from '../../src/simulator/webhooks.ts';
import type { StorageOptions } from '../../src/storage/open-storage.ts';
import { copyCreated } from '../storage/created-pglite.ts';
import { onStage, type Stage } from './stage.ts';
import { type Story, scenarioOf } from './story.ts';
import { withoutGraphql } from './without-graphql.ts';

const APP_ID = 4242;
const PERMISSIONS = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  actions: 'read',
  metadata: 'read',
} as const;

export interface RestartableOptions {
  /** A GitHub without GraphQL. */
  readonly rest?: boolean;
  /** Where runs are stored, in a folder that is kept; absent: in memory. */
  readonly stored?: Pick<StorageOptions, 'databaseUrl'>;
  readonly clock?: Clock;
  /** What the App finds in its environment. */
  readonly variables?: Variables;
  readonly logLevel?: string;
  /** Gets the log, line by line. */
  readonly log?: (line: string) => void;
}

/** A stage whose App can be stopped and started again, and whose deliveries can be sent again. */
export interface Restartable extends Stage {
  /** Stops the App and starts one that knows nothing of what was, as on a new machine; or what it stored, and no more. */
  restart(): Promise<void>;
  /** Where the App listens. */
  url(): string;
  /** The delivery that told the App of a comment. */
  deliveryOf(comment: number): Delivery;
  /** Sends a delivery again through GitHub's own API, and waits until the App is done. */
  redeliver(delivery: Delivery): Promise<void>;
}

export async function restartable(story: Story, options: RestartableOptions = {}): Promise<Restartable> {
  const simulator = await startSimulator();
  if (options.rest) withoutGraphql(simulator);
  const { repository: named, people, files } = scenarioOf(story);
  const repository = `${named.owner}/${named.name}`;
  simulator.addOrganization({ login: named.owner });
  for (const { login } of people) simulator.addUser({ login });
  const collaborators = Object.fromEntries(people.map(({ login, permission }) => [login, permission]));
  await simulator.addRepository({ ...named, files, collaborators });
  const webhookSecret = randomBytes(32).toString('hex');
  const app = { id: APP_ID, slug: 'conductor', webhookSecret, permissions: PERMISSIONS, events: [...EVENTS] };
  const { privateKey } = simulator.addApp(app);
  simulator.install(APP_ID, named.owner);

  const runs: RehearsedRun[] = [];
  const folders: string[] = [];

  async function start(): Promise<RunningApp> {
    const kept = options.stored ? folders[0] : undefined;
    const folder = kept ?? (await mkdtemp(join(tmpdir(), 'conductor-')));
    const databaseUrl = options.stored?.databaseUrl;
    if (folder !== kept) {
      folders.push(folder);
      if (databaseUrl === null) await copyCreated(join(folder, 'database'));
    }
    const logLevel = options.logLevel ?? (options.log ? 'info' : 'fatal');
    const running = await serveApp(
      { appId: APP_ID, privateKey, webhookSecret, port: 0, host: '127.0.0.1', logLevel },
      appSettings({
        ...options.variables,
        GITHUB_API_URL: simulator.url,
        DATA_DIR: folder,
        ...(databaseUrl && { DATABASE_URL: databaseUrl }),
      }),
      {
        runner: options.stored ? 'durable' : 'memory',
        ...(options.clock && { clock: options.clock }),
        ...(options.log && { logTo: { write: options.log } }),
        ended: (view) => {
          const conclusion = view.outcome?.state ?? 'failed';
          const pull = view.writes.find(({ thing }) => thing === 'pull_request');
          const branch = view.writes.find(({ thing }) => thing === 'branch')?.name ?? null;
          const pullRequest = pull ? Number(pull.name.slice(1)) : null;
          runs.push({
            run: view.run,
            conclusion,
            verdict: view.verdict?.verdict ?? null,
            pullRequest,
            branch,
          });
        },
      },
    );
    simulator.setWebhookUrl(APP_ID, webhookUrl(running));
    return running;
  }
  let running = await start();
  let isClosed = false;

  async function settled(): Promise<void> {
    await simulator.settled();
    await running.engine.idle();
    await simulator.settled();
  }
  const rehearsal = {
    simulator,
    repository,
    begin: () => Promise.reject(new Error('Use ask.')),
    play: () => Promise.reject(new Error('Use ask.')),
    settled,
    runs: () => runs,
    control: null,
    async close() {
      if (isClosed) return;
      isClosed = true;
      await running.close();
      await simulator.close();
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
  return {
    ...onStage(rehearsal, story),
    async restart() {
      simulator.setWebhookUrl(APP_ID, null);
      await running.close();
      running = await start();
    },
    url: () => running.url,
    deliveryOf(comment) {
      const found = simulator.deliveries.find(
        ({ event, payload }) =>
          event === 'issue_comment' && (payload.comment as { id: number } | undefined)?.id === comment,
      );
      if (!found) throw new Error(`No delivery told of comment ${comment}.`);
      return found;
    },
    async redeliver({ id }) {
      const response = await fetch(`${simulator.url}/app/hook/deliveries/${id}/attempts`, {
        method: 'POST',
        headers: { authorization: `Bearer ${appToken(privateKey)}` },
      });
      if (response.status !== 202) throw new Error(`The redelivery was answered ${response.status}.`);
      await settled();
    },
  };
}

/** The JSON web token by which an App speaks for itself. Source: "Generating a JSON Web Token (JWT) for a GitHub App". */
function appToken(privateKey: string): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const unsigned = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: APP_ID, iat: now - 30, exp: now + 300 })}`;
  return `${unsigned}.${createSign('RSA-SHA256').update(unsigned).sign(privateKey, 'base64url')}`;
}
