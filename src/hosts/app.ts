import type { EmitterWebhookEventName } from '@octokit/webhooks';
import type { Probot } from 'probot';
import { mirrorSource } from '../github/repository.ts';
import { harmlessLogLine } from '../messages/way-out.ts';
import { inProcessRunner } from '../runs/in-process-runner.ts';
import type { RunView } from '../runs/run-view.ts';
import { systemClock } from './clock.ts';
import { type Connect, cloneUrlOf } from './connection.ts';
import { createEngine, type Engine } from './engine.ts';
import type { AppSettings } from './environment.ts';
import { installationTokens, type Permissions } from './installation-tokens.ts';
import { configuredModels } from './models.ts';

/** The events that may concern Conductor; app.yml subscribes to the same. */
export const EVENTS = [
  'issues',
  'issue_comment',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'push',
] as const satisfies readonly EmitterWebhookEventName[];

/** GitHub waits ten seconds for an answer. What takes longer, such as a first fetch of a large repository, goes on after it. */
const ANSWER_WITHIN_MS = 5_000;

/** What the App may do with a write token, and nothing more. `workflows` is left out on purpose. */
export const WRITE = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  metadata: 'read',
} as const;
const READ = { contents: 'read', issues: 'read', pull_requests: 'read', metadata: 'read' } as const;

/** Connects the engine to a Probot app: its webhooks come in, its installation tokens go out, narrowed to one repository. */
export function createAppEngine(
  app: Probot,
  settings: AppSettings,
  ended: (view: RunView) => void = () => undefined,
): Engine {
  const engine = createEngine({
    connect: connectApp(app, settings),
    models: configuredModels(settings.variables),
    settings: settings.host,
    clock: systemClock,
    // Memory only in this version: the record on GitHub is the check runs and comments.
    journal: { append: async () => undefined },
    steps: { run: (_name, work) => work() },
    runner: inProcessRunner,
    trigger: null,
    allowedBots: [],
    ended,
    log: (level, message, fields) => app.log[level](fields, harmlessLogLine(message)),
  });

  app.on([...EVENTS], async ({ id, name, payload }) => {
    const received = engine.receive(name, payload).then(
      (what) => app.log.debug({ delivery: id, event: name, ...what }, 'event received'),
      (error: unknown) => {
        app.log.error(
          { delivery: id, event: name, error: harmlessLogLine(String(error)) },
          'event not received',
        );
        throw error;
      },
    );
    const { signal, cancel } = systemClock.deadline(ANSWER_WITHIN_MS);
    const late = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    // Whichever comes first; a failure that comes later is in the log, and must not end the process.
    received.catch(() => undefined);
    await Promise.race([received, late]).finally(cancel);
  });
  return engine;
}

function connectApp(app: Probot, settings: AppSettings): Connect {
  const tokens = installationTokens(app, systemClock.now);
  let self: Promise<string> | null = null;

  async function ownLogin(): Promise<string> {
    const client = await app.auth();
    const { data } = await client.request('GET /app');
    return `${data?.slug}[bot]`;
  }

  return async (repository, installationId) => {
    if (installationId === null)
      throw new Error('The event carries no installation: Conductor is not installed there as an App.');
    const token = (permissions: Permissions) => () => tokens(installationId, repository.id, permissions);
    self ??= ownLogin().catch((error: unknown) => {
      self = null;
      throw error;
    });
    const readToken = token(READ);
    return {
      apiUrl: settings.apiUrl,
      self: await self,
      readToken,
      writeToken: token(WRITE),
      source: mirrorSource(settings.cacheDirectory, {
        repository,
        cloneUrl: cloneUrlOf(settings.apiUrl, repository),
        token: readToken,
      }),
      paceAs: settings.paced ? `installation-${installationId}` : null,
    };
  };
}
