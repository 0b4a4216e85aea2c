import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { createNodeMiddleware, Probot } from 'probot';
import type { RunView } from '../runs/run-view.ts';
import { createAppEngine } from './app.ts';
import type { Engine } from './engine.ts';
import { type AppSettings, type ServerSettings, SettingError } from './environment.ts';
import { needGit } from './need-git.ts';

const WEBHOOKS_PATH = '/api/github/webhooks';

/** A running App. */
export interface RunningApp {
  readonly url: string;
  readonly engine: Engine;
  /** Takes no more events, waits for the runs under way, and lets go of the port. */
  close(): Promise<void>;
}

/** Starts the App's server. Throws SettingError when the port is taken or there is no git. */
export async function serveApp(
  server: ServerSettings,
  app: AppSettings,
  ended?: (view: RunView) => void,
): Promise<RunningApp> {
  await needGit();
  const probot = new Probot({
    appId: server.appId,
    privateKey: server.privateKey,
    secret: server.webhookSecret,
    baseUrl: app.apiUrl,
    logLevel: server.logLevel as 'info',
  });
  let engine: Engine | null = null;
  const webhooks = await createNodeMiddleware(
    (instance) => {
      engine = createAppEngine(instance, app, ended);
    },
    { probot, webhooksPath: WEBHOOKS_PATH },
  );
  if (engine === null) throw new Error('Probot did not load the app.');
  const running: Engine = engine;

  const pages = getRequestListener(statusPages().fetch);
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    void webhooks(request, response, () => pages(request, response));
  });
  const port = await listen(http, server.port, server.host);
  return {
    url: `http://${server.host === '0.0.0.0' ? '127.0.0.1' : server.host}:${port}`,
    engine: running,
    async close() {
      const closed = new Promise((resolve) => http.close(resolve));
      http.closeIdleConnections();
      await running.idle();
      http.closeAllConnections();
      await closed;
    },
  };
}

export const webhookUrl = (app: Pick<RunningApp, 'url'>) => `${app.url}${WEBHOOKS_PATH}`;

/** `/health`: the process lives. `/ready`: it takes events. */
function statusPages(): Hono {
  const pages = new Hono();
  pages.get('/health', (context) => context.json({ ok: true }));
  pages.get('/ready', (context) => context.json({ ok: true }));
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
