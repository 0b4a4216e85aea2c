import { proposed } from '../agents/conclude.ts';
import { saidOnly, type Thought } from '../agents/thought.ts';
import { acceptAgent, recordAccepted } from './accept.ts';
import type { Facts } from './gather-facts.ts';
import { type HandedOver, parseHandedOver } from './handed-over.ts';
import { ends, type Outcome, outcome, type StepResult } from './outcome.ts';
import type { HandOver } from './ports.ts';
import type { Run } from './run.ts';
import type { RunFact } from './run-events.ts';
import { concludeThought, type Proposal } from './think.ts';

type Told = HandedOver['told'][number];

const MOST_TOLD = 5_000;
const MOST_WORDS = 100_000;

/** The job that thinks ends here: what its agent came to leaves, with what it stood on and what it cost. */
export async function giveThought(
  run: Run,
  { base, configDigest }: Facts,
  handOver: Extract<HandOver, { part: 'think' }>,
  thought: Thought,
): Promise<StepResult<never>> {
  const handed: HandedOver = {
    version: 1,
    run: run.id,
    base: base.commit,
    trusted: base.trustedCommit,
    config: configDigest,
    model: run.view().agent?.model ?? 'none',
    told: run.facts().filter(isTold).slice(-MOST_TOLD),
    thought: inData(thought),
  };
  await handOver.give(JSON.stringify(handed));
  return ends(outcome('done', 'handed_over', 'What the agent came to is for the job that writes.', null));
}

/** Git alone proposes: the job that writes can do that by itself. */
export function leftToTheWriter() {
  return ends(
    outcome('done', 'left_to_the_writer', 'Git alone proposes this, in the job that writes.', null),
  );
}

/** An outcome before the thinking, as what it came to: the job that writes tells it. */
export function failureOf({ message, next, answer }: Outcome): Thought {
  return { kind: 'failure', code: 'not_accepted', message, next: next ?? '', text: answer ?? '' };
}

/**
 * The job that writes goes on here. Who may ask, which agent, and what it may do it has settled anew, from GitHub and
 * the base branch; of what came in it takes words and a change set, which policy has yet to judge.
 */
export async function takeThought(
  run: Run,
  facts: Facts,
  handOver: Extract<HandOver, { part: 'write' }>,
): Promise<StepResult<Proposal>> {
  const asked = await acceptAgent(run, facts);
  if (!asked.ok) return asked;
  const taken = await handOver.take();
  if (!taken.ok) return taken;
  const parsed = parseHandedOver(taken.value);
  if (!parsed.ok) return parsed;
  const handed = parsed.value;
  const foreign = whyForeign(run, facts, handed);
  if (foreign) return foreign;

  const { agent, mayEdit, mustChange } = asked.value;
  await recordAccepted(run, facts, asked.value, handed.model);
  for (const fact of handed.told) await run.record({ ...fact, agent: agent.name });
  const { thought } = handed;
  if (thought.kind === 'failure') return thinkingFailed(thought.text);
  if (thought.kind === 'proposal' && !mayEdit)
    return ends(
      outcome(
        'refused',
        'agent_may_not_edit',
        `The agent \`${agent.name}\` may only read and answer here, and what was handed over is a change.`,
        'Address an agent that may edit.',
      ),
    );
  const { timeout_minutes } = facts.config.session;
  const task = { facts, agent, timeoutMs: timeout_minutes * 60_000 };
  if (thought.kind === 'answer') return concludeThought(run, saidOnly(thought.text, mustChange), task);
  if (thought.kind !== 'proposal') return concludeThought(run, thought, task);
  const concluded = await proposed(thought.changeSet, thought.text, facts.workspace);
  return concludeThought(run, concluded.thought, task);
}

/** It was handed over for another request, or for what stood there before. */
function whyForeign(run: Run, { base, configDigest }: Facts, handed: HandedOver) {
  if (handed.run !== run.id)
    return refuse('It belongs to another request.', 'Let each workflow run hand over its own file.');
  const ours = [base.commit, base.trustedCommit, configDigest];
  if (ours.every((of, index) => of === [handed.base, handed.trusted, handed.config][index])) return null;
  return refuse('The branch or the configuration moved while the agent worked.', 'Ask again.');
}

const refuse = (why: string, next: string) =>
  ends(
    outcome(
      'refused',
      'hand_over_foreign',
      `${why} What was handed over is not taken, and nothing was written.`,
      next,
    ),
  );

/** The code and the sentence of a failure come from the other job: they are its words, not ours. */
const thinkingFailed = (said: string) =>
  ends({
    ...outcome(
      'failed',
      'thinking_failed',
      'The job that thinks came to nothing.',
      'Look at its log, then ask again.',
    ),
    answer: said || null,
  });

/** Only what the other job may be taken at its word for leaves. */
function inData(thought: Thought): HandedOver['thought'] {
  const text = thought.text.slice(0, MOST_WORDS);
  if (thought.kind === 'proposal') return { kind: 'proposal', text, changeSet: thought.changeSet };
  if (thought.kind !== 'failure') return { kind: thought.kind, text };
  const said = `${thought.message} ${thought.next}\n\n${thought.text}`;
  return { kind: 'failure', text: said.trim().slice(0, MOST_WORDS) };
}

const KINDS: readonly string[] = ['model_called', 'model_fell_back', 'tool_used'] satisfies Told['kind'][];
const isTold = (fact: RunFact): fact is Told => KINDS.includes(fact.kind);
