import { Counter, Histogram, type Registry } from 'prom-client';
import type { RunEvent } from '../runs/run-events.ts';
import { viewOf } from '../runs/run-view.ts';
import type { RunOrigin, RunWatch } from '../runs/run-watch.ts';
import { atMost } from './series.ts';

/** Seconds: a tool's answer, a long thought, and what gives up. */
const CALL_SECONDS = [0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300];
const RUN_SECONDS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600];
/** No agent took part: help, a refusal, an undo. */
const NOBODY = 'none';

/** The figures of runs, as a fold of their events. Counts begin at 0 with the process, as Prometheus expects. */
export function runMetrics(registry: Registry): RunWatch {
  const registers = [registry];
  const runs = new Counter({
    name: 'conductor_runs_total',
    help: 'Runs that ended, by outcome and agent.',
    labelNames: ['outcome', 'agent'],
    registers,
  });
  const duration = new Histogram({
    name: 'conductor_run_duration_seconds',
    help: 'From the beginning of a run to its outcome.',
    labelNames: ['outcome'],
    buckets: RUN_SECONDS,
    registers,
  });
  const calls = new Histogram({
    name: 'conductor_model_call_duration_seconds',
    help: 'From a question to a model to its answer, failed calls included.',
    labelNames: ['model'],
    buckets: CALL_SECONDS,
    registers,
  });
  const failures = new Counter({
    name: 'conductor_model_failures_total',
    help: 'Model calls that got no answer, by model and code.',
    labelNames: ['model', 'code'],
    registers,
  });
  const tokens = new Counter({
    name: 'conductor_tokens_total',
    help: 'Tokens by model; input does not count what was cached.',
    labelNames: ['model', 'kind'],
    registers,
  });
  const cost = new Counter({
    name: 'conductor_cost_usd_total',
    help: 'US dollars for model calls with a known price, by agent, model and repository id.',
    labelNames: ['agent', 'model', 'repository'],
    registers,
  });
  const ofRun = atMost<{ outcome: string; agent: string }>(500);
  const ofModel = atMost<{ model: string }>(50);
  const ofFailure = atMost<{ model: string; code: string }>(300);
  const ofCost = atMost<{ agent: string; model: string; repository: string }>(2_000);

  function ended({ state }: { readonly state: string }, at: string, events: readonly RunEvent[]): void {
    const { agent, startedAt } = viewOf(events);
    runs.inc(ofRun({ outcome: state, agent: agent?.name ?? NOBODY }));
    duration.observe({ outcome: state }, Math.max(0, Date.parse(at) - Date.parse(startedAt)) / 1_000);
  }

  return {
    recorded({ repositoryId }: RunOrigin, events) {
      const newest = events.at(-1);
      if (newest?.fact.kind === 'run_ended') ended(newest.fact.outcome, newest.at, events);
      if (newest?.fact.kind !== 'model_called') return;
      const { agent, ms, inputTokens, cachedTokens, outputTokens, costUsd, failure } = newest.fact;
      const { model } = ofModel({ model: newest.fact.model });
      calls.observe({ model }, ms / 1_000);
      if (failure !== null) failures.inc(ofFailure({ model, code: failure }));
      tokens.inc({ model, kind: 'input' }, Math.max(0, inputTokens - cachedTokens));
      tokens.inc({ model, kind: 'cached' }, cachedTokens);
      tokens.inc({ model, kind: 'output' }, outputTokens);
      if (costUsd !== null) cost.inc(ofCost({ agent, model, repository: String(repositoryId) }), costUsd);
    },
    over: () => undefined,
  };
}
