import { beforeAll, describe, expect, it } from 'vitest';
import type { Model, Prompt } from '../../src/agents/model.ts';
import { CAPABILITIES } from '../agents/models/dialects.ts';
import { runInMemory } from '../runs/memory-host.ts';
import { SHOP } from '../threads/material.ts';
import { type Stage, stage } from './stage.ts';
import { says } from './story.ts';

const FILES = {
  ...SHOP,
  'AGENTS.md': 'Use tabs.\n',
  '.github/conductor/context.md': 'This shop sells tea.\n',
};

describe('what agents are told', () => {
  let room: Stage;
  beforeAll(async () => {
    room = await stage({ files: FILES, script: [says('', 'Hello.')] });
  }, 30_000);

  it('S0-20: `context` says in figures what an agent would be told, and asks no model', async () => {
    await room.ask('ada', '@conductor budget');
    const plain = await room.ask('ada', '@conductor budget');
    const asked = await room.ask('ada', '@conductor context fix `roundCents` in src/money');
    expect(asked.code).toBe('context_told');
    expect(asked.status).toMatch(/About \d+ of at most 12000 tokens\./);
    for (const part of ['guidance', 'style', 'map', 'files', 'thread', 'request'])
      expect(asked.status).toMatch(new RegExp(`\\| ${part} \\| \\d+ \\|`));
    const [, folded = ''] = asked.status.split('<details>');
    expect(folded).toMatch(/Files whose text is told:\s+- `src\/money\/round\.ts`/);
    expect(asked.status).toContain('no model was asked');
    expect(asked.changing).toEqual([]);
    expect(asked.calls.length).toBe(plain.calls.length);
  });
});

describe('two agents of one thread', () => {
  /** The prompts that were sent for one comment. */
  async function promptsFor(body: string, contextTokens: number | null = null): Promise<readonly Prompt[]> {
    const prompts: Prompt[] = [];
    const model: Model = {
      name: 'demo',
      label: 'x/demo',
      price: { input: 1, output: 1, source: 'config' },
      capabilities: { ...CAPABILITIES, contextTokens },
      check: async () => null,
      async ask(prompt) {
        prompts.push(prompt);
        const usage = { input: 1, cacheRead: 0, cacheWrite: 0, output: 1 };
        return { ok: true, turn: { text: 'Yes.', toolCalls: [], usage, stop: 'end' } };
      },
    };
    const { outcome } = await runInMemory({ body, files: FILES, models: { demo: model } });
    expect(outcome.code).toBe('answered');
    return prompts;
  }

  it('S1-27: are told the same of the room, the repository and the thread, byte for byte', async () => {
    const [coder] = await promptsFor('@conductor coder: is `roundCents` right?');
    const [reviewer] = await promptsFor('@conductor reviewer: is `roundCents` right?');
    expect(reviewer?.messages).toEqual(coder?.messages);
    expect(JSON.stringify(coder?.messages)).toContain('export function roundCents');
    const room =
      /<repository_guidance file="\.github\/conductor\/context\.md">\nThis shop sells tea\.\n<\/repository_guidance>\n\n<repository_guidance file="AGENTS\.md">\nUse tabs\.\n<\/repository_guidance>/;
    for (const prompt of [coder, reviewer]) expect(prompt?.system).toMatch(room);
    expect(reviewer?.system).not.toBe(coder?.system);
  });

  it('are told less where a model holds little, so that there is room to work', async () => {
    const body = `@conductor coder: is \`roundCents\` right? ${'really '.repeat(3_000)}`;
    const [much] = await promptsFor(body);
    const [little] = await promptsFor(body, 4_096);
    expect(JSON.stringify(much?.messages).length).toBeGreaterThan(20_000);
    expect(JSON.stringify(little?.messages).length).toBeLessThan(8_000);
    expect(JSON.stringify(little?.messages)).toContain('roundCents');
  });
});
