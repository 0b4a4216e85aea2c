import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emission } from './act.ts';
import { actorName } from './actor.ts';
import { sendArchive } from './archives.ts';
import { mergeWhatIsDue } from './auto-merges.ts';
import { type CallLog, createCallLog, type LoggedCall, type LoggedGit } from './call-log.ts';
import { type CiSetup, createCi } from './ci.ts';
import { createFaults, type Faults } from './faults.ts';
import { accountNamed, repositoryNamed } from './find.ts';
import { closeReaders } from './git/reader.ts';
import { checkGit } from './git/run.ts';
import { isGitPath, serveGit } from './git-http.ts';
import { graphqlRoute } from './graphql/route.ts';
import { createInspection, type Inspection } from './inspect.ts';
import { createPerson, type Person } from './person.ts';
import { createPress, type Press } from './press.ts';
import { createRateLimits } from './rate-limit.ts';
import { allRoutes } from './routes/index.ts';
import { createApi } from './server.ts';
import type { Services } from './services.ts';
import { type AppSetup, createAppSetup } from './setup/apps.ts';
import { createRepositoryMoves, type RepositoryMoves } from './setup/moves.ts';
import { createPeopleSetup, type PeopleSetup } from './setup/people.ts';
import { createRepositorySetup, type RepositorySetup } from './setup/repositories.ts';
import type { Permissions } from './state.ts';
import { createTokens } from './tokens.ts';
import { createWebhooks, type Delivery } from './webhooks.ts';
import { createWorld, removeWorld } from './world.ts';

export interface SimulatorOptions {
  /** 0, the default, takes any free one. */
  readonly port?: number;
  /** What addresses for people begin with. Default: the simulator's own address. */
  readonly webUrl?: string;
  /** The simulator's clock. Default: the machine's. */
  readonly now?: () => Date;
  /** Keep headers and bodies of every call in the log; authorization is left out. */
  readonly record?: boolean;
  /** Where repositories are kept. Default: a temporary folder that is removed on close. */
  readonly directory?: string;
  /** Requests an hour, for everybody. Default: GitHub's own limits. */
  readonly rateLimit?: number;
  /** How many webhooks go out to one App side by side. Default 1, in order; with more, no order is promised. */
  readonly deliverAtOnce?: number;
}

/** An event as a workflow job would get it: the payload is without `installation`. */
export interface SimulatorEvent {
  readonly event: string;
  readonly action: string | null;
  /** `owner/name`; null for events of an installation. */
  readonly repository: string | null;
  readonly sender: string;
  /** GitHub starts no workflow for what a job's own token does. */
  readonly byJobToken: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface Simulator
  extends PeopleSetup,
    RepositorySetup,
    RepositoryMoves,
    AppSetup,
    Inspection,
    Press,
    CiSetup {
  /** The root of the API, without a slash at its end. */
  readonly url: string;
  userToken(login: string): string;
  jobToken(repository: string, permissions: Permissions): string;
  /** A person who acts through the real API with their own token. */
  as(login: string): Person;
  readonly calls: readonly LoggedCall[];
  /** The requests that git itself has made, refused ones left out. */
  readonly gitCalls: readonly LoggedGit[];
  readonly faults: Faults;
  /** Every attempt to deliver a webhook, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** Everything that happened, oldest first, whether or not any App heard of it. */
  readonly events: readonly SimulatorEvent[];
  /** Calls back for each event, after the answer that caused it. Returns how to stop. */
  onEvent(listener: (event: SimulatorEvent) => void): () => void;
  /** Resolves when every event is out and every webhook has been answered. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** The wanted port is in use; `port` says which. */
export class PortTakenError extends Error {
  readonly port: number;

  constructor(port: number) {
    super(`Port ${port} is taken: choose another, or 0 for any free one.`);
    this.port = port;
  }
}

/**
 * Starts a local GitHub on the loopback interface: real git repositories, GitHub's REST API, its
 * tokens, its webhooks, and the git protocol. Nothing outside this machine is contacted.
 *
 * @throws PortTakenError when the port is in use, Error when there is no git or too old a one, or an option is no use
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  await checkGit();
  const { deliverAtOnce = 1 } = options;
  if (!(deliverAtOnce >= 1)) throw new Error(`deliverAtOnce must be at least 1, not ${deliverAtOnce}.`);
  const server = createServer();
  const port = await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${port}`;
  const world = await createWorld({ url, ...options });
  const webhooks = createWebhooks(world, deliverAtOnce);
  const log: CallLog = createCallLog();
  const faults = createFaults();
  const tokens = createTokens(world);
  const limits = createRateLimits(world, options.rateLimit);
  const events: SimulatorEvent[] = [];
  const listeners = new Set<(event: SimulatorEvent) => void>();
  let pending = Promise.resolve();

  const services: Services = {
    world,
    tokens,
    log,
    faults,
    limits,
    record: options.record ?? false,
    alone: createQueue(),
    publish(emissions, answered) {
      webhooks.send(emissions, answered);
      const told = emissions.map(toEvent);
      const before = pending;
      pending = Promise.all([before, answered]).then(() => {
        for (const event of told) {
          events.push(event);
          for (const listener of listeners) listener(event);
        }
        return mergeWhatIsDue(services, emissions);
      });
    },
  };
  const rest = allRoutes({ tokens, limits, webhooks });
  const api = createApi(services, [...rest, graphqlRoute(services, rest)]);
  const route = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', url);
    const archive = world.archives.find(pathname);
    if (archive !== null) return sendArchive(archive, response);
    const log = world.jobLogs.find(pathname);
    if (log !== null) return void response.writeHead(200, { 'content-type': 'text/plain' }).end(log);
    if (!isGitPath(pathname)) return api(request, response);
    return serveGit(services, request, response);
  };
  server.on('request', (request, response) => {
    route(request, response).catch((error: Error) => response.destroy(error));
  });

  return {
    url,
    ...createPeopleSetup(world),
    ...createRepositorySetup(world),
    ...createRepositoryMoves(services),
    ...createAppSetup(services),
    ...createInspection(world),
    ...createPress(services),
    ...createCi(services),
    userToken: (login) => tokens.forUser(accountNamed(world, login)),
    jobToken: (repository, permissions) => tokens.forJob(repositoryNamed(world, repository), permissions),
    as: (login) => createPerson(url, login, tokens.forUser(accountNamed(world, login))),
    calls: log.calls,
    gitCalls: log.git,
    faults,
    deliveries: webhooks.deliveries,
    events,
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async settled() {
      let waited: Promise<void> | null = null;
      while (waited !== pending) {
        waited = pending;
        await Promise.all([waited, webhooks.settled()]);
      }
    },
    async close() {
      webhooks.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      closeReaders(world.directory);
      if (options.directory === undefined) await removeWorld(world);
    },
  };
}

function listen(server: Server, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTakenError(wanted) : error);
    });
    server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

/** One queue per family of forks: a pull request may move refs in two of its members. */
function createQueue(): Services['alone'] {
  const tails = new Map<number, Promise<unknown>>();
  return async (repository, work) => {
    let root = repository;
    while (root !== null && root.parent !== null) root = root.parent;
    const key = root?.id ?? 0;
    const turn = (tails.get(key) ?? Promise.resolve()).then(work);
    tails.set(
      key,
      turn.catch(() => undefined),
    );
    return turn;
  };
}

function toEvent({ event, action, repository, actor, payload }: Emission): SimulatorEvent {
  return {
    event,
    action,
    repository: repository?.fullName ?? null,
    sender: actorName(actor),
    byJobToken: actor.kind === 'job',
    payload,
  };
}
