import { createHash } from 'node:crypto';
import { buildRoster, type Roster } from '../agents/roster.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { CommandRequest } from '../commands/request.ts';
import { defaultConfig, parseConfig } from '../config/parse-config.ts';
import type { Config } from '../config/schema.ts';
import type { ReviewThread } from '../threads/review-thread.ts';
import type { Report } from '../threads/thread-text.ts';
import type { ThreadMessage } from '../threads/transcript.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import type { Base, Permission } from './ports.ts';
import type { Run } from './run.ts';
import { readBase, type Subject } from './subject.ts';

/** What a run stands on. Everything that grants a right was read at the base branch's commit. */
export interface Facts {
  readonly permission: Permission;
  readonly subject: Subject;
  readonly base: Base;
  readonly config: Config;
  readonly configDigest: string | null;
  readonly roster: Roster;
  readonly trusted: Workspace;
  /** The repository as the agent sees it. */
  readonly workspace: Workspace;
  readonly transcript: readonly ThreadMessage[];
  /** Of a pull request. */
  readonly reviewThreads: readonly ReviewThread[];
  /** Between lines that hold it stands what agents are told as data. */
  readonly delimiter: string;
  /** What is asked, as the agent is told it. */
  readonly request: CommandRequest;
  /** What it is about, where that stands nowhere in the thread. */
  readonly reports: readonly Report[];
  /** All repairs were made, and the checks still fail: nothing more is changed, what is wrong is said. */
  readonly handsBack: boolean;
}

const AGENT_FILE = /^\.github\/agents\/[^/]+\.md$/;

/** Reads base, config, agents and thread. An unreadable or invalid config ends the run: it never falls back to defaults. */
export async function gatherFacts(
  run: Run,
  permission: Permission,
  subject: Subject,
): Promise<StepResult<Facts>> {
  const { reader, settings } = run.ports;
  const base = await run.step('base', () => readBase(run, subject));
  if (!base.ok) return base;

  const trusted = await reader.workspaceAt(base.value.trustedCommit);
  const config = await readConfig(trusted, settings.configPath);
  if (!config.ok) return config;

  const roster = buildRoster(await readTexts(trusted, (path) => AGENT_FILE.test(path)));
  const workspace =
    base.value.commit === base.value.trustedCommit ? trusted : await reader.workspaceAt(base.value.commit);
  // Made when the thread is read, so that nobody in it knows it, and remembered with it.
  const { transcript, reviewThreads, delimiter } = await run.step('transcript', async () => ({
    transcript: await reader.transcript(),
    reviewThreads: await reader.reviewThreads(),
    delimiter: run.ports.delimiter(),
  }));

  const { pull } = base.value;
  await run.record({
    kind: 'facts_gathered',
    base: base.value.commit,
    baseBranch: base.value.branch,
    permission,
    configDigest: config.value.digest,
    conflictsWith: pull?.own && pull.conflicts ? pull.baseBranch : null,
    ...(subject.kind === 'base_moved' && { follows: pull?.head ?? subject.pull.head }),
    kept: {
      recordDays: config.value.config.audit.retention_days,
      promptDays: config.value.config.audit.prompt_days,
    },
    linkHosts: config.value.config.security.link_hosts,
  });
  return value({
    permission,
    subject,
    base: base.value,
    config: config.value.config,
    configDigest: config.value.digest,
    roster,
    trusted,
    workspace,
    transcript,
    reviewThreads,
    delimiter,
    request: run.request,
    reports: [],
    handsBack: false,
  });
}

async function readConfig(
  trusted: Workspace,
  path: string,
): Promise<StepResult<{ config: Config; digest: string | null }>> {
  const bytes = await trusted.read(path);
  if (bytes === null) return value({ config: defaultConfig(), digest: null });
  const parsed = parseConfig(new TextDecoder().decode(bytes));
  if (parsed.ok)
    return value({ config: parsed.config, digest: createHash('sha256').update(bytes).digest('hex') });

  const listed = parsed.problems
    .slice(0, 5)
    .map(({ line, column, message }) => `\`${path}:${line}:${column}\` ${message}`);
  return ends(
    outcome(
      'refused',
      'config_invalid',
      `The configuration on the base branch is not valid, so nothing is done under it. ${listed.join('; ')}`,
      `Correct it on the base branch; \`conductor config validate ${path}\` checks it.`,
    ),
  );
}

async function readTexts(workspace: Workspace, wanted: (path: string) => boolean) {
  const entries = (await workspace.list()).filter(({ path, mode }) => mode.startsWith('100') && wanted(path));
  return Promise.all(
    entries.map(async ({ path }) => ({
      path,
      text: new TextDecoder().decode((await workspace.read(path)) ?? new Uint8Array()),
    })),
  );
}
