import { recheckOf } from '../commands/recheck.ts';
import type { AskingEvent, RepositoryRef } from '../commands/request.ts';
import { putChecks } from '../github/check-runs.ts';
import { ownOpenPulls, ownPullsFrom } from '../github/own-open-pulls.ts';
import { readEvent } from '../handlers/handle-event.ts';
import type { BranchPush, ConfigChange, Ended } from '../handlers/handled.ts';
import { baseMoved, headShared, policyChanged } from '../handlers/push.ts';
import { configCheck } from '../messages/config-check.ts';
import { checkConfig } from '../runs/check-config.ts';
import { type RunId, runIdOf } from '../runs/run-id.ts';
import { originOf } from '../runs/run-watch.ts';
import type { Runner, Scope, Work } from '../runs/runner.ts';
import { clientsOf } from './connection.ts';
import { createWork, type WorkOptions } from './engine-work.ts';
import { eventName } from './event-name.ts';
import { failureFields } from './log.ts';
import { repositoryConfigs } from './repository-configs.ts';
import { logOfRuns } from './run-log.ts';

/** What a host puts in: everything that differs between the App, the Action and a test. */
export interface EngineOptions extends WorkOptions {
  /** What executes runs, and what it remembers of them. */
  readonly runner: (work: Work) => Runner;
}

/** What became of an event. */
export type Received =
  | { readonly kind: 'run'; readonly run: RunId; readonly how: 'accepted' | 'known' }
  | { readonly kind: 'config_check' }
  /** `merged`: the repository's id, where a pull request of Conductor's own was merged. */
  | { readonly kind: 'stopping'; readonly merged: number | null }
  | { readonly kind: 'ignored'; readonly reason: string };

/** The product, as a host sees it: events in, runs out. */
export interface Engine {
  /**
   * Resolves when what the event asks for is as safe as the runner makes it; rejects when it can't be kept. `delivery`:
   * GitHub's name for what brought it.
   */
  receive(name: string, payload: unknown, delivery?: string): Promise<Received>;
  /** Resolves when every accepted run, and everything else that was begun, has ended. */
  idle(): Promise<void>;
}

export function createEngine(options: EngineOptions): Engine {
  const { connect, settings, clock, log } = options;
  const configs = repositoryConfigs(connect, settings, clock);
  const logOf = logOfRuns(log, configs.logLevelOf);
  const background = new Set<Promise<void>>();
  const runner = options.runner(createWork(options, configs, logOf));

  async function submit(read: AskingEvent, told: Told): Promise<Received> {
    const event = { ...read, told };
    const submission = await runner.submit(event);
    if (submission.how === 'ignored') return { kind: 'ignored', reason: submission.reason };
    logOf(originOf(event))('debug', 'text stored', { how: submission.how });
    return { kind: 'run', ...submission };
  }

  async function postConfigCheck(change: ConfigChange): Promise<void> {
    if (options.handOver?.part === 'think') return;
    const connection = await connect(change.repository, change.installationId);
    const found = await checkConfig(connection.source, change, settings.configPath).finally(() =>
      connection.source.close(),
    );
    if (found === null) return;
    const { read, words } = clientsOf(connection);
    await putChecks(read, words, change.repository, change.head.sha, `config-${change.head.sha}`, [
      configCheck(found),
    ]);
  }

  /** Most checks fail on people's branches: those are not even stored. */
  const isOwnBranch = ({ head }: AskingEvent) => head?.ref.startsWith(settings.branchPrefix) ?? false;
  /** Starts a run for each pull request of Conductor's own that the push may have kept from merging. */
  async function followBase(push: BranchPush, told: Told): Promise<void> {
    const connection = await connect(push.repository, push.installationId);
    connection.source.close();
    const { read } = clientsOf(connection);
    const pulls = await ownOpenPulls(read, push.repository, push.branch, connection.self);
    for (const { mayNotMerge, ...pull } of pulls) {
      if (mayNotMerge) await submit(baseMoved(push, pull), told);
      if (push.changesPolicy) await submit(policyChanged(push, pull), told);
    }
  }

  /** Starts a recheck of every open pull request of Conductor's own: no clock but a workflow's runs where jobs come and go. */
  async function recheckOpen(repository: RepositoryRef, told: Told): Promise<void> {
    const connection = await connect(repository, null);
    connection.source.close();
    const { read } = clientsOf(connection);
    const at = clock.now().toISOString();
    for (const { mayNotMerge: _, ...thread } of await ownOpenPulls(read, repository, null, connection.self))
      await submit(recheckOf({ installationId: null, repository, thread }, `schedule@${at}`), told);
  }

  /** Another pull request has a head of Conductor's now: what was let through there must not be let through by it. */
  async function recheckSharers(change: ConfigChange, told: Told): Promise<void> {
    const connection = await connect(change.repository, change.installationId);
    connection.source.close();
    const { read } = clientsOf(connection);
    const pulls = await ownPullsFrom(read, change.repository, change.head.ref, connection.self);
    for (const pull of pulls) if (pull.number !== change.number) await submit(headShared(change, pull), told);
  }

  function seenHead(change: ConfigChange, told: Told): void {
    inBackground(postConfigCheck(change), told);
    if (change.byPerson && change.head.ref.startsWith(settings.branchPrefix))
      inBackground(recheckSharers(change, told), told);
  }

  /** Work that no answer waits for, and that fails nothing but itself. */
  function inBackground(work: Promise<void>, told: Told): void {
    const ended = work
      .catch((error: unknown) =>
        log('error', 'work beside the runs failed', { ...told, ...failureFields(error) }),
      )
      .finally(() => background.delete(ended));
    background.add(ended);
  }

  return {
    async receive(name, payload, delivery) {
      const told = { delivery: delivery ?? null, event: eventName(name, payload) };
      const read = readEvent(name, payload);
      switch (read.kind) {
        case 'ignored':
          return { kind: 'ignored', reason: read.reason };
        case 'push':
          if (read.push.branch === read.push.repository.defaultBranch)
            configs.forget(read.push.repository.id);
          // Nothing waits for Conductor's own branches but their own pull requests.
          if (!read.push.branch.startsWith(settings.branchPrefix))
            inBackground(followBase(read.push, told), told);
          return { kind: 'ignored', reason: 'push' };
        case 'schedule':
          inBackground(recheckOpen(read.repository, told), told);
          return { kind: 'ignored', reason: 'schedule' };
        case 'config-change':
          seenHead(read.change, told);
          return { kind: 'config_check' };
        case 'ended':
          await runner.stop(scopeOf(read.what), stopFor(read.what));
          return { kind: 'stopping', merged: mergedIn(read.what) };
        case 'asking': {
          if (read.event.cause === 'failing_checks' && !isOwnBranch(read.event))
            return { kind: 'ignored', reason: 'not_ours' };
          const received = await submit(read.event, told);
          if (read.configChange) seenHead(read.configChange, told);
          return received;
        }
      }
    },
    async idle() {
      await Promise.all(background);
      await runner.idle();
    },
  };
}

type Told = NonNullable<AskingEvent['told']>;

const mergedIn = (what: Ended) => (what.scope === 'thread' && what.ownMerged ? what.repositoryId : null);

function scopeOf(what: Ended): Scope {
  switch (what.scope) {
    case 'installation':
      return { installationId: what.installationId };
    case 'thread':
      return { repositoryId: what.repositoryId, thread: what.number };
    case 'asking':
      return { run: runIdOf(what.asked) };
  }
}

function stopFor(what: Ended) {
  switch (what.scope) {
    case 'installation':
      return { code: 'installation_removed', by: '', silent: true };
    case 'thread':
      return { code: 'thread_ended', by: what.by, silent: false };
    case 'asking':
      return { code: 'comment_deleted', by: what.by, silent: false };
  }
}
