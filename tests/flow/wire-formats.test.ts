import { type ChatMessage, LLMock } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { rehearse } from '../../src/hosts/rehearsal.ts';
import { readScenario } from '../../src/hosts/scenario.ts';

const VARIABLES = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'];
const bytes = (content: string) => new TextEncoder().encode(content);
const text = (content: Uint8Array | undefined) => new TextDecoder().decode(content);

const SCENARIO = new URL('../../examples/scenarios/rounding-bug', import.meta.url).pathname;
const SCRIPT = '.github/conductor/script.yml';
const CONFIG = '.github/conductor.yml';

describe('a model server that nobody here wrote, spoken to by the vendors’ own SDKs', () => {
  const mock = new LLMock({ port: 0, strict: true });

  beforeEach(async () => {
    await mock.start();
    process.env.ANTHROPIC_API_KEY = process.env.OPENAI_API_KEY = 'a-key';
    process.env.ANTHROPIC_BASE_URL = mock.url;
    process.env.OPENAI_BASE_URL = `${mock.url}/v1`;
  });

  afterEach(async () => {
    await mock.stop();
    for (const name of VARIABLES) delete process.env[name];
  });

  const WIRES = [
    ['anthropic', 'claude-opus-5-5', ''],
    ['openai', 'gpt-6-sol', ''],
    ['openai-compatible', 'qwen3-coder', 'base_url'],
  ] as const;
  const IN_BOTH_FORMS = WIRES.flatMap((wire) =>
    (['app', 'action'] as const).map((form) => [form, ...wire] as const),
  );

  it.each(IN_BOTH_FORMS)(
    'S0-2, S0-19: %s: the whole story of the demo, thought by %s',
    async (form, provider, model, address) => {
      const scenario = await readScenario(SCENARIO);
      teach(mock, text(scenario.files[SCRIPT]));
      const at = address ? `base_url: "${mock.url}/v1", ` : '';
      const backend = `{ provider: ${provider}, model: ${model}, ${at}price: { input: 4, output: 20 } }`;
      const config = text(scenario.files[CONFIG]).replace(
        /^models:\n(?: .*\n)+/m,
        `models: { demo: ${backend} }\n`,
      );
      const files = { ...scenario.files, [CONFIG]: bytes(config) };
      const stage = await rehearse({ ...scenario, files }, { form });
      try {
        // A job for each mention takes its time: the first is enough to see the bundle speak.
        const acts = form === 'app' ? scenario.acts : scenario.acts.slice(0, 2);
        for (const act of acts) await stage.play(act);
        const ends = [
          ['done', 'review'],
          ['refused', 'block'],
          ['done', null],
        ];
        expect(stage.runs().map(({ conclusion, verdict }) => [conclusion, verdict])).toEqual(
          ends.slice(0, acts.length - 1),
        );
        const branch = stage.runs()[0]?.branch ?? '';
        expect(await stage.simulator.fileAt(stage.repository, branch, 'src/line-total.js')).toContain(
          'Math.round',
        );
        const said = stage.simulator.comments(stage.repository, 1).map(({ body }) => body);
        if (form === 'app')
          expect(said.at(-1)).toContain('Whole cents as integers would remove the question.');
        expect(said.at(-1)).toContain(`\`${provider}/${model}\``);
      } finally {
        await stage.close();
      }
    },
  );

  it('S0-18: a missing key names the variable, and nothing is asked', async () => {
    delete process.env.ANTHROPIC_API_KEY;
    const files = {
      '.github/conductor.yml': bytes(
        'models: { m: { provider: anthropic, model: x, price: { input: 1, output: 1 } } }',
      ),
    };
    const people = [{ login: 'ada', permission: 'write' as const }];
    const stage = await rehearse(
      { title: 'no key', repository: { owner: 'acme', name: 'web', private: true }, people, files, acts: [] },
      { form: 'app' },
    );
    try {
      await stage.play({ issue: { by: 'ada', title: 'One', body: '@conductor fix one' } });
      expect(stage.simulator.comments(stage.repository, 1).at(-1)?.body).toContain('`ANTHROPIC_API_KEY`');
    } finally {
      await stage.close();
    }
  });
});

interface Turn {
  readonly tool_calls: readonly { readonly name: string; readonly input: object }[];
}

/** Has the model server say what the demo's script says: one answer for each turn of each of its scenes. */
function teach(mock: LLMock, script: string): void {
  const { scenes } = parse(script) as { scenes: { when: string[]; turns: Turn[] }[] };
  // The last scene that fits is the latest act's: the thread still holds the words of those before.
  for (const { when, turns } of scenes.toReversed()) {
    for (const [index, turn] of turns.entries()) {
      const fits = (messages: readonly ChatMessage[]) =>
        when.every((word) => JSON.stringify(messages).includes(word)) &&
        messages.filter(({ role }, at) => role === 'assistant' && messages[at - 1]?.role !== role).length ===
          index;
      const toolCalls = turn.tool_calls.map(({ name, input }) => ({
        name,
        arguments: JSON.stringify(input),
      }));
      mock.addFixture({ match: { predicate: ({ messages }) => fits(messages) }, response: { toolCalls } });
    }
  }
}
