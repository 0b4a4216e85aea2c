import { applyChangeSet } from '../changes/apply-change-set.ts';
import type { ChangeError } from '../changes/change-error.ts';
import { changeSetBetween } from '../changes/change-set-between.ts';
import { parseChangeSet } from '../changes/parse-change-set.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { Message, Model, ModelTurn, ToolResult } from './model.ts';
import { type Overlay, openOverlay } from './overlay.ts';
import type { AgentProfile } from './profile.ts';
import { specsOf, systemText, toolsFor } from './prompt.ts';
import { saidOnly, type Thought } from './thought.ts';
import type { Tool, ToolOutcome } from './tools/tool.ts';
import { withoutOwnName } from './without-own-name.ts';

/** One piece of work for one agent. */
export interface AgentTask {
  readonly profile: AgentProfile;
  readonly mayEdit: boolean;
  /** True when an answer without a change is a failure: the asker's verb was to fix. */
  readonly mustChange: boolean;
  /** The request with its thread, as the agent is told it. */
  readonly request: string;
  /** The repository's instruction file at the base commit; null when it has none. */
  readonly guidance: string | null;
  readonly workspace: Workspace;
  readonly maxTurns: number;
}

/** What the loop reports while it works. */
export interface AgentWitness {
  toolUsed(use: { readonly tool: string; readonly target: string; readonly ok: boolean }): Promise<void>;
}

const MAX_OUTPUT_TOKENS = 16_000;
const MAX_TOOL_CALLS_A_TURN = 32;
/** Whoever gets a tool wrong is told what is wrong, and may try again so often. */
const REPAIR_TURNS = 1;

/**
 * Lets one agent work until it finishes, asks, or may not go on. The agent holds an overlay of the workspace and its
 * tools, nothing else. Everything that goes wrong with a model is a `failure`; nothing is thrown for it.
 */
export async function runAgent(
  task: AgentTask,
  model: Pick<Model, 'label' | 'ask'>,
  signal: AbortSignal,
  witness: AgentWitness,
): Promise<Thought> {
  const tools = toolsFor(task.profile, task.mayEdit);
  const overlay = await openOverlay(task.workspace);
  const messages: Message[] = [{ role: 'user', text: task.request }];
  const prompt = {
    system: systemText(task.profile, task.mayEdit, task.guidance),
    tools: specsOf(tools),
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };

  let malformed = 0;
  for (let turn = 1; turn <= task.maxTurns; turn++) {
    const answer = await model.ask({ ...prompt, messages: [...messages] }, signal);
    if (!answer.ok)
      return failure(
        answer.failure.code,
        answer.failure.message,
        answer.failure.next ?? 'Ask again, or name another model with --model=.',
      );

    const { text, toolCalls, stop, reasoning } = answer.turn;
    if (stop === 'refusal')
      return failure(
        'model_refused',
        `${model.label} declined to answer.`,
        'Rephrase the request, or name another model with --model=.',
        text,
      );
    if (stop === 'length')
      return failure(
        'model_truncated',
        `The answer of ${model.label} was cut off at its token limit.`,
        'Ask for a smaller change.',
        text,
      );

    if (toolCalls.length === 0) return conclude(task, overlay, text);
    messages.push({ role: 'assistant', text, toolCalls, reasoning });

    const used = await useTools(answer.turn, tools, overlay, witness);
    if (used.ends)
      return used.ends.kind === 'question'
        ? { kind: 'question', text: withoutOwnName(used.ends.text, task.profile) }
        : conclude(task, overlay, used.ends.text);
    malformed = used.allMalformed ? malformed + 1 : 0;
    if (malformed > REPAIR_TURNS)
      return failure(
        'model_malformed',
        `${model.label} called its tools in a form that can’t be used, again after it was told what was wrong.`,
        'Name another model with --model=.',
      );
    messages.push({ role: 'tools', results: used.results });
  }
  return failure(
    'turn_limit',
    `The agent used all its ${task.maxTurns} turns without finishing.`,
    'Ask for a smaller step, or raise session.max_turns.',
  );
}

async function useTools(turn: ModelTurn, tools: readonly Tool[], overlay: Overlay, witness: AgentWitness) {
  const results: ToolResult[] = [];
  let malformed = 0;
  for (const call of turn.toolCalls.slice(0, MAX_TOOL_CALLS_A_TURN)) {
    const tool = tools.find(({ name }) => name === call.name);
    const used: ToolOutcome = tool
      ? await tool.use(call.input, overlay)
      : {
          text: `There is no tool ${call.name} here. You have: ${tools.map(({ name }) => name).join(', ')}.`,
          isError: true,
          malformed: true,
        };
    if (used.malformed) malformed += 1;
    await witness.toolUsed({
      tool: tool?.name ?? 'unknown',
      target: tool?.target(call.input) ?? '',
      ok: !used.isError,
    });
    if (used.ends && !used.isError) return { results, ends: used.ends, allMalformed: false };
    results.push({ callId: call.id, text: used.text, isError: used.isError });
  }
  for (const call of turn.toolCalls.slice(MAX_TOOL_CALLS_A_TURN)) {
    results.push({ callId: call.id, text: `At most ${MAX_TOOL_CALLS_A_TURN} tools a turn.`, isError: true });
  }
  return {
    results,
    ends: undefined,
    allMalformed: malformed === Math.min(turn.toolCalls.length, MAX_TOOL_CALLS_A_TURN),
  };
}

/** Turns what stands in the overlay, or in the agent's last words, into a thought. */
async function conclude(task: AgentTask, overlay: Overlay, words: string): Promise<Thought> {
  const text = withoutOwnName(words, task.profile);
  const files = await overlay.changes();
  if (files.length > 0) {
    return {
      kind: 'proposal',
      text,
      files,
      changeSet: changeSetBetween(task.workspace.commit, text.slice(0, 2_000), files),
    };
  }
  if (task.mayEdit && looksLikeChangeSet(text)) return fromWords(task, text);
  return saidOnly(text, task.mustChange);
}

/** Models that cannot call tools may answer with a change set as JSON, and nothing else. */
const looksLikeChangeSet = (text: string) => text.trimStart().startsWith('{') && text.includes('"changes"');

async function fromWords(task: AgentTask, text: string): Promise<Thought> {
  const parsed = parseChangeSet(text);
  if (!parsed.ok) return badChangeSet(parsed.error, text);
  const applied = await applyChangeSet(parsed.changeSet, task.workspace);
  if (!applied.ok && applied.error.code === 'no_changes') return badChangeSet(applied.error, text);
  return {
    kind: 'proposal',
    text: parsed.changeSet.summary,
    changeSet: parsed.changeSet,
    files: applied.ok ? applied.files : [],
  };
}

const badChangeSet = (error: ChangeError, text: string) =>
  failure(error.code, error.message, error.hint, text);

function failure(code: string, message: string, next: string, text = ''): Thought {
  return { kind: 'failure', code, message, next, text };
}
