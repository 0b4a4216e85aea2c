import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { appSettings, serverSettings, type Variables } from '../hosts/environment.ts';
import { serveApp } from '../hosts/serve.ts';

/** `conductor serve`: the App, until it is told to stop. */
export function serve(variables: Variables): Command {
  return new Command('serve')
    .description(
      'Run the GitHub App. Settings come from the environment: APP_ID, PRIVATE_KEY, WEBHOOK_SECRET, PORT, …',
    )
    .action(async () => {
      const server = serverSettings(variables, (path) => readFileSync(path, 'utf8'));
      const app = await serveApp(server, appSettings(variables));
      console.log(`Conductor listens at ${app.url}. Webhooks arrive at /api/github/webhooks.`);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          console.log('Stopping: no new runs; waiting up to 8 seconds for those under way.');
          // What is still under way then is another process' to go on with, and must not keep this one alive.
          void app.close().finally(() => process.exit());
        });
      }
    });
}
