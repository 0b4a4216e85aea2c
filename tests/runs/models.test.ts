import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Model, ModelAnswer, ModelFailure, Prompt, Usage } from '../../src/agents/model.ts';
import { modelHealths } from '../../src/agents/model-health.ts';
import { costMark } from '../../src/runs/cost-mark.ts';
import { inOrder } from '../../src/runs/model-order.ts';
import { spendingInMemory } from '../../src/runs/spending.ts';
import { runInMemory } from './memory-host.ts';

const PRICE = { input: 1, output: 10, source: 'config' };
const failed = (code: ModelFailure['code'], more: Partial<ModelFailure> = {}): ModelAnswer => ({
  ok: false,
  failure: {
    code,
    message: `It said ${code}.`,
    retryable: ['model_unavailable', 'model_rate_limited', 'model_timeout'].includes(code),
    retryAfterSeconds: null,
    ...more,
  },
});
const said = (text: string, usage: Partial<Usage> = {}): ModelAnswer => ({
  ok: true,
  turn: {
    text,
    toolCalls: [],
    usage: { input: 1_000, cacheRead: 0, cacheWrite: 0, output: 100, ...usage },
    stop: 'end',
  },
});
const looks: ModelAnswer = {
  ok: true,
  turn: {
    text: '',
    toolCalls: [{ id: '1', name: 'list_files', input: {} }],
    usage: { input: 900, cacheRead: 100, cacheWrite: 0, output: 10 },
    stop: 'tools',
  },
};

/** A model that gives these answers, one after the other, and the last for ever; and keeps what it was asked. */
function model(name: string, ...answers: ModelAnswer[]): Model & { readonly asked: Prompt[] } {
  const asked: Prompt[] = [];
  return {
    name,
    label: `test/${name}`,
    price: PRICE,
    capabilities: { tools: true, images: false, caching: false, contextTokens: null },
    asked,
    check: async () => null,
    async ask(prompt) {
      asked.push(prompt);
      return answers[Math.min(asked.length, answers.length) - 1] as ModelAnswer;
    },
  };
}

const configOf = (list: string, ...names: string[]) => `
models: { ${names.map((name) => `${name}: { provider: scripted, model: ${name} }`).join(', ')} }
agent: { models: ${list} }
`;
const TWO = configOf('[one, two]', 'one', 'two');

describe('S0-2: models in order', () => {
  it.each([
    'model_auth',
    'model_unknown',
    'model_spend_cap',
    'model_context_overflow',
    'model_bad_request',
  ] as const)('after %s the next is asked at once, and the hop is on record', async (code) => {
    const [one, two] = [model('one', failed(code)), model('two', said('Four.'))];
    const { outcome, view } = await runInMemory({
      body: '@conductor ask two and two?',
      config: TWO,
      models: { one, two },
    });
    expect(outcome).toMatchObject({ code: 'answered', answer: 'Four.' });
    expect(view.fallbacks).toEqual([{ from: 'test/one', to: 'test/two', code }]);
    expect(view.agent?.model).toBe('test/two');
    expect(one.asked).toHaveLength(1);
  });

  it('what may pass is repeated once before the next is asked, and in full where there is none', async () => {
    const [one, two] = [model('one', failed('model_unavailable')), model('two', failed('model_unavailable'))];
    const { outcome } = await runInMemory({ config: TWO, models: { one, two } });
    expect(outcome.code).toBe('model_unavailable');
    expect([one.asked.length, two.asked.length]).toEqual([2, 3]);
  });

  it('a long wait that a vendor asks for is not waited out while another model is there', async () => {
    const busy = failed('model_rate_limited', { retryAfterSeconds: 30 });
    const [one, two] = [model('one', busy), model('two', said('Four.'))];
    await runInMemory({ body: '@conductor ask?', config: TWO, models: { one, two } });
    expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
  });

  it('whoever took over goes on, with the same conversation', async () => {
    const one = model('one', looks, failed('model_auth'));
    const two = model('two', looks, said('Four.'));
    const { outcome, events } = await runInMemory({
      body: '@conductor ask?',
      config: TWO,
      models: { one, two },
    });
    expect(outcome.code).toBe('answered');
    expect([one.asked.length, two.asked.length]).toEqual([2, 2]);
    expect(two.asked[0]).toEqual(one.asked[1]);
    const digests = events.flatMap(({ fact }) => (fact.kind === 'model_called' ? [fact.promptDigest] : []));
    expect(digests[1], 'S1-30: both were asked exactly the same').toBe(digests[2]);
    expect(new Set(digests).size).toBe(3);
  });

  it('S0-32: each call is on record with how long its answer took, in whole milliseconds', async () => {
    const quick = model('one', failed('model_auth'));
    const slow = model('two', said('Four.'));
    const late: Model = { ...slow, ask: (...asked) => setTimeout(60).then(() => slow.ask(...asked)) };
    const { events } = await runInMemory({
      body: '@conductor ask?',
      config: TWO,
      models: { one: quick, two: late },
    });
    const took = events.flatMap(({ fact }) => (fact.kind === 'model_called' ? [fact.ms] : []));
    expect(took).toEqual([expect.any(Number), expect.any(Number)]);
    expect(took.every(Number.isInteger)).toBe(true);
    expect(took[0]).toBeLessThan(50);
    expect(took[1]).toBeGreaterThanOrEqual(55);
  });

  it('nobody is asked instead when the run was stopped, the budget is used up, or the model declined', async () => {
    const refusal: ModelAnswer = {
      ok: true,
      turn: { ...(said('No.') as { turn: object }).turn, stop: 'refusal' } as never,
    };
    for (const answer of [failed('model_stopped'), refusal]) {
      const two = model('two', said('Four.'));
      await runInMemory({ config: TWO, models: { one: model('one', answer), two } });
      expect(two.asked).toHaveLength(0);
    }
  });

  it('a model that is asked for by name is asked alone', async () => {
    const [one, two] = [model('one', said('Four.')), model('two', failed('model_auth'))];
    const { outcome } = await runInMemory({
      body: '@conductor --model=two ask?',
      config: TWO,
      models: { one, two },
    });
    expect(outcome.code).toBe('model_auth');
    expect(one.asked).toHaveLength(0);
  });

  it('one without a key is left out where another is there, and named where none is', async () => {
    const config = `
models:
  one: { provider: openai, model: gpt-6-sol }
  two: { provider: scripted, model: two, script: s.yml, price: { input: 1, output: 1 } }
agent: { models: [one, two] }
`;
    const files = { 's.yml': 'version: 1\nscenes: [{ turns: [{ text: Four. }] }]\n' };
    const run = { body: '@conductor ask?', realModels: true, files };
    const { outcome, view } = await runInMemory({ ...run, config });
    expect(outcome.code).toBe('answered');
    expect(view.fallbacks).toEqual([{ from: 'one', to: 'scripted/two', code: 'model_key_missing' }]);
    const behind = await runInMemory({ ...run, config: config.replace('[one, two]', '[two, one]') });
    expect(behind.view.fallbacks, 'nobody took its place').toEqual([]);
    const alone = await runInMemory({ ...run, config: config.replace('[one, two]', '[one]') });
    expect(alone.outcome).toMatchObject({
      code: 'model_key_missing',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
  });
});

describe('S2-15: equals share the work', () => {
  const split = (weights: Record<string, number>, cool: readonly string[] = []) => {
    const first = new Map<string, number>();
    for (let run = 0; run < 3_000; run++) {
      const order = inOrder([Object.keys(weights)], {
        seed: `run-${run}`,
        weightOf: (name) => weights[name] ?? 1,
        coolsDown: (name) => cool.includes(name),
      });
      expect([...order].sort()).toEqual(Object.keys(weights).sort());
      first.set(order[0] ?? '', (first.get(order[0] ?? '') ?? 0) + 1);
    }
    return (name: string) => (first.get(name) ?? 0) / 3_000;
  };

  it('evenly, or by their weights', () => {
    expect(split({ a: 1, b: 1 })('a')).toBeCloseTo(0.5, 1);
    const weighted = split({ a: 3, b: 1 });
    expect(weighted('a')).toBeCloseTo(0.75, 1);
  });

  it('one that is down: all go to the other', () => {
    expect(split({ a: 1, b: 1 }, ['a'])('b')).toBe(1);
  });

  it('equals come before what stands behind them, and the same run always draws the same', () => {
    const options = { seed: 'x', weightOf: () => 1, coolsDown: () => false };
    const order = inOrder([['a', 'b'], 'c', 'a'], options);
    expect(order).toHaveLength(3);
    expect(order[2]).toBe('c');
    expect(inOrder([['a', 'b'], 'c', 'a'], options)).toEqual(order);
  });

  it('a model that failed is asked last for a while, by other runs too, and first again afterwards', async () => {
    let now = 0;
    const health = modelHealths(() => now)(1);
    const answers = { one: model('one', failed('model_auth')), two: model('two', said('Four.')) };
    const scripted = TWO.replaceAll('provider: scripted', 'provider: scripted');
    const ask = () => runInMemory({ body: '@conductor ask?', config: scripted, models: answers, health });
    const labelled = { ...answers.one, label: 'scripted/one' };
    answers.one = labelled;
    await ask();
    await ask();
    expect(labelled.asked).toHaveLength(1);
    now += 301_000;
    await ask();
    expect(labelled.asked).toHaveLength(2);
  });
});

describe('health', () => {
  it('pauses longer each time, never over ten minutes, and forgets with the first answer', () => {
    let now = 0;
    const health = modelHealths(() => now)(1);
    const down = failed('model_unavailable') as { failure: ModelFailure };
    const pauseAfter = () => {
      health.noted('a', down.failure);
      const from = now;
      while (health.coolsDown('a')) now += 1_000;
      return (now - from) / 1_000;
    };
    expect(Array.from({ length: 7 }, pauseAfter)).toEqual([30, 60, 120, 240, 480, 600, 600]);
    health.noted('a', null);
    expect(pauseAfter()).toBe(30);
    expect(health.lastFailure('a')?.code).toBe('model_unavailable');
    health.noted('b', { ...down.failure, code: 'model_rate_limited', retryAfterSeconds: 90 });
    now += 89_000;
    expect(health.coolsDown('b')).toBe(true);
    now += 2_000;
    expect(health.coolsDown('b')).toBe(false);
  });
});

describe('S0-18: budgets', () => {
  const ONE = `${configOf('[one]', 'one')}budget: { per_run_usd: 1, per_thread_usd: 2, per_day_usd: 3 }\n`;
  const spent = async (usd: number) => {
    const spending = spendingInMemory();
    const kept = await spending.reserve(
      { agent: '', model: '', leastUsd: 0, mostUsd: usd },
      { run: null, thread: null, day: null },
    );
    if (kept.ok) await kept.settle(usd);
    return { ...spending, remembers: true };
  };

  it('a call is made with the answer that what is left can pay for', async () => {
    const one = model('one', said('Four.'));
    const { outcome } = await runInMemory({
      body: '@conductor ask?',
      config: ONE,
      models: { one },
      spending: await spent(0.9),
    });
    expect(outcome.code).toBe('answered');
    const tokens = one.asked[0]?.maxOutputTokens ?? 0;
    expect(tokens).toBeGreaterThanOrEqual(1_024);
    expect(tokens * 10).toBeLessThanOrEqual(100_000);
  });

  it('a call that could pass it is not made, and the figure and the way on are said', async () => {
    const one = model('one', said('Four.'));
    const { outcome } = await runInMemory({
      body: '@conductor ask?',
      config: ONE,
      models: { one },
      spending: await spent(0.995),
    });
    expect(one.asked).toHaveLength(0);
    expect(outcome).toMatchObject({ state: 'stopped', code: 'budget_reached' });
    expect(outcome.message).toContain('$0.99 of the $1.00 for this run');
    expect(outcome.next).toContain('budget.per_run_usd');
  });

  it('S0-18: no conversation passes its budget, whatever its answers cost', async () => {
    const dear = {
      ...looks,
      turn: {
        ...(looks as { turn: object }).turn,
        usage: { input: 20_000, cacheRead: 0, cacheWrite: 0, output: 1_000 },
      },
    } as ModelAnswer;
    const one = model('one', dear);
    const { outcome, view } = await runInMemory({ body: '@conductor ask?', config: ONE, models: { one } });
    expect(outcome.code).toBe('budget_reached');
    expect(view.costUsd).toBeGreaterThan(0.5);
    expect(view.costUsd).toBeLessThanOrEqual(1);
  });

  it('a call that failed before it was answered costs nothing; one that was cut counts as its worst case', async () => {
    for (const [answer, least] of [
      [failed('model_auth'), 0],
      [failed('model_unavailable', { mayHaveCost: true }), 0.1],
      [failed('model_timeout'), 0.1],
    ] as const) {
      const spending = spendingInMemory();
      await runInMemory({
        body: '@conductor ask?',
        config: ONE,
        models: { one: model('one', answer) },
        spending,
      });
      const { run } = await spending.totals();
      expect(run).toBeGreaterThanOrEqual(least);
      if (least === 0) expect(run).toBe(0);
    }
  });

  it('without a database, what the thread has cost is read from its own comments, and from no others', async () => {
    const comment = (own: boolean, usd: number) => ({
      id: 1,
      author: 'x',
      body: `Done.\n\n${costMark(usd)}`,
      createdAt: '',
      updatedAt: '',
      own,
    });
    const ask = (transcript: ReturnType<typeof comment>[]) =>
      runInMemory({
        body: '@conductor ask?',
        config: ONE,
        models: { one: model('one', said('Four.')) },
        transcript,
      });
    expect((await ask([comment(true, 1.5), comment(false, 9)])).outcome.code).toBe('answered');
    const { outcome } = await ask([comment(true, 1.5), comment(true, 0.499)]);
    expect(outcome.message).toContain('$2.00 of the $2.00 for this thread');
  });
});
