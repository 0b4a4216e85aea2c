import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import { needGit } from './need-git.ts';
import { rehearseAsAction } from './rehearse-action.ts';
import { rehearseAsApp } from './rehearse-app.ts';
import type { Host, RehearsedRun } from './rehearsed.ts';
import type { Act, Scenario } from './scenario.ts';

/** A scenario's stage: a local GitHub with the repository and its people, and Conductor listening. */
export interface Rehearsal {
  readonly simulator: Simulator;
  readonly repository: string;
  /** Lets a person do one thing, and waits until Conductor has done what follows from it. */
  play(act: Act): Promise<void>;
  /** Like `play`, without waiting. */
  begin(act: Act): Promise<void>;
  settled(): Promise<void>;
  runs(): readonly RehearsedRun[];
  readonly control: Host['control'];
  close(): Promise<void>;
}

export interface RehearsalOptions {
  readonly form: 'app' | 'action';
  readonly port?: number;
  readonly webUrl?: string;
  readonly now?: () => Date;
  /** Milliseconds between two edits of a status comment; a story told in a terminal wants them closer. */
  readonly statusEveryMs?: number;
  /** What executes the App's runs; in memory by default, so that a rehearsal needs no database. */
  readonly runner?: 'durable' | 'memory';
  /** Keep every request and answer, for tests. */
  readonly record?: boolean;
}

/** Builds the stage. The caller closes it. */
export async function rehearse(scenario: Scenario, options: RehearsalOptions): Promise<Rehearsal> {
  await needGit();
  const folder = await mkdtemp(join(tmpdir(), 'conductor-'));
  const simulator = await startSimulator({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.webUrl === undefined ? {} : { webUrl: options.webUrl }),
    ...(options.now === undefined ? {} : { now: options.now }),
    record: options.record ?? false,
  });
  const repository = await seed(simulator, scenario);
  const host =
    options.form === 'app'
      ? await rehearseAsApp(simulator, repository, folder, options)
      : await rehearseAsAction(simulator, repository, folder);

  async function begin(act: Act): Promise<void> {
    if ('issue' in act) {
      const { by, title, body } = act.issue;
      await simulator.as(by).openIssue({ repo: repository, title, body });
    } else if ('comment' in act) {
      const { by, issue, body } = act.comment;
      await simulator.as(by).comment({ repo: repository, number: issue, body });
    } else {
      const { by, branch, title, body, files } = act.pull_request;
      await simulator.as(by).push({ repo: repository, branch, files, message: title });
      await simulator.as(by).openPull({ repo: repository, head: branch, base: 'main', title, body });
    }
  }

  return {
    simulator,
    repository,
    begin,
    async play(act) {
      await begin(act);
      await host.settled();
    },
    settled: () => host.settled(),
    runs: () => host.runs(),
    control: host.control,
    async close() {
      await host.close();
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function seed(simulator: Simulator, scenario: Scenario): Promise<string> {
  const { owner, name } = scenario.repository;
  simulator.addOrganization({ login: owner });
  for (const { login } of scenario.people) simulator.addUser({ login });
  await simulator.addRepository({
    autoMergeAllowed: true,
    owner,
    name,
    private: scenario.repository.private,
    files: scenario.files,
    collaborators: Object.fromEntries(scenario.people.map(({ login, permission }) => [login, permission])),
  });
  return `${owner}/${name}`;
}
