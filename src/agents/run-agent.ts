import type { ChangeError } from '../changes/change-error.ts';
import type { Workspace } from '../changes/workspace.ts';
import { conclude, invalid } from './conclude.ts';
import type { Message, Model, ModelTurn, ToolResult } from './model.ts';
import { type Overlay, openOverlay } from './overlay.ts';
import type { AgentProfile } from './profile.ts';
import { specsOf, systemText, toolsFor } from './prompt.ts';
import type { Thought } from './thought.ts';
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
/** Whoever gets a tool or a change wrong is told what is wrong, and may try again so often. */
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
  let corrections = 0;
  for (let turn = 1; turn <= task.maxTurns; turn++) {
    const answer = await model.ask({ ...prompt, messages: [...messages] }, signal);
    if (!answer.ok)
      return failure(
        answer.failure.code,
        answer.failure.message,
        answer.failure.next ?? 'Ask again, or name another model with --model=.',
      );
    const early = stoppedEarly(answer.turn, model.label);
    if (early) return early;

    const { text, toolCalls, reasoning } = answer.turn;
    messages.push({ role: 'assistant', text, toolCalls, reasoning });
    const used = await useTools(answer.turn, tools, overlay, witness);
    if (used.ends && used.ends.kind !== 'finished')
      return { kind: used.ends.kind, text: withoutOwnName(used.ends.text, task.profile) };
    if (used.ends || toolCalls.length === 0) {
      const words = withoutOwnName(used.ends?.text ?? text, task.profile);
      const { thought, objections } = used.refusedEdit
        ? invalid([used.refusedEdit], words)
        : await conclude(task, overlay, words);
      const [first] = objections;
      if (used.ends || first)
        await witness.toolUsed({ tool: 'finish', target: first?.code ?? '', ok: first === undefined });
      if (first === undefined || corrections === REPAIR_TURNS || turn === task.maxTurns) return thought;
      corrections += 1;
      messages.push(correction(objections, answer.turn, used.results));
      continue;
    }
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

/** Why a turn is not looked at; null: it is whole. */
function stoppedEarly({ stop, text }: ModelTurn, label: string): Thought | null {
  if (stop === 'refusal')
    return failure(
      'model_refused',
      `${label} declined to answer.`,
      'Rephrase the request, or name another model with --model=.',
      text,
    );
  if (stop === 'length')
    return failure(
      'model_truncated',
      `The answer of ${label} was cut off at its token limit.`,
      'Ask for a smaller change.',
      text,
    );
  return null;
}

/** What came of the tool calls of one turn. */
interface Used {
  /** In the order of the calls; up to the one that ended the work, when one did. */
  readonly results: readonly ToolResult[];
  readonly ends: ToolOutcome['ends'];
  /** An edit that was not made: whoever finishes in the same turn does not know of it. */
  readonly refusedEdit: ChangeError | null;
  readonly allMalformed: boolean;
}

/** Uses one turn's tools. All but the end is reported here: whether a finished change is taken is not known yet. */
async function useTools(
  turn: ModelTurn,
  tools: readonly Tool[],
  overlay: Overlay,
  witness: AgentWitness,
): Promise<Used> {
  const results: ToolResult[] = [];
  let malformed = 0;
  let refusedEdit: ChangeError | null = null;
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
    if (used.ends?.kind === 'finished' && !used.isError)
      return { results, ends: used.ends, refusedEdit, allMalformed: false };
    await witness.toolUsed({
      tool: tool?.name ?? 'unknown',
      target: tool?.target(call.input) ?? '',
      ok: !used.isError,
    });
    if (used.ends && !used.isError) return { results, ends: used.ends, refusedEdit, allMalformed: false };
    if (used.isError && tool?.edits) refusedEdit ??= { code: 'edit_refused', message: used.text, hint: '' };
    results.push({ callId: call.id, text: used.text, isError: used.isError });
  }
  for (const call of turn.toolCalls.slice(MAX_TOOL_CALLS_A_TURN)) {
    results.push({ callId: call.id, text: `At most ${MAX_TOOL_CALLS_A_TURN} tools a turn.`, isError: true });
  }
  return {
    results,
    ends: undefined,
    refusedEdit,
    allMalformed: malformed === Math.min(turn.toolCalls.length, MAX_TOOL_CALLS_A_TURN),
  };
}

/** Tells an agent why its change was not taken: as the result of its call, or in words to who ended in words. */
function correction(
  objections: readonly ChangeError[],
  { toolCalls }: ModelTurn,
  results: readonly ToolResult[],
): Message {
  const why = objections.map(({ message, hint }) => `${message} ${hint}`.trim()).join('\n');
  const text = `Not taken yet: ${why}\nCorrect it and finish again.`;
  const [finish, ...others] = toolCalls.slice(results.length);
  if (finish === undefined) return { role: 'user', text };
  const unused = others.map(({ id }) => ({
    callId: id,
    text: 'Not used: it came after finish.',
    isError: true,
  }));
  return { role: 'tools', results: [...results, { callId: finish.id, text, isError: true }, ...unused] };
}

function failure(code: string, message: string, next: string, text = ''): Thought {
  return { kind: 'failure', code, message, next, text };
}
