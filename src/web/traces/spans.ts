import { createHash } from 'node:crypto';
import type { RunEvent, RunFact } from '../../runs/run-events.ts';
import type { RunId } from '../../runs/run-id.ts';
import type { RunOrigin } from '../../runs/run-watch.ts';

/** A stretch of a run. Times are milliseconds since 1970. */
export interface Span {
  readonly id: string;
  /** Null: it is the run itself. */
  readonly parent: string | null;
  readonly name: string;
  /** True: somebody else's server was asked. */
  readonly isCall: boolean;
  readonly start: number;
  readonly end: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  /** A failure's code; null: it went well. */
  readonly failure: string | null;
}

export interface Trace {
  readonly id: string;
  readonly spans: readonly Span[];
}

/** Sixteen bytes, in hex: `printf %s RUN | sha256sum | cut -c1-32`. Known before the run, and the same after a crash. */
export const traceIdOf = (run: RunId) => createHash('sha256').update(run).digest('hex').slice(0, 32);

type Fact<K extends RunFact['kind']> = Extract<RunFact, { kind: K }>;

/**
 * A run's events, oldest first, as nested spans: the run, its agent with its model calls and tools, policy, and what was
 * published. Names and attributes are OpenTelemetry's for generative AI, whose status is "development": they stand here
 * as our own words (https://github.com/open-telemetry/semantic-conventions-genai). No prompt, no answer, no path.
 */
export function traceOf(origin: RunOrigin, events: readonly RunEvent[]): Trace {
  const begun = events.find(({ fact }) => fact.kind === 'run_started') ?? events[0];
  if (begun === undefined) return { id: traceIdOf(origin.run), spans: [] };
  const from = Date.parse(begun.at);
  const children: Span[] = [];
  const idOf = (part: string | number) =>
    createHash('sha256').update(`${origin.run}/${begun.at}/${part}`).digest('hex').slice(0, 16);
  const root = idOf('run');
  let [before, agent, proposed, ended] = [from, null as Span | null, null as number | null, false];
  let last = from;

  function add(name: string, start: number, end: number, more: Partial<Span> = {}): Span {
    const parent = more.parent ?? root;
    const span: Span = {
      attributes: {},
      failure: null,
      isCall: false,
      ...more,
      id: idOf(children.length),
      parent,
      name,
      start,
      end,
    };
    children.push(span);
    return span;
  }
  /** A child of the agent's span, which lasts until its last one is over. */
  function addToAgent(name: string, start: number, end: number, more: Partial<Span>): void {
    add(name, Math.max(start, agent?.start ?? from), end, { ...more, parent: agent?.id ?? root });
    if (agent === null) return;
    const longer: Span = { ...agent, end };
    children[children.indexOf(agent)] = longer;
    agent = longer;
  }

  for (const { fact, at } of events) {
    const now = Math.max(before, Date.parse(at));
    switch (fact.kind) {
      case 'facts_gathered':
        add('gather_facts', from, now);
        break;
      case 'command_accepted':
        agent = add(`invoke_agent ${fact.agent}`, now, now, { attributes: agentAttributes(fact) });
        break;
      case 'model_called': {
        const attributes = callAttributes(fact);
        const more = { isCall: true, failure: fact.failure, attributes };
        addToAgent(`chat ${attributes['gen_ai.request.model']}`, now - fact.ms, now, more);
        break;
      }
      case 'tool_used': {
        const attributes = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': fact.tool };
        const failure = fact.ok ? null : 'tool_failed';
        addToAgent(`execute_tool ${fact.tool}`, before, now, { attributes, failure });
        break;
      }
      case 'change_proposed':
        proposed = before;
        break;
      case 'verdict_reached':
        add('policy', proposed ?? before, now, { attributes: { 'conductor.verdict': fact.verdict.verdict } });
        break;
      case 'written':
        add(`${ended ? 'tell' : 'publish'} ${fact.written.thing}`, before, now, {
          attributes: { 'conductor.how': fact.written.how },
        });
        break;
      case 'effect_failed':
        add(`${ended ? 'tell' : 'publish'} ${fact.thing}`, before, now, { failure: fact.code });
        break;
      case 'run_ended':
        ended = true;
        break;
      default:
    }
    if (fact.kind !== 'session_archived') last = now;
    before = now;
  }
  const attributes = runAttributes(origin, events);
  const failure = failureOf(events);
  const run: Span = {
    id: root,
    parent: null,
    name: 'invoke_workflow conductor run',
    isCall: false,
    start: from,
    end: last,
    attributes,
    failure,
  };
  return { id: traceIdOf(origin.run), spans: [run, ...children] };
}

function runAttributes(origin: RunOrigin, events: readonly RunEvent[]): Span['attributes'] {
  const end = events.find(({ fact }) => fact.kind === 'run_ended')?.fact as Fact<'run_ended'> | undefined;
  return {
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': 'conductor run',
    'conductor.run': origin.run,
    'conductor.repository': origin.repository,
    'conductor.thread': origin.thread,
    ...(origin.delivery !== null && { 'conductor.delivery': origin.delivery }),
    ...(origin.event !== null && { 'conductor.event': origin.event }),
    ...(end && { 'conductor.outcome': end.outcome.state, 'conductor.code': end.outcome.code }),
  };
}

function failureOf(events: readonly RunEvent[]): string | null {
  const end = events.find(({ fact }) => fact.kind === 'run_ended')?.fact as Fact<'run_ended'> | undefined;
  return end?.outcome.state === 'failed' ? end.outcome.code : null;
}

const agentAttributes = ({ agent, runner }: Fact<'command_accepted'>) => ({
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.name': agent,
  ...(runner !== null && { 'conductor.runner': runner }),
});

function callAttributes({ model, inputTokens, cachedTokens, outputTokens, costUsd }: Fact<'model_called'>) {
  const [provider = '', ...rest] = model.split('/');
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': provider,
    'gen_ai.request.model': rest.join('/') || provider,
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.cache_read.input_tokens': cachedTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    ...(costUsd !== null && { 'conductor.cost_usd': costUsd }),
  };
}
