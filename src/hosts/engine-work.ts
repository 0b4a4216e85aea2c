import type { CliAgent } from '../agents/cli-agent.ts';
import { modelHealths } from '../agents/model-health.ts';
import type { CommandRequest } from '../commands/request.ts';
import { type Identity, threadComments } from '../github/comments.ts';
import { createOwnPulls } from '../github/own-pulls.ts';
import { createPublisher } from '../github/publisher.ts';
import { createReader } from '../github/reader.ts';
import { readCommand } from '../handlers/read-command.ts';
import { concludeRun } from '../runs/end-run.ts';
import { executeRun } from '../runs/execute-run.ts';
import type {
  Clock,
  HostSettings,
  Journal,
  Models,
  OwnPulls,
  Publisher,
  Reader,
  RunPorts,
} from '../runs/ports.ts';
import type { RunEvent } from '../runs/run-events.ts';
import { runIdOf } from '../runs/run-id.ts';
import { type RunView, viewOf } from '../runs/run-view.ts';
import type { Execution, Work } from '../runs/runner.ts';
import { spendingInMemory } from '../runs/spending.ts';
import { type Connect, type Connection, clientsOf } from './connection.ts';
import type { RepositoryConfigs } from './repository-configs.ts';

/** What the work on runs needs of its host. */
export interface WorkOptions {
  readonly connect: Connect;
  readonly models: Models;
  readonly cli: CliAgent;
  readonly settings: HostSettings;
  readonly clock: Clock;
  /** Set: this word and no other is what people mention. Null: each repository's config says. */
  readonly trigger: string | null;
  readonly allowedBots: readonly number[];
  /** Called once for every run that has ended. */
  readonly ended: (view: RunView) => void;
  readonly log: (level: 'info' | 'error', message: string, fields: Readonly<Record<string, unknown>>) => void;
}

type ClientKeys = 'apiUrl' | 'paceAs' | 'readToken' | 'writeToken';
const MOST_CLIENTS = 200;

/** Everything of a run that touches GitHub. */
interface Reached {
  readonly reader: Reader;
  readonly ownPulls: OwnPulls;
  readonly publisher: Publisher;
  readonly close: () => void;
  readonly repositoryId: number;
}

/** What the engine does for a runner: reads requests, welcomes, executes and concludes them, each over its own connection. */
export function createWork(options: WorkOptions, configs: RepositoryConfigs): Work {
  const { connect, settings, clock, models, cli, log } = options;
  const health = modelHealths(() => clock.now().getTime());
  const identities = new Map<string, Identity>();
  const clients = new Map<string, ReturnType<typeof clientsOf>>();

  /** One for each account that we write as: what GitHub's answers teach of it holds for all its runs. */
  function identityOf(self: string): Identity {
    const known = identities.get(self) ?? { login: self };
    identities.set(self, known);
    return known;
  }

  /** A client for each repository is kept: making one costs more than most requests. The oldest is forgotten first. */
  function clientsFor(
    { repository, installationId }: CommandRequest,
    connection: Pick<Connection, ClientKeys>,
  ) {
    const key = `${installationId}/${repository.id}`;
    const known = clients.get(key) ?? clientsOf(connection);
    clients.delete(key);
    clients.set(key, known);
    if (clients.size > MOST_CLIENTS) clients.delete(clients.keys().next().value ?? '');
    return known;
  }

  async function reach(request: CommandRequest): Promise<Reached> {
    const { source, self, ...connection } = await connect(request.repository, request.installationId);
    const { read, write } = clientsFor(request, connection);
    const identity = identityOf(self);
    const comments = threadComments(request, read, write, identity, settings.rivals);
    const config = await configs.of(request.repository, request.installationId);
    const trigger = options.trigger ?? config.trigger;
    return {
      reader: createReader(request, read, source, comments, identity),
      ownPulls: createOwnPulls(request.repository, read, source, identity, settings.branchPrefix),
      publisher: createPublisher(
        { request, client: write, source, comments, identity, trigger },
        runIdOf(request),
      ),
      close: () => source.close(),
      repositoryId: request.repository.id,
    };
  }

  function portsOf(
    { reader, ownPulls, publisher, repositoryId }: Reached,
    execution: Execution,
    seen: RunEvent[],
  ): RunPorts {
    const journal: Journal = {
      recorded: execution.journal.recorded,
      append(event) {
        seen.push(event);
        return execution.journal.append(event);
      },
    };
    return {
      reader,
      ownPulls,
      publisher,
      models,
      cli,
      health: health(repositoryId),
      clock,
      settings,
      ...execution,
      journal,
    };
  }

  return {
    async decide(event) {
      const known = await configs.of(event.repository, event.installationId);
      const read = readCommand(event, {
        trigger: options.trigger ?? known.trigger,
        allowedBots: [...options.allowedBots, ...known.allowedBots],
      });
      return read.kind === 'ignored' ? read : { ...read, commandsPerMinute: known.commandsPerMinute };
    },

    async welcome(request, ahead, journal) {
      // There is no text to react to, and nobody waits for an answer.
      if (request.cause === 'base_moved') return;
      const run = runIdOf(request);
      try {
        const { publisher, close } = await reach(request);
        try {
          await publisher.acknowledge();
          if (ahead === 0) return;
          const asked = { asker: request.asker.login, askingUrl: request.asking.url };
          const fact = { kind: 'run_queued', ahead, ...asked } as const;
          const event: RunEvent = { run, sequence: 0, at: clock.now().toISOString(), fact };
          if (journal.recorded.length === 0) await journal.append(event);
          await publisher.status(viewOf([event]));
        } finally {
          close();
        }
      } catch (error) {
        log('info', 'not acknowledged', { run, error: String(error) });
      }
    },

    async execute(request, execution) {
      const run = runIdOf(request);
      const fields = { run, thread: request.thread.number, repository: request.repository.id };
      const seen: RunEvent[] = [...execution.journal.recorded];
      let reached: Reached;
      try {
        reached = await reach(request);
      } catch (error) {
        log('error', 'run could not start', { ...fields, error: String(error) });
        return { how: 'not_started', error: String(error) };
      }
      const ended = await executeRun(request, portsOf(reached, execution, seen)).finally(reached.close);
      log('info', 'run ended', { ...fields, state: ended.outcome.state, code: ended.outcome.code });
      options.ended(viewOf(seen));
      return { how: 'ended', ...ended };
    },

    async conclude(request, outcome, journal) {
      const execution = { ...ALONE, journal };
      try {
        const reached = await reach(request);
        return await concludeRun(request, portsOf(reached, execution, []), outcome).finally(reached.close);
      } catch (error) {
        log('error', 'run not concluded', { run: runIdOf(request), error: String(error) });
        return { told: false };
      }
    },

    async archive(request, idleMinutes, journal) {
      const reached = await reach(request);
      const at = clock.now().toISOString();
      const fact = { kind: 'session_archived', idleMinutes } as const;
      const event = { run: runIdOf(request), sequence: journal.recorded.length, at, fact };
      await reached.publisher.status(viewOf([...journal.recorded, event])).finally(reached.close);
      await journal.append(event);
    },
  };
}

/** An execution that nobody can stop and that nothing remembers: for a last word. */
const ALONE = {
  steps: { run: <T>(_name: string, work: () => Promise<T>) => work() },
  control: { signal: new AbortController().signal, stop: async () => null },
  spending: spendingInMemory(),
  threadRuns: null,
  turnedDown: null,
} satisfies Omit<Execution, 'journal'>;
