import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RunWatch } from '../runs/run-watch.ts';
import { runMetrics } from './run-metrics.ts';
import { atMost } from './series.ts';

/** How much there is to do, as the database and the port know it; null: nobody can say now. */
export interface Load {
  readonly waiting: number | null;
  readonly running: number | null;
  readonly activeThreads: number | null;
  readonly connections: number | null;
}

/** The App's figures in Prometheus' format. */
export interface Metrics {
  readonly runs: RunWatch;
  /** A delivery of GitHub's own, before anything is made of it. */
  verified(event: string, action: string | null): void;
  /** A request for the webhooks' path was answered, after so many seconds. `result`: what it was answered. */
  answered(event: string, result: string, seconds: number): void;
  /** A pull request of Conductor's own was merged. */
  merged(repositoryId: number): void;
  /** GitHub answered, with the headers of its rate limit. */
  heard(installation: number, headers: Readonly<Record<string, string | number | undefined>>): void;
  /** The page. Not older than a second, however often it is asked for. */
  page(): Promise<{ readonly type: string; readonly text: string }>;
}

const FRESH_MS = 1_000;
/** GitHub gives a delivery up after ten seconds. */
const ANSWER_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Texts that people write in threads. */
const MESSAGES = [
  'issues.opened',
  'pull_request.opened',
  'issue_comment.created',
  'pull_request_review.submitted',
  'pull_request_review_comment.created',
];
const RESOURCES = ['core', 'graphql', 'search'];

/** `events`: the webhooks that may concern Conductor. Whatever else a sender names is counted as `other`. */
export function createMetrics(events: readonly string[], load: () => Promise<Load>): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const runs = runMetrics(registry);
  const deliveries = new Counter({
    name: 'conductor_webhook_deliveries_total',
    help: 'Requests for the webhooks’ path, by event and by what was answered.',
    labelNames: ['event', 'result'],
    registers,
  });
  const answers = new Histogram({
    name: 'conductor_webhook_answer_seconds',
    help: 'From a delivery’s arrival to its answer.',
    buckets: ANSWER_SECONDS,
    registers,
  });
  const messages = new Counter({
    name: 'conductor_messages_total',
    help: 'Texts that were written in threads: openings, comments, reviews.',
    labelNames: ['event'],
    registers,
  });
  const merges = new Counter({
    name: 'conductor_pull_requests_merged_total',
    help: 'Pull requests of Conductor’s own that were merged, by repository id.',
    labelNames: ['repository'],
    registers,
  });
  const left = new Gauge({
    name: 'conductor_github_requests_left',
    help: 'What GitHub said is left of an installation’s hourly limit.',
    labelNames: ['installation', 'resource'],
    registers,
  });
  const ofMerge = atMost<{ repository: string }>(1_000);
  const ofLimit = atMost<{ installation: string; resource: string }>(1_000);
  const refresh = loadGauges(registry, load);
  let page: { readonly at: number; readonly text: Promise<string> } | null = null;

  async function written(): Promise<string> {
    await refresh();
    return registry.metrics();
  }

  return {
    runs,
    verified(event, action) {
      if (MESSAGES.includes(`${event}.${action}`)) messages.inc({ event });
    },
    answered(event, result, seconds) {
      deliveries.inc({ event: events.includes(event) ? event : 'other', result });
      answers.observe(seconds);
    },
    merged: (repositoryId) => merges.inc(ofMerge({ repository: String(repositoryId) })),
    heard(installation, headers) {
      const remaining = Number(headers['x-ratelimit-remaining'] ?? Number.NaN);
      if (!Number.isFinite(remaining)) return;
      const named = String(headers['x-ratelimit-resource'] ?? 'core');
      const resource = RESOURCES.includes(named) ? named : 'other';
      left.set(ofLimit({ installation: String(installation), resource }), remaining);
    },
    async page() {
      if (page === null || performance.now() - page.at > FRESH_MS)
        page = { at: performance.now(), text: written() };
      return { type: registry.contentType, text: await page.text };
    },
  };
}

/** Figures that are read when somebody asks. What can't be read is no number, instead of an old one. */
function loadGauges(registry: Registry, load: () => Promise<Load>): () => Promise<void> {
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const gauges = {
    waiting: gauge(
      'conductor_runs_waiting',
      'Texts and commands that wait for their turn, in all processes.',
    ),
    running: gauge('conductor_runs_running', 'Runs under way, in all processes.'),
    activeThreads: gauge('conductor_threads_active', 'Threads with a session that is not archived.'),
    connections: gauge('conductor_http_connections', 'Open connections to this process.'),
  };
  return async () => {
    const now = await load();
    for (const name of ['waiting', 'running', 'activeThreads', 'connections'] as const)
      gauges[name].set(now[name] ?? Number.NaN);
  };
}
