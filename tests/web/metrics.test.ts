import { describe, expect, it } from 'vitest';
import type { RunEvent, RunFact } from '../../src/runs/run-events.ts';
import type { RunOrigin } from '../../src/runs/run-watch.ts';
import { createMetrics, type Load } from '../../src/web/metrics.ts';

const LOAD: Load = { waiting: 3, running: 2, activeThreads: 5, connections: 1 };
const origin = (repositoryId = 1): RunOrigin => ({
  run: 'r0123456789ab',
  installation: 1,
  repositoryId,
  repository: 'acme/shop',
  thread: 1,
  delivery: null,
  event: null,
});
const called = (agent: string, model: string, ms = 1_000): RunFact => ({
  kind: 'model_called',
  agent,
  model,
  ms,
  promptDigest: '',
  inputTokens: 1,
  cachedTokens: 0,
  outputTokens: 1,
  costUsd: 0.5,
  priceSource: null,
  failure: null,
});
const event = (fact: RunFact): RunEvent => ({
  run: 'r0123456789ab',
  sequence: 0,
  at: '2026-01-01T00:00:00Z',
  fact,
});

describe('the figures', () => {
  it('S0-32: however often the page is asked for, the database is asked once a second', async () => {
    let asked = 0;
    const metrics = createMetrics([], async () => {
      asked += 1;
      return LOAD;
    });
    const pages = await Promise.all(Array.from({ length: 200 }, () => metrics.page()));
    expect(asked).toBe(1);
    expect(new Set(pages.map(({ text }) => text)).size).toBe(1);
    expect(pages[0]?.text).toContain('\nconductor_runs_waiting 3\n');
  });

  it('S0-32: a database that is away makes its figures no numbers, and leaves the others', async () => {
    const metrics = createMetrics([], async () => ({
      ...LOAD,
      waiting: null,
      running: null,
      activeThreads: null,
    }));
    metrics.merged(7);
    const { text } = await metrics.page();
    expect(text).toContain('\nconductor_runs_waiting Nan\n');
    expect(text).toContain('conductor_pull_requests_merged_total{repository="7"} 1\n');
  });

  it('SEC: names that others choose make no more than so many series; the rest is counted as `other`, and adds up', async () => {
    const metrics = createMetrics(['issues'], async () => LOAD);
    for (let index = 0; index < 5_000; index++) {
      metrics.runs.recorded(origin(index), [event(called(`agent-${index}`, `m/${index}`))]);
      metrics.answered(`event-${index}`, 'ignored', 0.01);
      metrics.verified(`event-${index}`, 'created');
      metrics.merged(index);
      metrics.heard(index, { 'x-ratelimit-remaining': '5', 'x-ratelimit-resource': `r${index}` });
    }
    metrics.runs.recorded(origin(), [event(called('a'.repeat(500), 'm/"}\n1 evil'.padEnd(500, 'x')))]);
    const { text } = await metrics.page();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.length).toBeLessThan(5_500);
    for (const line of lines) expect(line).toMatch(/^conductor_[a-z_]+(\{[^\n]*\})? [\d.e+-]+$/);
    const cost = lines.filter((line) => line.startsWith('conductor_cost_usd_total'));
    expect(cost.length).toBeLessThanOrEqual(2_001);
    expect(cost.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBeCloseTo(5_001 * 0.5, 6);
    expect(text).toContain('conductor_webhook_deliveries_total{event="other",result="ignored"} 5000');
  });

  it('S0-32: a call’s time falls into its bucket, from which quantiles are told', async () => {
    const metrics = createMetrics([], async () => LOAD);
    for (const ms of [100, 900, 1_500, 7_000])
      metrics.runs.recorded(origin(), [event(called('coder', 'm/x', ms))]);
    const { text } = await metrics.page();
    const upTo = (le: string) =>
      Number(new RegExp(`call_duration_seconds_bucket\\{le="${le}",model="m/x"\\} (\\d+)`).exec(text)?.[1]);
    expect([upTo('0.25'), upTo('1'), upTo('2'), upTo('8'), upTo('\\+Inf')]).toEqual([1, 2, 3, 4, 4]);
    expect(text).toContain('conductor_model_call_duration_seconds_sum{model="m/x"} 9.5');
  });
});
