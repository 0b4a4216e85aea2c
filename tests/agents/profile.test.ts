import { describe, expect, it } from 'vitest';
import { BUILT_IN_AGENTS } from '../../src/agents/built-in.ts';
import { parseProfile, RESERVED_NAMES } from '../../src/agents/parse-profile.ts';
import { toolsFor } from '../../src/agents/prompt.ts';
import { TOOLS } from '../../src/agents/tools/index.ts';
import { VERBS } from '../../src/commands/verbs.ts';

const PATH = '.github/agents/security.agent.md';
const read = (frontMatter: string, body = 'Look for holes.', path = PATH) =>
  parseProfile(`---\n${frontMatter}\n---\n\n${body}\n`, path);
const profileOf = (frontMatter: string) => {
  const parsed = read(`description: d\n${frontMatter}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.profile;
};
const problemsOf = (...input: Parameters<typeof read>) => {
  const parsed = read(...input);
  return parsed.ok ? [] : parsed.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
};

describe('S2-5: an agent’s file in GitHub’s own format', () => {
  it('is read with our keys under metadata, and the others left alone', () => {
    const parsed = read(
      [
        'name: Security',
        'description: Finds holes.',
        'target: github-copilot',
        'model: gpt-5',
        'mcp-servers: { x: { type: local } }',
        'tools: [read, search]',
        'metadata:',
        '  team: core',
        '  conductor.title: Security engineer',
        '  conductor.models: claude, gpt',
      ].join('\n'),
    );
    expect(parsed).toEqual({
      ok: true,
      profile: {
        name: 'security',
        title: 'Security engineer',
        description: 'Finds holes.',
        instructions: 'Look for holes.',
        tools: ['list_files', 'read_file', 'search_code', 'ask_person', 'request_approval', 'finish'],
        models: ['claude', 'gpt'],
        source: PATH,
        mayEdit: false,
      },
    });
  });

  it('`NAME.md`, Windows line ends and a byte-order mark are fine', () => {
    const parsed = parseProfile('\ufeff---\r\ndescription: d\r\n---\r\nDo it.\r\n', '.github/agents/a-1.md');
    expect(parsed).toMatchObject({
      ok: true,
      profile: { name: 'a-1', title: 'a-1', instructions: 'Do it.' },
    });
  });

  it.each([
    ['', 'all', true],
    ['tools: ["*"]', 'all', true],
    ['tools: []', ['ask_person', 'request_approval', 'finish'], false],
    [
      'tools: Read, GREP',
      ['list_files', 'read_file', 'search_code', 'ask_person', 'request_approval', 'finish'],
      false,
    ],
    [
      'tools: [edit]',
      ['edit_file', 'write_file', 'delete_file', 'rename_file', 'ask_person', 'request_approval', 'finish'],
      true,
    ],
    [
      'tools: [read_file, write_file]',
      ['read_file', 'write_file', 'ask_person', 'request_approval', 'finish'],
      true,
    ],
    ['tools: [execute, web, github/*, constructor]', ['ask_person', 'request_approval', 'finish'], false],
  ])('%j gives the tools %j', (frontMatter, tools, mayEdit) => {
    expect(profileOf(frontMatter)).toMatchObject({ tools, mayEdit });
  });

  it.each([
    ['description: ""', '2:1 `description` is empty.'],
    ['description: [a]', '2:1 `description` must be text.'],
    ['name: x', '`description` is missing: say what the agent is for.'],
    ['description: d\ntools: 5', '3:1 `tools` must be a list, or names with commas.'],
    ['description: d\nmetadata: x', '3:1 `metadata` must be a section of keys.'],
    ['description: d\nmetadata:\n  conductor.titel: x', '4:3 There is no key `conductor.titel`.'],
    ['description: d\nmetadata:\n  conductor.title: "a\\u202eb"', '4:3 `conductor.title` must be one line'],
    ['description: d\nmetadata:\n  conductor.models: "No Such"', 'is not the name of a model'],
    ['description: d\ndescription: e', '3:1 The front matter is not valid: Map keys must be unique.'],
    ['description: &a d\nname: *a', 'aliases'],
  ])('%j is refused at its place', (frontMatter, message) => {
    expect(problemsOf(frontMatter).join('\n')).toContain(message);
  });

  it('says what to do about it', () => {
    const parsed = read('description: d\nmetadata:\n  conductor.titel: x');
    expect(parsed.ok ? null : parsed.problems[0]?.fix).toBe(
      'Under `metadata` Conductor knows `conductor.title`, `conductor.models`, `conductor.runner` and `conductor.command`.',
    );
  });

  it('a file without front matter, or with too long a body, is refused', () => {
    expect(parseProfile('Just text.', PATH)).toMatchObject({ ok: false, problems: [{ line: 1, column: 1 }] });
    expect(parseProfile('---\ndescription: d\n', PATH).ok).toBe(false);
    expect(problemsOf('description: d', 'x'.repeat(30_001))[0]).toContain('3');
    expect(problemsOf('description: d', 'x'.repeat(30_000))).toEqual([]);
  });

  it.each([
    'Security.agent.md',
    'a_b.agent.md',
    '-a.md',
    `${'a'.repeat(40)}.md`,
    'é.md',
    'all.agent.md',
    'fix.md',
  ])('nobody could address %s', (name) => {
    expect(read('description: d', 'x', `.github/agents/${name}`).ok).toBe(false);
  });

  it('the words of the grammar are no names', () => {
    expect([...RESERVED_NAMES].sort()).toEqual([...VERBS, 'everyone'].sort());
  });
});

describe('S4-9: an agent whose work a coding CLI does', () => {
  it.each(['claude-code', 'codex', 'opencode', 'copilot', 'gemini'] as const)('%s', (kind) => {
    const profile = profileOf(`tools: [read]\nmetadata: { conductor.runner: ${kind} }`);
    expect(profile).toMatchObject({ runner: { kind }, mayEdit: false });
  });

  it('any program, with its arguments as they are', () => {
    const written =
      'metadata: { conductor.runner: command, conductor.command: [/opt/agent, "--a b", "{request}", ""] }';
    const command = ['/opt/agent', '--a b', '{request}', ''];
    expect(profileOf(written).runner).toEqual({ kind: 'command', command });
  });

  it('none where none is named', () => {
    expect(profileOf('')).not.toHaveProperty('runner');
  });

  it.each([
    [
      'conductor.runner: cursor',
      '3:13 `conductor.runner` is none of the runners that there are: claude-code, codex',
    ],
    ['conductor.runner: [codex]', 'is none of the runners'],
    ['conductor.runner: command', 'no `conductor.command` that says which program'],
    ['conductor.command: [a]', 'the runner is not `command`'],
    ['conductor.runner: codex, conductor.command: [a]', 'the runner is not `command`'],
    ['conductor.runner: command, conductor.command: "rm -rf x"', '`conductor.command` must be a list'],
    ['conductor.runner: command, conductor.command: []', '`conductor.command'],
    ['conductor.runner: command, conductor.command: [""]', 'names no program'],
    ['conductor.runner: command, conductor.command: [a, 5]', 'must be a list of texts'],
    ['conductor.runner: command, conductor.command: [a, "b\\0c"]', 'holds a NUL character'],
    [`conductor.runner: command, conductor.command: [a, ${'b, '.repeat(100)}]`, 'has over 100 words'],
  ])('%j is refused', (metadata, message) => {
    expect(problemsOf(`description: d\nmetadata: { ${metadata} }`).join('\n')).toContain(message);
  });
});

describe('S2-5: the agents that are built in', () => {
  it('coder edits, reviewer cannot', () => {
    expect(BUILT_IN_AGENTS.map(({ name, mayEdit }) => [name, mayEdit])).toEqual([
      ['coder', true],
      ['reviewer', false],
    ]);
    const [, reviewer] = BUILT_IN_AGENTS;
    if (!reviewer) throw new Error('no reviewer');
    expect(toolsFor(reviewer, true).filter(({ edits }) => edits)).toEqual([]);
  });

  it('tell a model little, since they are sent with every turn', () => {
    for (const { instructions } of BUILT_IN_AGENTS) expect(instructions.length).toBeLessThan(1_000);
  });

  it('every tool that a profile can name exists', () => {
    const named = profileOf('tools: [read, search, edit]').tools;
    expect([...named].sort()).toEqual(TOOLS.map(({ name }) => name).sort());
  });
});
