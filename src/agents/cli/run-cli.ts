import type { CliAgent, CliTask, CliWork } from '../cli-agent.ts';
import type { Runner } from '../profile.ts';
import type { CliAdapter, LaunchOptions } from './adapter.ts';
import { CLIS } from './adapters.ts';
import { type Cage, makeCage, removeCage } from './cage.ts';
import { conclude, stopped } from './conclude.ts';
import { writeCopy } from './copy.ts';
import { CageError, failure } from './failures.ts';
import { findProgram } from './find-program.ts';
import type { CliHost, Gateway } from './host.ts';
import { launchIn } from './launch.ts';
import { commitBaseline } from './own-git.ts';
import { runProcess } from './run-process.ts';
import { tell } from './told.ts';
import { withinLimits } from './within-limits.ts';

/** A CLI agent on this host: one copy, one cage, one gateway and one process for each piece of work. */
export function cliAgent(host: CliHost): CliAgent {
  return async (task, signal) => {
    const { runner } = task.profile;
    if (!runner) throw new Error(`${task.profile.name} has no runner`);
    const adapter = CLIS[runner.kind];
    const program = await findProgram(adapter.program(runner), host.path);
    if (program === null) return nothingDone(notFound(adapter, runner));
    const opened = await host.openGateway(task);
    if (!opened.ok) return nothingDone(failure(opened.code, opened.message, opened.next));

    const { gateway } = opened;
    try {
      const wire = wireFor(adapter, gateway);
      if (wire === undefined) return nothingDone(mismatch(adapter, task));
      const way = gateway && wire ? { url: gateway.url, key: gateway.key, wire } : null;
      const work = await inCage({ task, host, adapter, runner, program, gateway, way }, signal);
      await gateway?.close();
      return { ...work, calls: gateway?.calls() ?? [] };
    } finally {
      await gateway?.close();
    }
  };
}

interface Job {
  readonly task: CliTask;
  readonly host: CliHost;
  readonly adapter: CliAdapter;
  readonly runner: Runner;
  readonly program: string;
  readonly gateway: Gateway | null;
  readonly way: LaunchOptions['gateway'];
}

async function inCage(job: Job, signal: AbortSignal): Promise<Omit<CliWork, 'calls'>> {
  let cage: Cage | null = null;
  try {
    cage = await makeCage(job.host);
    return await work(job, cage, signal);
  } catch (error) {
    return { thought: asFailure(error), tools: [] };
  } finally {
    if (cage) await removeCage(cage);
  }
}

async function work(job: Job, cage: Cage, signal: AbortSignal): Promise<Omit<CliWork, 'calls'>> {
  const { task, host, adapter, runner, program, gateway, way } = job;
  const before = await writeCopy(cage, task.workspace);
  await commitBaseline(cage, host.path);
  const launched = await launchIn(cage, adapter, runner, task, way, host.path);
  const start = await withinLimits(cage, { program, args: launched.args }, host.path);
  const told = tell(adapter, cage.copy);
  const ways = [signal, AbortSignal.timeout(task.timeoutMs), ...(gateway ? [gateway.exhausted] : [])];
  const ended = await runProcess(cage, { ...launched, ...start, onLine: told.line }, AbortSignal.any(ways));
  await gateway?.close();

  const tools = told.tools();
  const early = stopped(ended, { task, adapter, told, gateway, interrupted: signal.aborted });
  if (early) return { thought: early, tools };
  return { thought: await conclude(task, cage, before, told.text(), host.path), tools };
}

/** Undefined: the two have no wire format in common. Null: there is no gateway, and the CLI needs none. */
function wireFor(adapter: CliAdapter, gateway: Gateway | null) {
  if (adapter.wires === null) return gateway?.wires[0] ?? null;
  return adapter.wires.find((wire) => gateway?.wires.includes(wire));
}

const nothingDone = (thought: CliWork['thought']): CliWork => ({ thought, calls: [], tools: [] });

/** What the machine refuses (a full disk, no more processes) is a failure of this run; all else is a bug. */
function asFailure(error: unknown): CliWork['thought'] {
  if (error instanceof CageError) return error.failure;
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return failure(
    'cli_no_cage',
    `The CLI’s folder could not be used: ${error.message}.`,
    'Whoever runs Conductor has to look at the machine: is its disk full?',
  );
}

function notFound(adapter: CliAdapter, runner: Runner) {
  const program = adapter.program(runner);
  return failure(
    'cli_not_found',
    `The agent needs the program \`${program}\`, which is not installed where Conductor runs.`,
    'Whoever runs Conductor can install it, and name its folder in CLI_PATH; `conductor doctor` shows what is found.',
  );
}

function mismatch(adapter: CliAdapter, { model }: CliTask) {
  return failure(
    'cli_model_mismatch',
    `${adapter.title} can’t speak to \`${model.label}\`: ${adapter.wires?.map((wire) => SPEAKS[wire]).join(' or ')} is what it speaks.`,
    'Name another model for the agent; docs/cli-agents.md says which go together.',
  );
}

const SPEAKS = {
  messages: 'Anthropic’s Messages format',
  responses: 'OpenAI’s Responses format',
  chat: 'OpenAI’s Chat Completions format',
  gemini: 'Google’s Gemini format',
};
