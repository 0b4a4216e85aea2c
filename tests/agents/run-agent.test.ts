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
    toolUsed: async ({ tool, target, ok }) =>
      void uses.push([tool, target, ok ? 'ok' : 'refused'].filter((word) => word !== '').join(' ')),
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
    ['a file that does not exist', ['read_file', { path: 'nothing' }], /There is no file "nothing"/],
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
      'request_approval',
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
  });

  it.each([
    [
      'blocks',
      'Two.\n\nsrc/a.js\n<<<<<<< SEARCH\nexport const a = 1;\n=======\nexport const a = 2;\n>>>>>>> REPLACE\n',
    ],
    ['a diff', '--- a/src/a.js\n+++ b/src/a.js\n@@ -1 +1 @@\n-export const a = 1;\n+export const a = 2;\n'],
    [
      'a patch',
      '*** Begin Patch\n*** Update File: src/a.js\n@@\n-export const a = 1;\n+export const a = 2;\n*** End Patch\n',
    ],
  ])('may answer with %s, when it can’t call tools', async (_format, text) => {
    expect((await think([turn({ text })])).thought).toMatchObject({
      kind: 'proposal',
      files: [{ path: 'src/a.js', after: 'export const a = 2;\n' }],
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

describe('S0-23: a change that is not valid', () => {
  const broken = ['write_file', { path: 'src/b.js', content: 'export const b = ;\n' }] as [string, unknown];
  const sound = ['write_file', { path: 'src/b.js', content: 'export const b = 1;\n' }] as [string, unknown];
  const done = (summary: string) => ['finish', { summary }] as [string, unknown];
  const SYNTAX = '"src/b.js" is not valid JavaScript at 1:18: Unexpected token.';

  it('is told once, exactly, as the result of finish, and is taken when it is corrected', async () => {
    const { thought, told, uses, prompts } = await think([
      calls(broken, done('B.')),
      calls(sound),
      calls(done('B is one.')),
    ]);
    expect(thought).toMatchObject({ kind: 'proposal', text: 'B is one.', files: [{ path: 'src/b.js' }] });
    expect(told.find(({ isError }) => isError)?.text).toBe(
      `Not taken yet: ${SYNTAX} Correct it there, or in the lines before, where such a mistake often begins.\nCorrect it and finish again.`,
    );
    expect(uses).toEqual([
      'write_file src/b.js ok',
      'finish syntax_error refused',
      'write_file src/b.js ok',
      'finish ok',
    ]);
    expect(prompts).toHaveLength(3);
  });

  it('fails the second time, with the last error', async () => {
    const { thought, prompts } = await think([
      calls(broken, done('B.')),
      calls(done('Still B.')),
      calls(sound),
    ]);
    expect(thought).toMatchObject({ kind: 'failure', code: 'change_invalid', text: 'Still B.' });
    expect(thought).toMatchObject({ message: `The agent’s change can’t be taken: ${SYNTAX}` });
    expect(prompts).toHaveLength(2);
  });

  it('fails at once when no turn is left to correct it', async () => {
    const { thought, prompts } = await think([calls(broken, done('B.'))], { maxTurns: 1 });
    expect(thought).toMatchObject({ kind: 'failure', code: 'change_invalid' });
    expect(prompts).toHaveLength(1);
  });

  it('is told in words to who ended in words, and a result stands for every call otherwise', async () => {
    const inWords = await think([calls(broken), turn({ text: 'Done.' }), calls(sound, done('B is one.'))]);
    expect(inWords.thought).toMatchObject({ kind: 'proposal', text: 'B is one.' });
    expect(inWords.prompts[2]?.messages.slice(-2)).toEqual([
      expect.objectContaining({ role: 'assistant', text: 'Done.' }),
      { role: 'user', text: expect.stringContaining(SYNTAX) },
    ]);

    const early = await think([
      calls(broken, done('B.'), ['read_file', { path: 'src/a.js' }]),
      turn({ text: '' }),
    ]);
    expect(early.told.map(({ callId, isError }) => [callId, isError])).toEqual([
      ['c0', false],
      ['c1', true],
      ['c2', true],
    ]);
  });

  it('written out in words is told once, and once only', async () => {
    const set = (...changes: unknown[]) =>
      turn({ text: JSON.stringify({ version: 1, base: COMMIT, summary: 'New.', changes }) });
    const wrongRange = set({
      op: 'replace_range',
      path: 'src/a.js',
      start_line: 7,
      end_line: 9,
      content: 'x',
    });
    const right = set({
      op: 'replace_range',
      path: 'src/a.js',
      start_line: 1,
      end_line: 1,
      content: 'let a;',
    });
    const forged = set({ op: 'approve', path: 'src/a.js' });

    const repaired = await think([wrongRange, right]);
    expect(repaired.thought).toMatchObject({ kind: 'proposal', files: [{ after: 'let a;\n' }] });
    expect(repaired.prompts[1]?.messages.at(-1)).toMatchObject({
      role: 'user',
      text: expect.stringMatching(/"src\/a\.js" has 1 lines; lines 7 to 9 were asked for/),
    });
    expect(repaired.uses).toEqual(['finish range_outside_file refused']);
    for (const answers of [
      [wrongRange, forged],
      [forged, wrongRange],
    ])
      expect((await think([...answers, right])).thought).toMatchObject({
        kind: 'failure',
        code: 'change_invalid',
      });
  });

  it('is not half taken: who finishes beside an edit that was refused is told first', async () => {
    const half = calls(sound, ['edit_file', { path: 'src/a.js', old: 'zzz', new: '' }], done('Both.'));
    const { thought, uses } = await think([half, calls(done('Only B.'))]);
    expect(uses.slice(0, 3)).toEqual([
      'write_file src/b.js ok',
      'edit_file src/a.js refused',
      'finish edit_refused refused',
    ]);
    expect(thought).toMatchObject({ kind: 'proposal', text: 'Only B.', files: [{ path: 'src/b.js' }] });
    expect((await think([half, half])).thought).toMatchObject({ kind: 'failure', code: 'change_invalid' });
  });

  it('S0-30: what policy blocks whatever its settings goes to policy when it is not corrected', async () => {
    const names = (...changes: unknown[]) =>
      turn({ text: JSON.stringify({ version: 1, base: COMMIT, summary: 'New.', changes }) });
    for (const change of [
      names({ op: 'create_file', path: '.git/config', content: 'x' }),
      names({ op: 'create_file', path: 'link', content: 'src/a.js', mode: '120000' }),
      names({ op: 'create_file', path: 'readme.MD', content: 'x' }),
    ]) {
      const { thought, prompts } = await think([change, change]);
      expect(thought.kind).toBe('proposal');
      expect(prompts).toHaveLength(2);
    }
  });

  it('S0-30: nothing of what a repository’s settings forbid is told', async () => {
    const { thought, prompts } = await think([
      calls(['write_file', { path: '.github/workflows/ci.yml', content: 'on: push\n' }], done('CI.')),
    ]);
    expect(thought.kind).toBe('proposal');
    expect(prompts).toHaveLength(1);
  });
});
