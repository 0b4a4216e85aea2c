import type { CommandRequest } from '../commands/request.ts';
import { putChecks } from '../github/check-runs.ts';
import { createClient } from '../github/client.ts';
import { type Identity, threadComments } from '../github/comments.ts';
import { createPublisher } from '../github/publisher.ts';
import { createReader } from '../github/reader.ts';
import { handleEvent } from '../handlers/handle-event.ts';
import type { Handled } from '../handlers/handled.ts';
import { configCheck } from '../messages/config-check.ts';
import { checkConfig } from '../runs/check-config.ts';
import { executeRun } from '../runs/execute-run.ts';
import type { Clock, HostSettings, Journal, Models, RunPorts, Steps } from '../runs/ports.ts';
import type { RunEvent } from '../runs/run-events.ts';
import { type RunId, runIdOf } from '../runs/run-id.ts';
import { type RunView, viewOf } from '../runs/run-view.ts';
import type { Execute, Runner } from '../runs/runner.ts';
import type { Connect, Connection } from './connection.ts';
import { repositoryConfigs } from './repository-configs.ts';

/** What a host puts in: everything that differs between the App, the Action and a test. */
export interface EngineOptions {
  readonly connect: Connect;
  readonly models: Models;
  readonly settings: HostSettings;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly steps: Steps;
  /** What executes runs, and what it remembers of them. */
  readonly runner: (execute: Execute) => Runner;
  /** Set: this word and no other is what people mention. Null: each repository's config says. */
  readonly trigger: string | null;
  readonly allowedBots: readonly number[];
  /** Called once for every run that has ended. */
  readonly ended: (view: RunView) => void;
  readonly log: (level: 'info' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** What became of an event. */
export type Received =
  | { readonly kind: 'run'; readonly run: RunId; readonly how: 'accepted' | 'known' }
  | { readonly kind: 'config_check' }
  | { readonly kind: 'ignored'; readonly reason: string };

/** The product, as a host sees it: events in, runs out. */
export interface Engine {
  receive(name: string, payload: unknown): Promise<Received>;
  /** Resolves when every accepted run, and everything else that was begun, has ended. */
  idle(): Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { connect, settings, clock, log } = options;
  const configs = repositoryConfigs(connect, settings, clock);
  const prepared = new Map<RunId, Promise<PreparedRun>>();
  const background = new Set<Promise<void>>();
  const runner = options.runner(async (request) => {
    const run = runIdOf(request);
    const fields = { run, thread: request.thread.number, repository: request.repository.id };
    try {
      const { ports, events, close } = await prepare(request);
      const outcome = await executeRun(request, ports).finally(close);
      log('info', 'run ended', { ...fields, state: outcome.state, code: outcome.code });
      options.ended(viewOf(events));
      return 'ended';
    } catch (error) {
      log('error', 'run could not start', { ...fields, error: String(error) });
      return 'not_started';
    } finally {
      prepared.delete(run);
    }
  });

  /** A run's ports, built once: when it is accepted, or when it starts, whichever comes first. */
  function prepare(request: CommandRequest): Promise<PreparedRun> {
    const run = runIdOf(request);
    const kept = prepared.get(run) ?? open(request, run);
    prepared.set(run, kept);
    return kept;
  }

  async function open(request: CommandRequest, run: RunId): Promise<PreparedRun> {
    const { source, self, ...connection } = await connect(request.repository, request.installationId);
    const { read, write } = clients(connection);
    const identity: Identity = { login: self };
    const comments = threadComments(request, read, write, identity);
    const config = await configs.of(request.repository, request.installationId);
    const trigger = options.trigger ?? config.trigger;
    const events: RunEvent[] = [];
    const journal: Journal = {
      append(event) {
        events.push(event);
        return options.journal.append(event);
      },
    };
    const ports: RunPorts = {
      reader: createReader(request, read, source, comments),
      publisher: createPublisher({ request, client: write, source, comments, identity, trigger }, run),
      models: options.models,
      clock,
      journal,
      steps: options.steps,
      settings,
    };
    return { ports, events, close: () => source.close() };
  }

  async function postConfigCheck(change: ConfigChange): Promise<void> {
    const connection = await connect(change.repository, change.installationId);
    const found = await checkConfig(connection.source, change, settings.configPath).finally(() =>
      connection.source.close(),
    );
    if (found === null) return;
    const { write } = clients(connection);
    await putChecks(write, change.repository, change.head.sha, `config-${change.head.sha}`, [
      configCheck(found),
    ]);
  }

  /** Work that no answer waits for, and that fails nothing but itself. */
  function inBackground(work: Promise<void>): void {
    const ended = work
      .catch((error: unknown) => log('error', 'config check failed', { error: String(error) }))
      .finally(() => background.delete(ended));
    background.add(ended);
  }

  /** 👀 at once, also for a request that has to wait its turn. The run tells how it came out. */
  function acknowledge(request: CommandRequest): void {
    prepare(request)
      .then(({ ports }) => ports.publisher.acknowledge())
      .catch((error: unknown) =>
        log('info', 'not acknowledged', { run: runIdOf(request), error: String(error) }),
      );
  }

  return {
    async receive(name, payload) {
      const known = mentions(payload) ? await configs.ofPayload(payload) : null;
      const handled = handleEvent(name, payload, {
        trigger: options.trigger ?? known?.trigger ?? 'conductor',
        allowedBots: [...options.allowedBots, ...(known?.allowedBots ?? [])],
      });
      switch (handled.kind) {
        case 'ignored':
          return { kind: 'ignored', reason: handled.reason };
        case 'default-branch-push':
          configs.forget(handled.repositoryId);
          return { kind: 'ignored', reason: 'push' };
        case 'config-change':
          inBackground(postConfigCheck(handled));
          return { kind: 'config_check' };
        case 'command': {
          const submission = await runner.submit(handled.request);
          if (submission.how === 'accepted') acknowledge(handled.request);
          log('info', 'run submitted', {
            run: submission.run,
            how: submission.how,
            thread: handled.request.thread.number,
            event: name,
          });
          return { kind: 'run', ...submission };
        }
      }
    },
    async idle() {
      await Promise.all(background);
      await runner.idle();
    },
  };
}

type ConfigChange = Extract<Handled, { kind: 'config-change' }>;

/** What one run works with. */
interface PreparedRun {
  readonly ports: RunPorts;
  readonly events: readonly RunEvent[];
  readonly close: () => void;
}

function clients({
  apiUrl: baseUrl,
  paceAs,
  readToken,
  writeToken,
}: Pick<Connection, 'apiUrl' | 'paceAs' | 'readToken' | 'writeToken'>) {
  return {
    read: createClient({ baseUrl, paceAs, token: readToken }),
    write: createClient({ baseUrl, paceAs, token: writeToken }),
  };
}

/** Cheap first: no config is read for an event that holds no @ in any text that could command. */
function mentions(payload: unknown): boolean {
  if (typeof payload !== 'object' || payload === null) return false;
  return ['comment', 'review', 'issue', 'pull_request'].some((key) => {
    const part: unknown = Reflect.get(payload, key);
    const body: unknown = typeof part === 'object' && part !== null ? Reflect.get(part, 'body') : null;
    return typeof body === 'string' && body.includes('@');
  });
}
