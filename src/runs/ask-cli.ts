import type { Meter } from '../agents/meter.ts';
import { costOf } from '../agents/model.ts';
import type { Thought } from '../agents/thought.ts';
import type { ContextPack } from '../threads/context-pack.ts';
import type { Task } from './accept.ts';
import { briefForCli, guidanceOf } from './gather-context.ts';
import type { Run } from './run.ts';

/** What a CLI's end may take longer than its work: closing the gateway, reading its copy, cleaning up. */
const CLEANING_UP_MS = 2 * 60_000;
const NOTHING = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };

/**
 * Lets the agent's coding CLI do the work, in its cage. All of it is one remembered step: a crash in the middle begins
 * it again, and what it had spent until then stays spent.
 */
export async function askCli(
  run: Run,
  task: Task,
  pack: ContextPack,
  meter: Meter,
  signal: AbortSignal,
): Promise<Thought> {
  const { agent, facts } = task;
  const [model] = task.models;
  const entry = facts.config.models[model.name] ?? { provider: 'scripted', model: model.name };
  const work = () =>
    run.ports.cli(
      {
        profile: agent,
        mayEdit: task.mayEdit,
        mustChange: task.mustChange,
        request: briefForCli(pack, facts.delimiter),
        guidance: guidanceOf(pack),
        workspace: facts.workspace,
        model: { name: model.name, label: model.label, price: model.price },
        entry,
        meter,
        maxTurns: task.maxTurns,
        timeoutMs: task.timeoutMs,
      },
      signal,
    );
  const { thought, calls, tools } = await run.step(
    `cli-${agent.name}`,
    work,
    task.timeoutMs + CLEANING_UP_MS,
  );
  for (const { promptDigest, usage, ms, failure } of calls) {
    const counted = usage ?? NOTHING;
    const isCounted = usage !== null || failure === 'budget_reached';
    await run.record({
      kind: 'model_called',
      agent: agent.name,
      model: model.label,
      promptDigest: `sha256:${promptDigest}`,
      inputTokens: counted.input + counted.cacheRead + counted.cacheWrite,
      cachedTokens: counted.cacheRead,
      outputTokens: counted.output,
      // Let through, and not counted: what it cost is not known, and its worst case stays reserved.
      costUsd: model.price === null || !isCounted ? null : costOf(counted, model.price),
      priceSource: model.price?.source ?? null,
      ms: ms ?? 0,
      failure,
    });
  }
  for (const use of tools) await run.record({ kind: 'tool_used', agent: agent.name, ...use });
  return thought;
}
