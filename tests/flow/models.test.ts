import { beforeAll, describe, expect, it } from 'vitest';
import { type Stage, stage } from './stage.ts';
import { edits, says, use } from './story.ts';

const model = (script: string) => ({
  provider: 'scripted',
  model: script,
  script: `${script}.yml`,
  price: { input: 4, output: 20 },
});
const scripts = (scenes: object[]) => JSON.stringify({ version: 1, scenes });
const down = { when: [], turns: [{ error: { code: 'model_auth', message: 'The key is wrong.' } }] };
const dear = { when: [], turns: [{ text: 'Dear.', usage: { input: 100_000, output: 10_000 } }] };

const STORY = {
  files: {
    'src/total.js': 'export const total = (lines) => Math.floor(sum(lines) * 100) / 100;\n',
    'down.yml': scripts([down]),
    'good.yml': scripts([
      edits('rounding', 'Rounds.', use('edit_file', { path: 'src/total.js', old: 'floor', new: 'round' })),
      says('', 'Four.'),
    ]),
    'dear.yml': scripts([dear]),
  },
  config: {
    models: { down: model('down'), good: model('good'), dear: model('dear') },
    agent: { models: ['down', 'good'] },
    budget: { per_run_usd: 2, per_thread_usd: 0.7, per_day_usd: 100 },
    security: { rate_limit_per_minute: 100 },
  },
};

/** S0-2, S0-18: what stands between a request and a model, in both forms. */
describe.each(['app', 'action'] as const)('%s: models and money', (form) => {
  let room: Stage;
  beforeAll(async () => {
    room = await stage(STORY, { form, runner: form === 'app' ? 'durable' : 'memory' });
  }, 30_000);

  it('S0-2: the first key is broken: the run ends well, and the comment and the audit show the hop', async () => {
    const asked = await room.ask('ada', '@conductor fix the rounding');
    expect(asked.code).toBe('pull_request_opened');
    expect(asked.status).toContain(
      '↪ `scripted/down` did not answer (`model_auth`): `scripted/good` was asked instead.',
    );
    expect(asked.status.split('\n')[2]).toContain('`scripted/good`');
    const audit = asked.checks.find(({ name }) => name === 'conductor/audit');
    expect(audit?.output.summary).toContain(
      '| fallback | `scripted/down` did not answer (`model_auth`), `scripted/good` was asked |',
    );
  });

  it('S0-18: a thread’s runs share its budget; the last says what was spent and how to go on', async () => {
    const number = await room.openIssue();
    const first = await room.ask('ada', '@conductor --model=dear ask?', number);
    expect(first.status).toContain('$0.60 of $2.00');
    const told = await room.ask('ada', '@conductor budget', number);
    expect(told.status).toContain('| this thread | $0.60 | $0.70 |');
    const over = await room.ask('ada', `@conductor --model=good ask? ${'word '.repeat(12_000)}`, number);
    expect(over.code).toBe('budget_reached');
    expect(over.status).toContain('$0.60 of the $0.70 for this thread is spent or reserved.');
    expect(over.status).toContain('budget.per_thread_usd');
  });

  it('S2-6: doctor tells of each model and agent whether it can be asked', async () => {
    const asked = await room.ask('ada', '@conductor doctor');
    expect(asked.code).toBe('doctor_told');
    expect(asked.status).toMatch(
      /\| `good` \(`scripted\/good`\) \| \$4 in, \$20 out per million tokens \(config\) \| ✓ \|/,
    );
    // A job remembers nothing of the one before.
    if (form === 'app') expect(asked.status).toMatch(/\| `down` .*`model_auth`, \d{4}-/);
    expect(asked.status).toMatch(/\| `coder` \| Software engineer \| `down`, `good` \| ✓ \|/);
  });
});
