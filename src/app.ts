import type { Probot } from 'probot';
import { createAppEngine, listen } from './hosts/app.ts';
import { appLog } from './hosts/app-log.ts';
import { appSettings } from './hosts/environment.ts';
import { hideEnvironment } from './hosts/own-environment.ts';
import { openRunners } from './hosts/runners.ts';

/** The standard Probot app function: `probot run` and every Probot adapter take it as it is. */
export default async function conductor(app: Probot): Promise<void> {
  hideEnvironment();
  const settings = appSettings(process.env);
  const runners = await openRunners(settings, app);
  const engine = createAppEngine(app, settings, runners.runner);
  listen(app, engine, appLog(app, settings.mask));
  await runners.start();
  runners.catchUp(engine);
}
