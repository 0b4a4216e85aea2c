import type { RunEvent } from '../runs/run-events.ts';
import { viewOf } from '../runs/run-view.ts';
import { placeFields, type RunOrigin, type RunWatch } from '../runs/run-watch.ts';
import type { Log } from './log.ts';

/** Least important first. */
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LEVELS)[number];

/** The log of what belongs to one run: every line says where it belongs. */
export type LogOf = (origin: RunOrigin) => (level: LineLevel, message: string, fields?: Fields) => void;
type LineLevel = Parameters<Log>[0];
type Fields = Readonly<Record<string, unknown>>;

/**
 * Lines of runs. `leastOf` gives what a repository's config wants to be logged of its runs: it can't make a process say
 * more than that was told to, and can't keep errors from whoever looks after it.
 */
export function logOfRuns(log: Log, leastOf: (repositoryId: number) => LogLevel): LogOf {
  return (origin) =>
    (level, message, fields = {}) => {
      const isWanted = LEVELS.indexOf(level) >= LEVELS.indexOf(leastOf(origin.repositoryId));
      if (isWanted || level === 'error') log(level, message, { ...placeFields(origin), ...fields });
    };
}

/** The log as a fold of run events: a line for the beginning and the end, and one for each failure on the way. */
export function runLog(logOf: LogOf): RunWatch {
  return {
    recorded(origin, events) {
      const newest = events.at(-1);
      if (newest) logOf(origin)(...lineOf(newest));
    },
    over(origin, events, requests) {
      const ended = events.findLast(({ fact }) => fact.kind === 'run_ended');
      if (ended?.fact.kind !== 'run_ended') return;
      const { outcome } = ended.fact;
      const view = viewOf(events);
      const failed = outcome.state === 'failed';
      logOf(origin)(failed ? 'error' : 'info', 'run ended', {
        outcome: outcome.state,
        code: outcome.code,
        ...(failed && { error: outcome.message }),
        agent: view.agent?.name ?? null,
        model: view.agent?.model ?? null,
        cost_usd: view.unpriced ? null : view.costUsd,
        input_tokens: view.inputTokens,
        output_tokens: view.outputTokens,
        duration_ms: Math.max(0, Date.parse(ended.at) - Date.parse(view.startedAt)),
        requests,
      });
    },
  };
}

function lineOf({ fact, sequence }: RunEvent): readonly [LineLevel, string, Fields] {
  switch (fact.kind) {
    case 'run_started':
      return ['info', 'run begun', { verb: fact.verb, cause: fact.cause ?? 'mention', asker: fact.asker }];
    case 'model_called': {
      const { agent, model, ms, failure } = fact;
      if (failure !== null)
        return ['warn', 'model call failed', { agent, model, duration_ms: ms, code: failure }];
      return ['debug', 'model called', { agent, model, duration_ms: ms }];
    }
    case 'model_fell_back': {
      const { agent, from, to, code } = fact;
      return ['warn', 'model fell back', { agent, from, to, code }];
    }
    case 'effect_failed':
      return ['warn', 'write failed', { thing: fact.thing, code: fact.code, error: fact.message }];
    default:
      return ['debug', 'run event', { kind: fact.kind, sequence }];
  }
}
