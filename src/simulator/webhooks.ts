import { createHmac } from 'node:crypto';
import { reaches } from './access.ts';
import type { Emission } from './act.ts';
import { nodeId } from './ids.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { type App, type Installation, timestamp, type World } from './state.ts';

/** GitHub waits ten seconds for an answer. Source: docs.github.com, "Best practices for using webhooks". */
const TIMEOUT_MS = 10_000;

/** One attempt to deliver one event to one App. */
export interface Delivery {
  readonly id: number;
  /** The same for every attempt at the same event. */
  readonly guid: string;
  readonly app: App;
  readonly installation: Installation | null;
  readonly repositoryId: number | null;
  readonly event: string;
  readonly action: string | null;
  readonly redelivery: boolean;
  readonly deliveredAt: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** `OK`, or what went wrong. */
  status: string;
  /** 0 until answered; 502 when nobody listened, 504 when nobody answered in time, as on GitHub. */
  statusCode: number;
  /** Seconds. */
  duration: number;
  responseHeaders: Readonly<Record<string, string>>;
  responseBody: string;
}

export interface Webhooks {
  /** Every attempt, oldest first. */
  readonly deliveries: Delivery[];
  /** Queues the events for all Apps that want them, to go out after `answered`; returns at once. */
  send(emissions: readonly Emission[], answered: Promise<void>): void;
  redeliver(delivery: Delivery): void;
  /** Resolves when every queue is empty, including what was queued meanwhile. */
  settled(): Promise<void>;
  /** Gives up on what is under way and delivers nothing more. */
  stop(): void;
}

/**
 * One queue per App, each event tried once. One at a time they arrive in order; `atOnce` of them side by
 * side arrive in any order, as on GitHub.
 */
export function createWebhooks(world: World, atOnce: number): Webhooks {
  const deliveries: Delivery[] = [];
  const queues = new Map<App, Lanes>();
  const stopped = new AbortController();

  function enqueue(
    delivery: Omit<Delivery, 'id' | 'deliveredAt' | 'requestHeaders'>,
    answered: Promise<void>,
  ): void {
    const { app } = delivery;
    const queue = queues.get(app) ?? createLanes(atOnce);
    queues.set(app, queue);
    queue.add(async () => {
      await answered;
      if (stopped.signal.aborted) return;
      const body = JSON.stringify(delivery.payload);
      const attempt: Delivery = {
        ...delivery,
        id: world.ids.next('delivery'),
        deliveredAt: timestamp(world),
        requestHeaders: headersOf(delivery, body),
      };
      deliveries.push(attempt);
      await deliver(attempt, body, stopped.signal);
    });
  }

  return {
    deliveries,
    send(emissions, answered) {
      for (const emission of emissions) {
        for (const app of world.apps.values()) {
          const url = app.webhookUrl;
          if (url === null || !wants(app, emission)) continue;
          const installation = reachedBy(world, app, emission);
          if (installation === undefined) continue;
          const { event, action, repository } = emission;
          const payload =
            installation === null || 'installation' in emission.payload
              ? emission.payload
              : {
                  ...emission.payload,
                  installation: { id: installation.id, node_id: nodeId('MDIzOkl', installation.id) },
                };
          enqueue(
            {
              ...UNANSWERED,
              guid: world.ids.guid(),
              app,
              installation,
              repositoryId: repository?.id ?? null,
              event,
              action,
              redelivery: false,
              url,
              payload,
            },
            answered,
          );
        }
      }
    },
    redeliver(delivery) {
      const url = delivery.app.webhookUrl ?? delivery.url;
      enqueue({ ...delivery, ...UNANSWERED, redelivery: true, url }, Promise.resolve());
    },
    async settled() {
      while ([...queues.values()].some(({ busy }) => busy)) {
        await Promise.all([...queues.values()].map((queue) => queue.idle()));
      }
    },
    stop: () => stopped.abort(),
  };
}

const UNANSWERED = {
  status: 'pending',
  statusCode: 0,
  duration: 0,
  responseHeaders: {},
  responseBody: '',
} as const;

function wants(app: App, { event, only }: Emission): boolean {
  if (only !== null && only !== app) return false;
  // GitHub sends these two to every App, subscribed or not.
  if (event === 'installation' || event === 'installation_repositories') return true;
  return app.events.includes(event);
}

/** The installation through which an App learns of an event; undefined when there is none. */
function reachedBy(
  world: World,
  app: App,
  { repository, payload }: Emission,
): Installation | null | undefined {
  const installations = [...world.installations.values()].filter((installation) => installation.app === app);
  // What becomes of an installation itself is told even while it is suspended.
  if (repository === null) {
    const named = payload.installation as { id: number } | undefined;
    return installations.find(({ id }) => id === named?.id) ?? null;
  }
  return installations.find(
    (installation) => installation.suspension === null && reaches(installation, repository),
  );
}

function headersOf(delivery: Pick<Delivery, 'app' | 'event' | 'guid'>, body: string): Record<string, string> {
  const { app, event, guid } = delivery;
  const sign = (algorithm: string): string =>
    createHmac(algorithm, app.webhookSecret ?? '')
      .update(body)
      .digest('hex');
  return {
    'content-type': 'application/json',
    accept: '*/*',
    'user-agent': 'GitHub-Hookshot/c0de000',
    'x-github-delivery': guid,
    'x-github-event': event,
    'x-github-hook-id': String(app.hookId),
    'x-github-hook-installation-target-id': String(app.id),
    'x-github-hook-installation-target-type': 'integration',
    ...(app.webhookSecret === null
      ? {}
      : { 'x-hub-signature': `sha1=${sign('sha1')}`, 'x-hub-signature-256': `sha256=${sign('sha256')}` }),
  };
}

async function deliver(attempt: Delivery, body: string, stopped: AbortSignal): Promise<void> {
  const started = performance.now();
  try {
    const response = await fetch(attempt.url, {
      method: 'POST',
      headers: attempt.requestHeaders,
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    attempt.responseBody = await response.text();
    attempt.responseHeaders = Object.fromEntries(response.headers);
    attempt.statusCode = response.status;
    attempt.status = response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`;
  } catch (error) {
    const late = error instanceof Error && error.name === 'TimeoutError';
    attempt.statusCode = late ? 504 : 502;
    attempt.status = late ? 'timed out' : 'failed to connect to host';
  }
  attempt.duration = Math.round((performance.now() - started) / 10) / 100;
}
