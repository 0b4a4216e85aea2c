import { randomBytes } from 'node:crypto';
import type { CliAgent } from '../agents/cli-agent.ts';
import { modelHealths } from '../agents/model-health.ts';
import { parseCommand } from '../commands/parse-command.ts';
import type { CommandRequest } from '../commands/request.ts';
import { acknowledge } from '../github/acknowledge.ts';
import { createApprovals } from '../github/approval-ground.ts';
import { branchName } from '../github/branch-name.ts';
import type { Client } from '../github/client.ts';
import { threadComments } from '../github/comments.ts';
import { commitsOf, failingChecks, repairRequest } from '../github/failing-checks.ts';
import { createOwnPulls } from '../github/own-pulls.ts';
import { withOwnThread } from '../github/own-thread.ts';
import { placeOf } from '../github/place.ts';
import { createPublisher } from '../github/publisher.ts';
import { createReader } from '../github/reader.ts';
import { isPartOfRequest, remarksOf } from '../github/reviews.ts';
import { shownFiles } from '../github/suggestions.ts';
import { openThread } from '../github/thread.ts';
import type { Identity } from '../github/thread-comments.ts';
import type { Writing } from '../github/writing.ts';
import { readCommand } from '../handlers/read-command.ts';
import type { Mask } from '../messages/mask.ts';
import type { Approvals } from '../runs/approval-ports.ts';
import { concludeRun } from '../runs/end-run.ts';
import { executeRun } from '../runs/execute-run.ts';
import type { OwnPulls } from '../runs/own-pull-ports.ts';
import type {
  Clock,
  FollowUps,
  HandOver,
  HostSettings,
  Journal,
  Models,
  Publisher,
  Reader,
  RunPorts,
} from '../runs/ports.ts';
import type { RunEvent } from '../runs/run-events.ts';
import { runIdOf } from '../runs/run-id.ts';
import { type RunView, viewOf } from '../runs/run-view.ts';
import { originOf, type RunWatch } from '../runs/run-watch.ts';
import type { Execution, Work } from '../runs/runner.ts';
import { spendingInMemory } from '../runs/spending.ts';
import { type Connect, pushClient } from './connection.ts';
import { counting, keptClients } from './kept-clients.ts';
import { failureFields, type Log } from './log.ts';
import type { IntakeConfig, RepositoryConfigs } from './repository-configs.ts';
import { type LogOf, runLog } from './run-log.ts';
import { SILENT_PUBLISHER } from './silent-publisher.ts';
import { toldThreads } from './told-threads.ts';
import { watchAll, watchRun } from './watch-run.ts';

/** What the work on runs needs of its host. */
export interface WorkOptions {
  readonly connect: Connect;
  readonly models: Models;
  readonly cli: CliAgent;
  readonly settings: HostSettings;
  readonly clock: Clock;
  /** What no file of a commit may hold. */
  readonly mask: Mask;
  /** Set: this word and no other is what people mention. Null: each repository's config says. */
  readonly trigger: string | null;
  readonly allowedBots: readonly number[];
  /** Set: this process is one of two jobs, and thinks or writes. Null: it does both. */
  readonly handOver: HandOver | null;
  /** Called once for every run that has ended. */
  readonly ended: (view: RunView) => void;
  /** Told of all runs, beside the log. */
  readonly watch?: RunWatch;
  readonly log: Log;
}

/** Everything of a run that touches GitHub. */
interface Reached {
  readonly reader: Reader;
  readonly ownPulls: OwnPulls;
  readonly approvals: Approvals;
  readonly publisher: Publisher;
  readonly writing: Writing;
  readonly followUps: FollowUps;
  readonly close: () => void;
  readonly repositoryId: number;
}

/** What the engine does for a runner: reads requests, welcomes, executes and concludes them, each over its own connection. */
export function createWork(options: WorkOptions, configs: RepositoryConfigs, logOf: LogOf): Work {
  const { connect, settings, clock, models, cli, log } = options;
  const watches = [runLog(logOf), ...(options.watch ? [options.watch] : [])];
  const watch = watchAll(watches, (error) => log('error', 'a watch of runs failed', failureFields(error)));
  const isSilent = options.handOver?.part === 'think';
  const health = modelHealths(() => clock.now().getTime());
  const clientsFor = keptClients();
  const identities = new Map<string, Identity>();

  /** One for each account that we write as: what GitHub's answers teach of it holds for all its runs. */
  function identityOf(self: string): Identity {
    const known = identities.get(self) ?? { login: self };
    identities.set(self, known);
    return known;
  }

  const told = toldThreads(() => clock.now());

  async function reach(request: CommandRequest): Promise<Reached> {
    const { source, self, ...connection } = await connect(request.repository, request.installationId);
    const { read, words, logs, members } = clientsFor(request, connection);
    const identity = identityOf(self);
    let push: Client | null = null;
    const run = runIdOf(request);
    const branch = branchName(settings.branchPrefix, request, run);
    const thread = openThread(request, read, identity, branch, told.take(run));
    const place = placeOf(request, thread, read, words, identity);
    const comments = threadComments(thread, place, settings.rivals);
    const config = await configs.of(request.repository, request.installationId);
    const trigger = options.trigger ?? config.trigger;
    const { rivals, branchPrefix } = settings;
    const writing = {
      request,
      read,
      client: words,
      source,
      thread,
      place,
      comments,
      identity,
      branch,
      branchPrefix,
      trigger,
      rivals,
    };
    return {
      reader: createReader(request, read, source, thread, identity),
      ownPulls: createOwnPulls(request.repository, read, source, identity, settings.branchPrefix),
      approvals: createApprovals(request.repository, { read, members }, identity, trigger, !rivals),
      publisher: isSilent
        ? SILENT_PUBLISHER
        : createPublisher(writing, () => (push ??= pushClient(counting(connection))), run),
      writing,
      followUps: {
        shownFiles: (paths) => shownFiles(read, request, paths),
        remarksOf: (review) => remarksOf(read, request, review, mentionsOf(trigger)),
        failingChecks: (head, base) => failingChecks(read, logs, request, head, base),
        commits: () => commitsOf(read, identity.login, request),
      },
      close: () => source.close(),
      repositoryId: request.repository.id,
    };
  }

  /** What a follow-up's event does not tell, and GitHub must be asked for before there is a run; or why there is none. */
  async function lookUp(
    request: CommandRequest,
    { wanted, trigger }: IntakeConfig,
  ): Promise<CommandRequest | string> {
    const { cause, asking } = request;
    const mayBePart = asking.reviewId !== undefined && wanted.includes('changes_requested');
    const isOwnAlone = cause === 'button' || (cause === 'recheck' && request.thread.url === '');
    if (cause !== 'failing_checks' && !isOwnAlone && !mayBePart) return request;
    const { source, self, ...connection } = await connect(request.repository, request.installationId);
    try {
      const { read } = clientsFor(request, connection);
      if (cause === 'failing_checks')
        return (await repairRequest(read, self, settings.branchPrefix, request)) ?? 'not_ours';
      if (isOwnAlone) return (await withOwnThread(read, self, settings.branchPrefix, request)) ?? 'not_ours';
      const mentions = mentionsOf(options.trigger ?? trigger);
      return (await isPartOfRequest(read, self, request, mentions)) ? 'part_of_a_review' : request;
    } finally {
      source.close();
    }
  }

  function portsOf(
    { reader, ownPulls, approvals, publisher, followUps, repositoryId }: Reached,
    execution: Execution,
    journal: Journal,
    logLine: ReturnType<LogOf>,
  ): RunPorts {
    return {
      reader,
      ownPulls,
      approvals,
      publisher,
      followUps,
      models,
      cli,
      health: health(repositoryId),
      clock,
      settings,
      delimiter: () => randomBytes(9).toString('hex'),
      holdsSecret: (texts) => options.mask.isIn(texts),
      handOver: options.handOver,
      ...execution,
      journal,
      trouble(step, error) {
        const fields = failureFields(error);
        if (step !== null) logLine('warn', 'step repeated', { step, ...fields });
        // Of what was expected, the line of the run's end tells all.
        else if (fields.stack) logLine('error', 'run broke off', fields);
      },
    };
  }

  return {
    async decide(event) {
      const known = await configs.of(event.repository, event.installationId);
      const read = readCommand(event, {
        trigger: options.trigger ?? known.trigger,
        allowedBots: [...options.allowedBots, ...known.allowedBots],
        wanted: known.wanted,
      });
      if (read.kind === 'ignored') return read;
      const request = await lookUp(read.request, known);
      if (typeof request === 'string') return { kind: 'ignored', reason: request };
      logOf(originOf(request))('info', 'run accepted', { verb: request.command.verb });
      const { commandsPerMinute, ledgerBranch } = known;
      return { kind: 'command', request, commandsPerMinute, ledgerBranch };
    },

    async welcome(request, ahead, journal) {
      // Nobody wrote to Conductor: there is no text to react to, and nobody who waits.
      if (isSilent || (request.cause !== undefined && request.cause !== 'mention')) return;
      const run = runIdOf(request);
      try {
        const { publisher, writing, close } = await reach(request);
        try {
          const state = await acknowledge(writing);
          if (state && ahead === 0) told.keep(run, state);
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
        logOf(originOf(request))('warn', 'not acknowledged', failureFields(error));
      }
    },

    async execute(request, execution) {
      const logLine = logOf(originOf(request));
      let reached: Reached;
      try {
        reached = await reach(request);
      } catch (error) {
        logLine('error', 'run could not start', failureFields(error));
        return { how: 'not_started', error: String(error) };
      }
      const { recorded } = execution.journal;
      if (recorded.some(({ fact }) => fact.kind === 'run_started'))
        logLine('info', 'run resumed', { events: recorded.length });
      const watched = watchRun(watch, request, execution.journal);
      const ports = portsOf(reached, execution, watched.journal, logLine);
      const ended = await watched.during(() => executeRun(request, ports)).finally(reached.close);
      options.ended(viewOf(watched.events));
      return { how: 'ended', ...ended };
    },

    async conclude(request, outcome, journal) {
      const logLine = logOf(originOf(request));
      try {
        const reached = await reach(request);
        const watched = watchRun(watch, request, journal);
        const ports = portsOf(reached, { ...ALONE, journal }, watched.journal, logLine);
        const work = () => concludeRun(request, ports, outcome);
        // Without an outcome to give, it is over already, and only told again.
        return await (outcome === null ? work() : watched.during(work)).finally(reached.close);
      } catch (error) {
        logLine('error', 'run not concluded', failureFields(error));
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

/** Whether a text commands by a mention. */
const mentionsOf = (trigger: string) => (body: string) => parseCommand(body, { trigger }).triggered;

/** An execution that nobody can stop and that nothing remembers: for a last word. */
const ALONE = {
  steps: { run: <T>(_name: string, work: () => Promise<T>) => work() },
  control: { signal: new AbortController().signal, stop: async () => null },
  spending: spendingInMemory(),
  threadRuns: null,
  recheckAt: async () => undefined,
  turnedDown: null,
} satisfies Omit<Execution, 'journal'>;
