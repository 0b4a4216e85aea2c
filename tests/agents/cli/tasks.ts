import type { CliTask } from '../../../src/agents/cli-agent.ts';
import type { Admission, Estimate, Meter } from '../../../src/agents/meter.ts';
import type { ModelFailure, Usage } from '../../../src/agents/model.ts';
import type { AgentProfile, Runner } from '../../../src/agents/profile.ts';
import { type MemoryFile, memoryWorkspace } from '../../../src/changes/memory-workspace.ts';

export const COMMIT = 'c'.repeat(40);

export function profileWith(runner: Runner): AgentProfile {
  return {
    name: 'coder',
    title: 'Software engineer',
    description: 'Writes code.',
    instructions: 'Write code.',
    tools: 'all',
    models: [],
    runner,
    source: 'built-in',
    mayEdit: true,
  };
}

/** A meter that lets everything through, or refuses from a given call on, and remembers both. */
export interface RecordingMeter extends Meter {
  readonly admitted: Estimate[];
  readonly settled: (Usage | null)[];
}

export function recordingMeter(
  options: { readonly outputTokens?: number; readonly refuseFrom?: number } = {},
): RecordingMeter {
  const admitted: Estimate[] = [];
  const settled: (Usage | null)[] = [];
  return {
    admitted,
    settled,
    async admit(estimate): Promise<Admission> {
      if (admitted.length + 1 >= (options.refuseFrom ?? Number.POSITIVE_INFINITY))
        return { ok: false, failure: NO_MONEY };
      admitted.push(estimate);
      return {
        ok: true,
        outputTokens: Math.min(estimate.outputTokens, options.outputTokens ?? estimate.outputTokens),
        async settle(usage) {
          settled.push(usage);
        },
      };
    },
  };
}

const NO_MONEY: ModelFailure = {
  code: 'budget_reached',
  message: 'The next call could cost $1.00 or more; $5.00 of the $5.00 for this run is spent.',
  next: 'Ask for a smaller step.',
  retryable: false,
  retryAfterSeconds: null,
};

/** A task for a runner, on a small repository. */
export function taskFor(
  runner: Runner,
  overrides: Partial<CliTask> & { readonly files?: Readonly<Record<string, MemoryFile>> } = {},
): CliTask {
  const { files = { 'README.md': '# Hello\n', 'src/sum.ts': 'export const sum = 1;\n' }, ...rest } =
    overrides;
  return {
    profile: profileWith(runner),
    mayEdit: true,
    mustChange: false,
    request: 'Add a file hello.txt.',
    guidance: null,
    workspace: memoryWorkspace(COMMIT, files),
    model: { name: 'main', label: 'anthropic/model-a', price: { input: 3, output: 15, source: 'config' } },
    entry: { provider: 'scripted', model: 'model-a' },
    meter: recordingMeter(),
    maxTurns: 20,
    timeoutMs: 60_000,
    ...rest,
  };
}
