import { randomBytes } from 'node:crypto';
import { lastWrite, type RunView } from '../runs/run-view.ts';
import type { Simulator } from '../simulator/simulator.ts';
import { EVENTS } from './app.ts';
import { openControl } from './control.ts';
import { appSettings } from './environment.ts';
import { LOGS, PUSH } from './installation-tokens.ts';
import type { Host, RehearsedRun } from './rehearsed.ts';
import { serveApp, webhookUrl } from './serve.ts';

const APP_ID = 4242;

/** Conductor as an App: a server of its own, webhooks from the simulator, installation tokens. */
export async function rehearseAsApp(
  simulator: Simulator,
  repository: string,
  folder: string,
  {
    statusEveryMs,
    runner = 'memory',
  }: { readonly statusEveryMs?: number; readonly runner?: 'durable' | 'memory' },
): Promise<Host> {
  const webhookSecret = randomBytes(32).toString('hex');
  const { privateKey } = simulator.addApp({
    id: APP_ID,
    slug: 'conductor',
    webhookSecret,
    permissions: { ...PUSH, ...LOGS },
    events: [...EVENTS],
  });
  simulator.install(APP_ID, repository.split('/')[0] ?? '', { repositories: [repository] });

  const runs: RehearsedRun[] = [];
  const settings = appSettings({ ...process.env, GITHUB_API_URL: simulator.url, DATA_DIR: folder });
  const app = await serveApp(
    { appId: APP_ID, privateKey, webhookSecret, port: 0, host: '127.0.0.1', logLevel: 'fatal' },
    statusEveryMs === undefined ? settings : { ...settings, host: { ...settings.host, statusEveryMs } },
    { ended: (view) => runs.push(rehearsedRun(view)), runner },
  );
  simulator.setWebhookUrl(APP_ID, webhookUrl(app));
  return {
    async settled() {
      await simulator.settled();
      await app.engine.idle();
      await simulator.settled();
    },
    runs: () => runs,
    control: runner === 'durable' ? () => openControl(settings) : null,
    close: () => app.close(),
  };
}

function rehearsedRun(view: RunView): RehearsedRun {
  const pullRequest = lastWrite(view, 'pull_request');
  return {
    run: view.run,
    conclusion: view.outcome?.state ?? 'failed',
    verdict: view.verdict?.verdict ?? null,
    pullRequest: pullRequest ? Number(pullRequest.name.slice(1)) : null,
    branch: lastWrite(view, 'branch')?.name ?? null,
  };
}
