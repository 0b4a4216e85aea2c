import type { CliAgent } from '../../src/agents/cli-agent.ts';
import type { Model, Price } from '../../src/agents/model.ts';
import { type ModelHealth, modelHealths } from '../../src/agents/model-health.ts';
import { type Script, scripted, scriptSchema } from '../../src/agents/models/scripted.ts';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import type { Workspace } from '../../src/changes/workspace.ts';
import { parseCommand } from '../../src/commands/parse-command.ts';
import type { Cause, CommandRequest } from '../../src/commands/request.ts';
import { systemClock } from '../../src/hosts/clock.ts';
import { HOST_DEFAULTS } from '../../src/hosts/environment.ts';
import { configuredModels } from '../../src/hosts/models.ts';
import type { Approvals } from '../../src/runs/approval-ports.ts';
import { executeRun } from '../../src/runs/execute-run.ts';
import type { Outcome } from '../../src/runs/outcome.ts';
import { value } from '../../src/runs/outcome.ts';
import type { OwnPulls } from '../../src/runs/own-pull-ports.ts';
import type {
  ApprovedChange,
  HandOver,
  HostSettings,
  Permission,
  RunPorts,
  Stop,
} from '../../src/runs/ports.ts';
import type { RunEvent } from '../../src/runs/run-events.ts';
import { type RunView, viewOf } from '../../src/runs/run-view.ts';
import { type Spending, spendingInMemory } from '../../src/runs/spending.ts';
import type { ThreadRuns } from '../../src/runs/thread-runs.ts';
import type { ThreadMessage } from '../../src/threads/transcript.ts';

export const COMMIT = 'c'.repeat(40);

/** A run in memory: real engine, agents, policy and texts; GitHub and git are a workspace and a list of what was pushed. */
export interface MemoryRun {
  readonly body?: string;
  readonly files?: Readonly<Record<string, MemoryFile>>;
  readonly config?: string;
  /** Opens the repository instead, each time that it is asked for; `files` and `config` do not count then. */
  readonly workspaceAt?: (commit: string) => Promise<Workspace>;
  readonly commit?: string;
  /** Scenes as in a script file; the default script edits src/a.js. */
  readonly scenes?: readonly unknown[];
  readonly permission?: Permission;
  readonly readOnlyReason?: string | null;
  readonly thread?: Partial<CommandRequest['thread']>;
  readonly settings?: Partial<HostSettings>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Use the models that the config names instead of a scripted one. */
  readonly realModels?: boolean;
  readonly price?: Price | null;
  /** How long a minute lasts for deadlines. */
  readonly minuteMs?: number;
  readonly signal?: AbortSignal;
  readonly stop?: () => Promise<Stop | null>;
  readonly threadRuns?: ThreadRuns;
  /** Models by name, instead of the scripted one. */
  readonly models?: Readonly<Record<string, Model>>;
  readonly cli?: CliAgent;
  readonly health?: ModelHealth;
  readonly spending?: Spending;
  readonly transcript?: readonly ThreadMessage[];
  readonly ownPulls?: OwnPulls;
  readonly recheckAt?: RunPorts['recheckAt'];
  readonly cause?: Cause;
  readonly delimiter?: RunPorts['delimiter'];
  readonly holdsSecret?: RunPorts['holdsSecret'];
  readonly handOver?: HandOver;
}

export interface MemoryResult {
  readonly outcome: Outcome;
  readonly view: RunView;
  readonly events: readonly RunEvent[];
  readonly pushed: readonly ApprovedChange[];
}

const NO_APPROVALS: Approvals = {
  of: () => Promise.reject(new Error('There is no pull request in memory.')),
  checksOn: async () => [],
  permissionOf: async () => 'none',
  isInTeam: async () => false,
};

const NO_PULLS: OwnPulls = {
  find: async () => null,
  newestOf: async () => null,
  undoing: async () => null,
  broughtBy: async () => null,
  lastCommit: async () => null,
  partedAt: async () => COMMIT,
  changesBetween: async () => value([]),
};

export const EDIT_A = [
  { tool_calls: [{ name: 'edit_file', input: { path: 'src/a.js', old: '1', new: '2' } }] },
  { tool_calls: [{ name: 'finish', input: { summary: 'One is two.' } }] },
];

export const CONFIG =
  'models: { demo: { provider: scripted, model: demo, price: { input: 1, output: 1 } } }\n';

export async function runInMemory(run: MemoryRun = {}): Promise<MemoryResult> {
  const events: RunEvent[] = [];
  const pushed: ApprovedChange[] = [];
  const { outcome } = await executeRun(requestOf(run), portsOf(run, events, pushed));
  return { outcome, events, pushed, view: viewOf(events) };
}

export function requestOf({ body = '@conductor fix one', thread = {}, cause }: MemoryRun): CommandRequest {
  const parsed = parseCommand(body, { trigger: 'conductor' });
  if (!parsed.triggered) throw new Error(`${body} holds no command.`);
  const url = 'https://github.com/acme/web/issues/1';
  return {
    action: 'created',
    installationId: 1,
    repository: { id: 1, owner: 'acme', name: 'web', defaultBranch: 'main' },
    thread: {
      number: 1,
      kind: 'issue',
      title: 'One',
      body: '',
      author: 'ada',
      url,
      closed: false,
      locked: false,
      ...thread,
    },
    asker: { id: 42, login: 'ada', isBot: false },
    asking: {
      kind: 'issue_comment',
      id: 1,
      nodeId: 'IC_1',
      url: `${url}#issuecomment-1`,
      body,
      createdAt: '2026-01-01T00:00:00Z',
    },
    ...(cause === undefined ? {} : { cause }),
    command: parsed.command,
    unknownVerb: parsed.unknownVerb,
  };
}

function portsOf(run: MemoryRun, events: RunEvent[], pushed: ApprovedChange[]): RunPorts {
  const workspace = memoryWorkspace(COMMIT, {
    'src/a.js': 'export const a = 1;\n',
    ...run.files,
    '.github/conductor.yml': run.config ?? CONFIG,
  });
  const script: Script = scriptSchema.parse({ version: 1, scenes: run.scenes ?? [{ turns: EDIT_A }] });
  const price = run.price === undefined ? { input: 1, output: 1, source: 'config' } : run.price;
  return {
    reader: {
      permissionOf: async () => run.permission ?? 'write',
      base: async () =>
        value({
          commit: run.commit ?? COMMIT,
          branch: 'main',
          trustedCommit: run.commit ?? COMMIT,
          readOnlyReason: run.readOnlyReason ?? null,
          pull: null,
        }),
      workspaceAt: run.workspaceAt ?? (async () => workspace),
      transcript: async () => run.transcript ?? [],
      reviewThreads: async () => [],
    },
    approvals: NO_APPROVALS,
    recheckAt: run.recheckAt ?? (async () => undefined),
    ownPulls: run.ownPulls ?? NO_PULLS,
    publisher: {
      status: async () => ({ thing: 'comment', how: 'updated', name: 'status', url: null }),
      notice: async () => ({ thing: 'comment', how: 'created', name: 'notice', url: null }),
      async publish(change) {
        pushed.push(change);
        const written = { thing: 'pull_request', how: 'created', name: '#2', url: null } as const;
        return value({ pullRequest: 2, writes: [written] });
      },
      suggest: async () => ({ thing: 'review', how: 'created', name: 'suggestions', url: null }),
      settle: async () => [],
      mergeWhenReady: async () => [
        { kind: 'written', written: { thing: 'auto_merge', how: 'created', name: '#2', url: null } },
      ],
      lastWord: async () => [
        { kind: 'written', written: { thing: 'comment', how: 'updated', name: 'status', url: null } },
      ],
    },
    followUps: {
      shownFiles: async () => [],
      remarksOf: async () => [],
      failingChecks: async () => [],
      commits: async () => [],
    },
    models: run.realModels
      ? configuredModels(run.variables ?? {})
      : {
          open: async (_config, name) =>
            value(run.models?.[name] ?? scripted({ name, model: 'demo', script, price })),
        },
    cli: run.cli ?? (() => Promise.reject(new Error('There is no CLI.'))),
    health: run.health ?? modelHealths(() => Date.now())(1),
    spending: run.spending ?? spendingInMemory(),
    clock: {
      ...systemClock,
      deadline: (ms) => systemClock.deadline((ms * (run.minuteMs ?? 60_000)) / 60_000),
    },
    journal: {
      recorded: [],
      append: async (event) => void events.push(event),
      anchor: async () => null,
    },
    steps: { run: (_name, work) => work() },
    control: { signal: run.signal ?? new AbortController().signal, stop: run.stop ?? (async () => null) },
    handOver: run.handOver ?? null,
    threadRuns: run.threadRuns ?? null,
    turnedDown: null,
    delimiter: run.delimiter ?? (() => 'd4e5f6'),
    holdsSecret: run.holdsSecret ?? (() => false),
    settings: { ...HOST_DEFAULTS, retryAfterMs: [1, 1], ...run.settings },
  };
}
