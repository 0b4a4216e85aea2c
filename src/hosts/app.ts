import type { EmitterWebhookEventName } from '@octokit/webhooks';
import type { Probot } from 'probot';
import type { GitHubAnswer } from '../github/client.ts';
import { mirrorSource } from '../github/repository.ts';
import type { Clock } from '../runs/ports.ts';
import type { RunView } from '../runs/run-view.ts';
import type { RunWatch } from '../runs/run-watch.ts';
import type { Runner, Work } from '../runs/runner.ts';
import { appLog } from './app-log.ts';
import { systemClock } from './clock.ts';
import { type Connect, cloneUrlOf } from './connection.ts';
import { createEngine, type Engine } from './engine.ts';
import type { AppSettings } from './environment.ts';
import {
  installationTokens,
  LOGS,
  MEMBERS,
  type Permissions,
  PUSH,
  READ,
  WORDS,
} from './installation-tokens.ts';
import { lazyCliAgents } from './lazy-cli-agents.ts';
import type { Log } from './log.ts';
import { configuredModels } from './models.ts';

/** The events that app.yml subscribes to. */
export const EVENTS = [
  'check_run',
  'check_suite',
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'push',
] as const satisfies readonly EmitterWebhookEventName[];

/** Those that may concern Conductor: GitHub sends the last to every App, subscribed or not. */
export const HEARD = [...EVENTS, 'installation'] as const;

/** Who is told of what goes on; and what differs where an App is tried or rehearsed. */
export interface AppEngineOptions {
  /** Called once for every run that has ended. */
  readonly ended?: (view: RunView) => void;
  readonly watch?: RunWatch;
  /** Of each of GitHub's answers, with the installation that asked. */
  readonly heard?: (installation: number, answer: GitHubAnswer) => void;
  /** The machine's, by default. */
  readonly clock?: Clock;
}

/** The engine of an App: installation tokens go out, narrowed to one repository. `app` signs for them and logs. */
export function createAppEngine(
  app: Probot,
  settings: AppSettings,
  runner: (work: Work) => Runner,
  { ended = () => undefined, watch, heard, clock = systemClock }: AppEngineOptions = {},
): Engine {
  return createEngine({
    connect: connectApp(app, settings, heard),
    models: configuredModels(settings.variables, settings.mask),
    mask: settings.mask,
    cli: lazyCliAgents(settings.variables),
    settings: settings.host,
    clock,
    runner,
    trigger: null,
    allowedBots: [],
    handOver: null,
    ended,
    ...(watch && { watch }),
    log: appLog(app, settings.mask),
  });
}

/** Feeds the engine from Probot's own webhooks: an event is answered when it is stored, and failed when it can't be. */
export function listen(app: Probot, engine: Engine, log: Log): void {
  app.on([...EVENTS, 'installation'], async ({ id, name, payload }) => {
    const what = await engine.receive(name, payload, id);
    log('debug', 'event received', { delivery: id, event: name, ...what });
  });
}

function connectApp(app: Probot, settings: AppSettings, heard: AppEngineOptions['heard']): Connect {
  const tokens = installationTokens(() => app.auth(), systemClock.now, settings.mask);
  let self: Promise<string> | null = null;

  async function ownLogin(): Promise<string> {
    const client = await app.auth();
    const { data } = await client.request('GET /app');
    return `${data?.slug}[bot]`;
  }

  return async (repository, installationId) => {
    if (installationId === null)
      throw new Error('The event carries no installation: Conductor is not installed there as an App.');
    const ownTokens = installationTokens(() => app.auth(), systemClock.now, settings.mask);
    const token = (permissions: Permissions) => () => tokens(installationId, repository.id, permissions);
    self ??= ownLogin().catch((error: unknown) => {
      self = null;
      throw error;
    });
    const readToken = token(READ);
    return {
      apiUrl: settings.apiUrl,
      graphqlUrl: settings.graphqlUrl,
      self: await self,
      readToken,
      wordToken: token(WORDS),
      // Of this run alone: no run finds one that another has left.
      pushToken: () => ownTokens(installationId, repository.id, PUSH),
      logToken: token(LOGS),
      memberToken: token(MEMBERS),
      source: mirrorSource(settings.cacheDirectory, {
        repository,
        cloneUrl: cloneUrlOf(settings.apiUrl, repository),
        token: readToken,
      }),
      paceAs: settings.paced ? `installation-${installationId}` : null,
      mask: settings.mask,
      ...(heard && { heard: (answer: GitHubAnswer) => heard(installationId, answer) }),
    };
  };
}
