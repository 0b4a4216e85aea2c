/**
 * The App in a process of its own, to be killed. Settings come as one JSON argument; a crash point kills the process
 * inside a step: `before` its work, `done` when GitHub has done it and nothing is stored, `stored` right after.
 */
import { appSettings } from '../../src/hosts/environment.ts';
import { serveApp } from '../../src/hosts/serve.ts';
import type { Steps } from '../../src/runs/ports.ts';
import type { AppSetup, CrashPoint, Order } from './app-under-test.ts';

const setup: AppSetup = JSON.parse(process.argv[2] ?? '{}');
let point = setup.crashAt;
let left = point?.after ?? 0;
const seen = new Set<string>();

const settings = appSettings({
  GITHUB_API_URL: setup.githubUrl,
  DATA_DIR: setup.dataDirectory,
  ...(setup.databaseUrl === null ? {} : { DATABASE_URL: setup.databaseUrl }),
  ...setup.variables,
});
const app = await serveApp(
  {
    appId: setup.appId,
    privateKey: setup.privateKey,
    webhookSecret: setup.webhookSecret,
    port: setup.port,
    host: '127.0.0.1',
    logLevel: setup.logLevel ?? 'fatal',
  },
  { ...settings, host: { ...settings.host, ...setup.host } },
  { aroundSteps: crashing },
);
process.send?.({ kind: 'ready', url: app.url });
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.on('disconnect', () => process.exit(0));
process.on('message', (order: Order) => {
  switch (order.kind) {
    case 'arm':
      point = order.crashAt;
      left = point.after;
      return process.send?.({ kind: 'armed' });
    case 'steps':
      return process.send?.({ kind: 'steps', steps: [...seen] });
    case 'memory': {
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      return process.send?.({ kind: 'memory', rss, heapUsed });
    }
  }
});

function crashing(steps: Steps): Steps {
  return {
    async run(name, work) {
      const result = await steps.run(name, async () => {
        strike(name, 'before');
        const done = await work();
        strike(name, 'done');
        return done;
      });
      strike(name, 'stored');
      return result;
    },
  };
}

function strike(step: string, at: CrashPoint['position']): void {
  const name = nameOf(step);
  seen.add(name);
  if (point === null || at !== point.position || (point.step !== null && name !== point.step)) return;
  if (left-- === 0) process.kill(process.pid, 'SIGKILL');
}

/** Model calls are numbered: `model-coder-2` is the second of its kind. */
function nameOf(step: string): string {
  return step.replace(/-\d+(-again-\d+)?$/, '');
}
