import { describe, expect, it } from 'vitest';
import { BUILT_IN_AGENTS } from '../../src/agents/built-in.ts';
import type { Model, ModelAnswer, ModelTurn, Prompt } from '../../src/agents/model.ts';
import type { AgentProfile } from '../../src/agents/profile.ts';
import { type AgentTask, runAgent } from '../../src/agents/run-agent.ts';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';

const COMMIT = 'c'.repeat(40);
const FILES = { 'src/a.js': 'export const a = 1;\n', 'README.md': '# A\n' };
const coder = BUILT_IN_AGENTS.find(({ name }) => name === 'coder') as AgentProfile;
const usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };

const turn = (more: Partial<ModelTurn>): ModelAnswer => ({
  ok: true,
  turn: { text: '', toolCalls: [], usage, stop: 'end', ...more },
});
const calls = (...list: [string, unknown][]) =>
  turn({ stop: 'tools', toolCalls: list.map(([name, input], index) => ({ id: `c${index}`, name, input })) });

/** Lets an agent work with a model that gives these answers, and tells what it came to and what the model was sent. */
async function think(answers: readonly ModelAnswer[], more: Partial<AgentTask> = {}) {
  const prompts: Prompt[] = [];
  const uses: string[] = [];
  const model: Model = {
    name: 'm',
    label: 'test/m',
    price: null,
    capabilities: { tools: true, images: false, caching: false, contextTokens: null },
    check: async () => null,
    async ask(prompt) {
      prompts.push(prompt);
      return answers[prompts.length - 1] ?? turn({ text: 'out of answers' });
    },
  };
  const task: AgentTask = {
    profile: coder,
    mayEdit: true,
    mustChange: false,
    request: 'ada asks you',
    guidance: null,
    workspace: memoryWorkspace(COMMIT, FILES),
    maxTurns: 10,
    ...more,
  };
  const thought = await runAgent(task, model, new AbortController().signal, {
    toolUsed: async ({ tool, ok }) => void uses.push(`${tool} ${ok ? 'ok' : 'refused'}`),
  });
  const told = prompts
    .flatMap(({ messages }) => messages)
    .flatMap((message) => (message.role === 'tools' ? message.results : []));
  return { thought, prompts, uses, told };
}

describe('an agent', () => {
  it('edits through its tools and leaves a change set against the base', async () => {
    const { thought } = await think([
      calls(['read_file', { path: 'src/a.js' }]),
      calls(
        ['edit_file', { path: 'src/a.js', old: '= 1', new: '= 2' }],
        ['rename_file', { path: 'README.md', to: 'docs/a.md' }],
      ),
      calls(['finish', { summary: 'Two.' }]),
    ]);
    expect(thought).toMatchObject({
      kind: 'proposal',
      text: 'Two.',
      changeSet: {
        version: 1,
        base: COMMIT,
        changes: [{ op: 'rename_file' }, { op: 'replace_range', path: 'src/a.js' }],
      },
    });
  });

  it('answers without editing', async () => {
    expect((await think([turn({ text: 'It is one.' })])).thought).toEqual({
      kind: 'answer',
      text: 'It is one.',
    });
    expect((await think([calls(['finish', { summary: 'It is one.' }])])).thought).toEqual({
      kind: 'answer',
      text: 'It is one.',
    });
  });

  it('asks a person, and stops there', async () => {
    const { thought, prompts } = await think([
      calls(['write_file', { path: 'x', content: 'x' }], ['ask_person', { question: 'Which?' }]),
    ]);
    expect(thought).toEqual({ kind: 'question', text: 'Which?' });
    expect(prompts).toHaveLength(1);
  });

  it.each([
    ['a tool that does not exist', ['run_shell', { command: 'id' }], /There is no tool run_shell/],
    ['input of the wrong shape', ['read_file', { file: 'a' }], /read_file was not used/],
    ['input that is not an object', ['read_file', '{"path":'], /read_file was not used/],
    ['a path outside the repository', ['write_file', { path: '../x', content: '' }], /"\.\."/],
    ['a file that does not exist', ['read_file', { path: 'nothing' }], /There is no file nothing/],
    [
      'a text that is not there',
      ['edit_file', { path: 'src/a.js', old: 'zzz', new: '' }],
      /is not in "src\/a.js"/,
    ],
    ['a rename onto a file', ['rename_file', { path: 'README.md', to: 'src/a.js' }], /exists already/],
  ] as const)('is told what is wrong with %s, and may go on', async (_what, call, expected) => {
    const { thought, told, uses } = await think([calls([call[0], call[1]]), turn({ text: 'Then not.' })]);
    expect(told[0]).toMatchObject({ isError: true, text: expect.stringMatching(expected) });
    expect(uses[0]).toMatch(/refused$/);
    expect(thought).toEqual({ kind: 'answer', text: 'Then not.' });
  });

  it('S1-15: without the right to edit holds no editing tool, and a call of one changes nothing', async () => {
    const { thought, prompts, told } = await think(
      [calls(['write_file', { path: 'x', content: 'x' }]), turn({ text: 'No.' })],
      { mayEdit: false },
    );
    expect(prompts[0]?.tools.map(({ name }) => name)).toEqual([
      'list_files',
      'read_file',
      'search_code',
      'ask_person',
      'finish',
    ]);
    expect(told[0]?.isError).toBe(true);
    expect(thought.kind).toBe('answer');
  });

  it.each([
    ['is cut off', turn({ text: 'I will', stop: 'length' }), 'model_truncated'],
    ['declines', turn({ text: 'I cannot.', stop: 'refusal' }), 'model_refused'],
    [
      'fails',
      {
        ok: false,
        failure: { code: 'model_unavailable', message: 'down', retryable: true, retryAfterSeconds: null },
      } as const,
      'model_unavailable',
    ],
    ['says nothing', turn({ text: ' ' }), 'empty_answer'],
  ])('ends with a failure, and leaves no change, when the model %s', async (_how, answer, code) => {
    const { thought } = await think(
      [calls(['write_file', { path: 'x', content: 'x' }]), answer].slice(code === 'empty_answer' ? 1 : 0),
    );
    expect(thought).toMatchObject({ kind: 'failure', code });
  });

  it('ends when its turns are used up', async () => {
    const { thought, prompts } = await think(
      Array.from({ length: 9 }, () => calls(['list_files', {}])),
      { maxTurns: 3 },
    );
    expect(thought).toMatchObject({ kind: 'failure', code: 'turn_limit' });
    expect(prompts).toHaveLength(3);
  });

  it('may answer with a change set as JSON, when it can’t call tools', async () => {
    const changeSet = {
      version: 1,
      base: COMMIT,
      summary: 'New.',
      changes: [{ op: 'create_file', path: 'b.js', content: 'b\n' }],
    };
    expect((await think([turn({ text: JSON.stringify(changeSet) })])).thought).toMatchObject({
      kind: 'proposal',
      files: [{ path: 'b.js' }],
    });
    const forged = { ...changeSet, verdict: 'auto' };
    expect((await think([turn({ text: JSON.stringify(forged) })])).thought).toMatchObject({
      kind: 'failure',
    });
  });

  it('is sent the same system text and tools in every turn, and in every run of its kind', async () => {
    const first = await think([calls(['list_files', {}]), turn({ text: 'x' })]);
    const second = await think([turn({ text: 'x' })], { request: 'another request' });
    const prefixes = [...first.prompts, ...second.prompts].map(({ system, tools }) =>
      JSON.stringify({ system, tools }),
    );
    expect(new Set(prefixes).size).toBe(1);
    expect((prefixes[0]?.length ?? 0) / 4).toBeLessThan(1_200);
  });
});
