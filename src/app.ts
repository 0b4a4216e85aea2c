import type { Probot } from 'probot';
import { createAppEngine } from './hosts/app.ts';
import { appSettings } from './hosts/environment.ts';

/** The standard Probot app function: `probot run` and every Probot adapter take it as it is. */
export default function conductor(app: Probot): void {
  createAppEngine(app, appSettings(process.env));
}
