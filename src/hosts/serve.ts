import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { Probot } from 'probot';
import { type AppEngineOptions, createAppEngine, HEARD } from './app.ts';
import { appLog } from './app-log.ts';
import type { Engine } from './engine.ts';
import { type AppSettings, type ServerSettings, SettingError } from './environment.ts';
import { createIntake } from './intake.ts';
import { needGit } from './need-git.ts';
import { openRunners, type RunnersOptions } from './runners.ts';

const WEBHOOKS_PATH = '/api/github/webhooks';

/** A running App. */
export interface RunningApp {
  readonly url: string;
  readonly engine: Engine;
  /** Takes no more events, waits a while for the runs under way, hands over the rest, and lets go of the port. */
  close(): Promise<void>;
}

/** For rehearsals and tests; a server that runs needs none of them. */
export interface ServeOptions extends AppEngineOptions, RunnersOptions {}

/** Starts the App's server. Throws SettingError when the port or the data folder is taken, or there is no git. */
export async function serveApp(
  server: ServerSettings,
  settings: AppSettings,
  options: ServeOptions = {},
): Promise<RunningApp> {
  await needGit();
  const probot = new Probot({
    appId: server.appId,
    privateKey: server.privateKey,
    secret: server.webhookSecret,
    baseUrl: settings.apiUrl,
    logLevel: server.logLevel as 'info',
  });
  for (const secret of [server.privateKey, server.webhookSecret]) settings.mask.add(secret);
  const log = appLog(probot, settings.mask);
  const runners = await openRunners(settings, probot, options);
  const engine = createAppEngine(probot, settings, runners.runner, options);
  const intake = createIntake({
    secret: server.webhookSecret,
    receive: (name, payload) => engine.receive(name, payload),
    events: HEARD,
    log,
  });
  const pages = getRequestListener(statusPages(runners.ready).fetch);
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    const path = request.url?.split('?', 1)[0];
    void (path === WEBHOOKS_PATH ? intake.handle(request, response) : pages(request, response));
  });
  try {
    await runners.start();
    const port = await listen(http, server.port, server.host);
    runners.catchUp(engine);
    return {
      url: `http://${server.host === '0.0.0.0' ? '127.0.0.1' : server.host}:${port}`,
      engine,
      async close() {
        const closed = new Promise((resolve) => http.close(resolve));
        http.closeIdleConnections();
        await runners.close(engine);
        http.closeAllConnections();
        await closed;
      },
    };
  } catch (error) {
    await runners.close(engine);
    throw error;
  }
}

export const webhookUrl = (app: Pick<RunningApp, 'url'>) => `${app.url}${WEBHOOKS_PATH}`;

/** `/health`: the process lives. `/ready`: it can store events. */
function statusPages(ready: () => Promise<boolean>): Hono {
  const pages = new Hono();
  pages.get('/health', (context) => context.json({ ok: true }));
  pages.get('/ready', async (context) => {
    const ok = await ready();
    return context.json({ ok }, ok ? 200 : 503);
  });
  pages.notFound((context) => {
    const detail = `There is nothing here. Webhooks arrive at ${WEBHOOKS_PATH}.`;
    return context.json({ error: 'not_found', detail, code: 'not_found', requestId: randomUUID() }, 404);
  });
  return pages;
}

function listen(http: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new SettingError(
              `Port ${port} is taken.`,
              'Stop what listens there, or set PORT to another number.',
            )
          : error,
      ),
    );
    http.listen(port, host, () => {
      const address = http.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
