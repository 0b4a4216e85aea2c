import { describe, expect, it } from 'vitest';
import type { RunEvent, RunFact } from '../../src/runs/run-events.ts';
import type { RunOrigin } from '../../src/runs/run-watch.ts';
import { otlpRequest } from '../../src/web/traces/otlp.ts';
import { traceIdOf, traceOf } from '../../src/web/traces/spans.ts';
import { runInMemory } from '../runs/memory-host.ts';

const ORIGIN: RunOrigin = {
  run: 'r0123456789ab',
  installation: 1,
  repositoryId: 1,
  repository: 'acme/shop',
  thread: 1,
  delivery: 'd-1',
  event: 'issue_comment.created',
};
/** Facts, each so many milliseconds after the run began. */
const events = (
  ...facts: readonly (readonly [at: number, fact: Partial<RunFact> & Pick<RunFact, 'kind'>])[]
) =>
  facts.map(
    ([at, fact], sequence): RunEvent => ({
      run: ORIGIN.run,
      sequence,
      at: new Date(Date.UTC(2026, 0, 1) + at).toISOString(),
      fact: fact as RunFact,
    }),
  );
const call = (ms: number) =>
  ({ kind: 'model_called', agent: 'coder', model: 'anthropic/opus', ms, failure: null }) as const;
const ACCEPTED = { kind: 'command_accepted', agent: 'coder', runner: 'claude' } as const;

describe('S0-33: a run’s events as spans', () => {
  it('a call lasts as long as the fact says, and ends when it went on record', () => {
    const { spans } = traceOf(ORIGIN, events([0, { kind: 'run_started' }], [10, ACCEPTED], [900, call(700)]));
    const chat = spans.find(({ name }) => name === 'chat opus');
    expect(chat && chat.end - chat.start).toBe(700);
    expect(chat?.attributes).toMatchObject({
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'opus',
    });
  });

  it('calls that went on record together, as a CLI’s do, stay inside their agent’s time', () => {
    const all = events(
      [0, { kind: 'run_started' }],
      [10, ACCEPTED],
      [1_000, call(900)],
      [1_001, call(4_000)],
    );
    const { spans } = traceOf(ORIGIN, all);
    const agent = spans.find(({ name }) => name === 'invoke_agent coder');
    const calls = spans.filter(({ name }) => name === 'chat opus');
    expect(calls).toHaveLength(2);
    for (const { start, end, parent } of calls) {
      expect(parent).toBe(agent?.id);
      expect(start).toBeGreaterThanOrEqual(agent?.start ?? 0);
      expect(end).toBeLessThanOrEqual(agent?.end ?? 0);
    }
  });

  it('a clock that goes back makes no span that ends before it began', () => {
    const all = events(
      [500, { kind: 'run_started' }],
      [100, ACCEPTED],
      [50, call(700)],
      [20, { kind: 'run_ended', outcome: { state: 'done' } } as never],
    );
    for (const { start, end } of traceOf(ORIGIN, all).spans) expect(end).toBeGreaterThanOrEqual(start);
  });

  it('the same events make the same ids, in any process; another attempt at the run another span in the same trace', async () => {
    const first = events([0, { kind: 'run_started' }], [10, ACCEPTED]);
    const again = events([5_000, { kind: 'run_started' }], [5_010, ACCEPTED]);
    expect(traceOf(ORIGIN, first)).toEqual(traceOf(ORIGIN, structuredClone(first)));
    const [one, other] = [traceOf(ORIGIN, first), traceOf(ORIGIN, again)];
    expect([one.id, other.id]).toEqual([traceIdOf(ORIGIN.run), traceIdOf(ORIGIN.run)]);
    expect(one.spans[0]?.id).not.toBe(other.spans[0]?.id);
  });

  it('is OTLP’s JSON: ids in hex, nanoseconds and whole numbers as text', async () => {
    const { events: recorded } = await runInMemory();
    const request = JSON.parse(JSON.stringify(otlpRequest(traceOf(ORIGIN, recorded), 'conductor')));
    const [resource] = request.resourceSpans;
    expect(resource.resource.attributes).toEqual([
      { key: 'service.name', value: { stringValue: 'conductor' } },
    ]);
    const [scope] = resource.scopeSpans;
    expect(scope.spans.length).toBeGreaterThan(4);
    for (const span of scope.spans) {
      expect(span.traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(span.startTimeUnixNano).toMatch(/^\d{19}$/);
      for (const { value } of span.attributes)
        expect(Object.entries(value)).toEqual([
          [expect.stringMatching(/^(string|int|double)Value$/), expect.anything()],
        ]);
    }
  });
});
