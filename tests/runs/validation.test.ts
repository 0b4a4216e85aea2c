import { describe, expect, it } from 'vitest';
import { COMMIT, type MemoryRun, runInMemory } from './memory-host.ts';

const POINTER = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n';
const FILES: MemoryRun['files'] = {
  'README.md': '# Shop\n',
  'src/total.ts': 'export const total = (cents: number) => cents / 100;\n',
  'package.json': '{\n  "name": "shop"\n}\n',
  '.github/dependabot.yml': 'version: 2\nupdates: []\n',
  'pyproject.toml': '[project]\nname = "shop"\n',
  'src/broken.js': 'export const = ;\n',
  'assets/logo.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]),
  'data/latin.txt': new Uint8Array([0x63, 0x61, 0x66, 0xe9, 0x0a]),
  'data/huge.csv': new Uint8Array(50_000_000).fill(0x61),
  'model.bin': POINTER,
  link: { content: 'README.md', mode: '120000' },
  'vendor/lib': { content: '', mode: '160000' },
};
const MANY = 3_001;

const write = (path: string, content: string) => ({ name: 'write_file', input: { path, content } });
const edit = (path: string, old: string, now: string) => ({
  name: 'edit_file',
  input: { path, old, new: now },
});
const finish = { name: 'finish', input: { summary: 'Done.' } };
type Call = ReturnType<typeof write> | ReturnType<typeof edit> | typeof finish;

const inWords = (...changes: unknown[]) => ({
  text: JSON.stringify({ version: 1, base: COMMIT, summary: 'In words.', changes }),
});
const run = (...turns: unknown[]) => runInMemory({ files: FILES, scenes: [{ turns }] });
/** Does it, and does it again when it is not taken. */
const insist = (...calls: Call[]) =>
  run({ tool_calls: [...calls, finish] }, { tool_calls: [...calls, finish] });

describe('a change that breaks a file', () => {
  it.each([
    [
      'src/total.ts',
      'export const total = (cents: number => cents / 100;\n',
      '"src/total.ts" is not valid TypeScript at 1:37: Unexpected token',
    ],
    [
      'src/new.jsx',
      'export const A = () => <p>;\n',
      '"src/new.jsx" is not valid JavaScript at 1:27: Unterminated JSX contents.',
    ],
    [
      'package.json',
      '{\n  "name": "shop",\n}\n',
      '"package.json" is not valid JSON at 3:1: a key in double quotes is expected here.',
    ],
    [
      '.github/dependabot.yml',
      'version: 2\nupdates: [\n',
      '".github/dependabot.yml" is not valid YAML at 3:1: ',
    ],
    [
      'pyproject.toml',
      '[project]\nname = shop\n',
      '"pyproject.toml" is not valid TOML at 2:8: invalid value.',
    ],
  ])('S0-23: %s: is told once, fails the second time, and is never pushed', async (path, text, told) => {
    const { outcome, pushed, view } = await insist(write('README.md', '# Store\n'), write(path, text));
    expect(outcome).toMatchObject({ state: 'failed', code: 'change_invalid' });
    expect(outcome.message).toContain(`The agent’s change can’t be taken: ${told}`);
    expect(pushed).toEqual([]);
    expect(view.modelCalls).toBe(2);
    expect(view.tools.filter(({ tool }) => tool === 'finish')).toEqual([
      { tool: 'finish', target: 'syntax_error', ok: false },
      { tool: 'finish', target: 'syntax_error', ok: false },
    ]);
  });

  it('S0-23: is pushed when it is repaired', async () => {
    const { outcome, pushed, view } = await run(
      { tool_calls: [write('package.json', '{ "name": "store", }\n'), finish] },
      { tool_calls: [edit('package.json', '", }', '" }'), finish] },
    );
    expect(outcome.code).toBe('pull_request_opened');
    expect(pushed[0]?.files.map(({ after }) => after)).toEqual(['{ "name": "store" }\n']);
    expect(view.modelCalls).toBe(2);
  });

  it('S0-23: is taken when the file did not parse before either', async () => {
    const { pushed } = await insist(write('src/broken.js', 'export const a = ;\n'));
    expect(pushed[0]?.files).toHaveLength(1);
  });
});

describe('a file that can’t be edited', () => {
  it.each([
    ['a binary file', write('assets/logo.png', 'x'), '"assets/logo.png" is binary.'],
    [
      'a file that is not UTF-8',
      edit('data/latin.txt', 'caf', 'cafe'),
      '"data/latin.txt" is not UTF-8 text.',
    ],
    ['a file of 50 MB', edit('data/huge.csv', 'a', 'b'), '"data/huge.csv" has 1048577 bytes or more'],
    ['a text over the limit', write('new.txt', 'a'.repeat(1_048_577)), '"new.txt" has 1048577 bytes or more'],
    ['a text that would be binary', write('new.txt', 'a\0b'), '"new.txt" would be binary'],
    ['a symbolic link', write('link', 'x'), '"link" is a symbolic link'],
    ['a path through a symbolic link', write('link/x.md', 'x'), '"link" is a symbolic link'],
    ['a submodule', write('vendor/lib', 'x'), '"vendor/lib" is a submodule'],
    ['a path in a submodule', write('vendor/lib/x.js', 'x'), '"vendor/lib" is a submodule'],
    ['a file where a folder is', write('src', 'x'), '"src" cannot be a file: a folder has this name.'],
    ['a folder where a file is', write('README.md/x', 'x'), 'cannot be a file: "README.md" is a file'],
    ['a Git LFS pointer', edit('model.bin', '12345', '1'), '"model.bin" is a Git LFS pointer, not the file'],
    ['a new Git LFS pointer', write('other.bin', POINTER), '"other.bin" would be a Git LFS pointer'],
  ])('S0-30: %s is refused with words, and nothing beside it is pushed', async (_what, call, told) => {
    const { outcome, pushed } = await insist(write('src/good.js', 'export {};\n'), call);
    expect(outcome).toMatchObject({ state: 'failed', code: 'change_invalid' });
    expect(outcome.message).toContain(`The agent’s change can’t be taken: `);
    expect(outcome.message).toContain(told);
    expect(pushed).toEqual([]);
  });

  it.each([
    [
      'a name that differs in case only',
      { op: 'create_file', path: 'readme.md', content: 'x' },
      'path-collisions',
    ],
    [
      'a folder that differs in case only',
      { op: 'create_file', path: 'SRC/x.txt', content: 'x' },
      'path-collisions',
    ],
    [
      'a symbolic link',
      { op: 'create_file', path: 'new', content: 'README.md', mode: '120000' },
      'file-modes',
    ],
    ['a submodule', { op: 'create_file', path: 'new', content: COMMIT, mode: '160000' }, 'file-modes'],
    ['a path in the git folder', { op: 'create_file', path: '.git/config', content: 'x' }, 'path-safety'],
  ])('S0-30: %s is told once, and then blocked by policy, on the record', async (_what, change, rule) => {
    const { outcome, pushed, view } = await run(inWords(change), inWords(change));
    expect(outcome).toMatchObject({ state: 'refused', code: 'policy_block' });
    expect(outcome.message).toContain(`rule \`${rule}\``);
    expect(pushed).toEqual([]);
    expect(view.modelCalls).toBe(2);
  });

  it('S0-30: what the repository’s own settings forbid is not told, only blocked', async () => {
    const { outcome, view } = await runInMemory({
      config:
        'models: { demo: { provider: scripted, model: demo } }\npolicy: { forbidden_paths: ["docs/**"] }\n',
      scenes: [{ turns: [{ tool_calls: [write('docs/a.md', 'x\n'), finish] }] }],
      price: { input: 1, output: 1, source: 'config' },
    });
    expect(outcome.code).toBe('policy_block');
    expect(view.modelCalls).toBe(1);
  });
});

describe('a change set in words', () => {
  const range = (end_line: number, expected: string, content: string) =>
    inWords({ op: 'replace_range', path: 'README.md', start_line: 1, end_line, content, expect: expected });

  it.each([
    ['a range outside the file', range(7, '# Shop\n', '# Store'), 'lines 1 to 7 were asked for'],
    ['a range that has changed in the base', range(1, '# Old shop\n', '# Store'), 'there stands "# Shop\\n"'],
    ['a file that is not there', inWords({ op: 'delete_file', path: 'nothing' }), 'no file "nothing"'],
    [
      'a file that is there',
      inWords({ op: 'create_file', path: 'README.md', content: '' }),
      'exists already',
    ],
  ])('S0-23: %s is told, and repaired or refused', async (_what, wrong, told) => {
    const refused = await run(wrong, wrong);
    expect(refused.outcome).toMatchObject({ state: 'failed', code: 'change_invalid' });
    expect(refused.outcome.message).toContain(told);
    expect(refused.pushed).toEqual([]);

    const repaired = await run(wrong, range(1, '# Shop\n', '# Store'));
    expect(repaired.outcome.code).toBe('pull_request_opened');
    expect(repaired.pushed[0]?.files).toMatchObject([{ path: 'README.md', after: '# Store\n' }]);
  });

  it(`S0-22: of ${MANY} files is pushed whole, and held for review`, async () => {
    const changes = Array.from({ length: MANY }, (_, at) => ({
      op: 'create_file',
      path: `many/${at}.json`,
      content: `[${at}]\n`,
    }));
    const { outcome, pushed, view } = await run(inWords(...changes));
    expect(outcome.code).toBe('pull_request_opened');
    expect(pushed[0]).toMatchObject({ judgement: 'review' });
    expect(pushed[0]?.files).toHaveLength(MANY);
    expect(view.modelCalls).toBe(1);
  });
});
