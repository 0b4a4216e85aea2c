import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { DestinationStream } from 'pino';
import { Probot } from 'probot';
import { createMetrics, type Metrics } from '../web/metrics.ts';
import { sendTraces, type Traces } from '../web/traces/send-traces.ts';
import { type AppEngineOptions, createAppEngine, HEARD } from './app.ts';
import { appLog, jsonLogger } from './app-log.ts';
import type { Engine, Received } from './engine.ts';
import { type AppSettings, type ServerSettings, SettingError } from './environment.ts';
import { createIntake } from './intake.ts';
import { failureFields, type Log } from './log.ts';
import { needGit } from './need-git.ts';
import { pagesOf } from './pages.ts';
import { openRunners, type RunnersOptions } from './runners.ts';
import { traceSettings } from './trace-settings.ts';
import { watchAll } from './watch-run.ts';

const WEBHOOKS_PATH = '/api/github/webhooks';

/** A running App. */
export interface RunningApp {
  readonly url: string;
  readonly engine: Engine;
  /** Takes no more events, waits a while for the runs under way, hands over the rest, and lets go of the port. */
  close(): Promise<void>;
}

/** For rehearsals and tests; a server that runs needs none of them. */
export interface ServeOptions extends Pick<AppEngineOptions, 'ended' | 'clock'>, RunnersOptions {
  /** Where the log goes instead of standard output. */
  readonly logTo?: DestinationStream;
}

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
    log: jsonLogger(server.logLevel, settings.mask, options.logTo),
  });
  for (const secret of [server.privateKey, server.webhookSecret]) settings.mask.add(secret);
  const log = appLog(probot, settings.mask);
  const traces = tracesOf(settings, log);
  const runners = await openRunners(settings, probot, options);
  const metrics = createMetrics(HEARD, async () => {
    const { waiting = null, running = null, activeThreads = null } = (await runners.load()) ?? {};
    return { waiting, running, activeThreads, connections: await connectionsOf(http) };
  });
  const watches = [metrics.runs, ...(traces ? [traces.runs] : [])];
  const engine = createAppEngine(probot, settings, runners.runner, {
    ...(options.ended && { ended: options.ended }),
    ...(options.clock && { clock: options.clock }),
    watch: watchAll(watches, (error) => log('error', 'a watch of runs failed', failureFields(error))),
    heard: (installation, { headers }) => metrics.heard(installation, headers),
  });
  const intake = createIntake({
    secret: server.webhookSecret,
    receive: (name, payload, delivery) => receive(engine, metrics, name, payload, delivery),
    events: HEARD,
    log,
    figures: metrics,
  });
  const { metricsToken } = settings;
  const pages = getRequestListener(
    pagesOf({ webhooksPath: WEBHOOKS_PATH, ready: runners.ready, metrics, metricsToken }).fetch,
  );
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
        await traces?.sent();
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

async function receive(
  engine: Engine,
  metrics: Pick<Metrics, 'merged'>,
  name: string,
  payload: unknown,
  delivery: string,
): Promise<Received> {
  const received = await engine.receive(name, payload, delivery);
  if (received.kind === 'stopping' && received.merged !== null) metrics.merged(received.merged);
  return received;
}

function tracesOf({ variables, mask }: AppSettings, log: Log): Traces | null {
  const settings = traceSettings(variables);
  return (
    settings && sendTraces(settings, mask.texts, (why) => log('warn', 'a trace was not sent', { error: why }))
  );
}

/** Null: the port is not open. */
const connectionsOf = (http: Server) =>
  new Promise<number | null>((resolve) => {
    http.getConnections((error, count) => resolve(error ? null : count));
  });

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
