import { LLMock } from '@copilotkit/aimock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rehearse } from '../../src/hosts/rehearsal.ts';

const VARIABLES = ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'];
const bytes = (text: string) => new TextEncoder().encode(text);

describe('a model server that nobody here wrote, spoken to by the vendors’ own SDKs', () => {
  const mock = new LLMock({ port: 0, strict: true });

  beforeEach(async () => {
    await mock.start();
    process.env.ANTHROPIC_API_KEY = process.env.OPENAI_API_KEY = 'a-key';
    process.env.ANTHROPIC_BASE_URL = mock.url;
    process.env.OPENAI_BASE_URL = `${mock.url}/v1`;
    const call = (name: string, input: object) => ({
      toolCalls: [{ name, arguments: JSON.stringify(input) }],
    });
    mock.addFixture({
      match: { hasToolResult: false },
      response: call('edit_file', { path: 'a.js', old: '1', new: '2' }),
    });
    mock.addFixture({ match: { hasToolResult: true }, response: call('finish', { summary: 'One is two.' }) });
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
    'S0-2, S0-19: %s: %s turns a mention into a pull request',
    async (form, provider, model, address) => {
      const at = address ? `base_url: "${mock.url}/v1", ` : '';
      const stage = await rehearse(
        {
          title: provider,
          repository: { owner: 'acme', name: 'web', private: true },
          people: [{ login: 'ada', permission: 'write' }],
          files: {
            'a.js': bytes('const a = 1;\n'),
            '.github/conductor.yml': bytes(
              `models: { m: { provider: ${provider}, model: ${model}, ${at}price: { input: 1, output: 1 } } }`,
            ),
          },
          acts: [],
        },
        { form },
      );
      try {
        await stage.play({ issue: { by: 'ada', title: 'One', body: '' } });
        await stage.play({ comment: { by: 'ada', issue: 1, body: '@conductor fix one' } });
        const [run] = stage.runs();
        expect(run).toMatchObject({ conclusion: 'done', verdict: 'review' });
        expect(await stage.simulator.fileAt(stage.repository, run?.branch ?? '', 'a.js')).toBe(
          'const a = 2;\n',
        );
        expect(stage.simulator.comments(stage.repository, 1).at(-1)?.body).toContain(
          `\`${provider}/${model}\``,
        );
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
