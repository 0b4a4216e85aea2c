/**
 * The App in a process of its own, to be killed. Settings come as one JSON argument; `crashAt` kills the process inside
 * a step: `before` its work, `done` when GitHub has done it and nothing is stored, `stored` right after.
 */
import { appSettings } from '../../src/hosts/environment.ts';
import { serveApp } from '../../src/hosts/serve.ts';
import type { Steps } from '../../src/runs/ports.ts';
import type { AppSetup, CrashPoint } from './app-under-test.ts';

const setup: AppSetup = JSON.parse(process.argv[2] ?? '{}');
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
  setup.crashAt === null ? {} : { aroundSteps: (steps) => crashing(steps, setup.crashAt as CrashPoint) },
);
process.send?.({ kind: 'ready', url: app.url });
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)));
process.on('message', (message) => {
  if (message === 'memory') process.send?.({ kind: 'memory', rss: process.memoryUsage.rss() });
});

function crashing(steps: Steps, { step, position, after }: CrashPoint): Steps {
  let left = after;
  const strike = (name: string, at: CrashPoint['position']) => {
    if (at !== position || (step !== null && nameOf(name) !== step)) return;
    if (left-- === 0) process.kill(process.pid, 'SIGKILL');
  };
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

/** Model calls are numbered: `model-coder-2` is the second of its kind. */
function nameOf(step: string): string {
  return step.replace(/-\d+(-again-\d+)?$/, '');
}
