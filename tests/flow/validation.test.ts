import { beforeAll, describe, expect, it, vi } from 'vitest';
import { expectOnlyWords, failed, refused } from './only-words.ts';
import { type Stage, stage } from './stage.ts';
import { finish, type Scene, use } from './story.ts';

vi.setConfig({ testTimeout: 45_000 });

const FILES = {
  'README.md': '# Shop\n',
  'package.json': '{\n  "name": "shop"\n}\n',
  'assets/logo.png': '\0PNG',
  'data/empty.txt': '',
  'model.bin': 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n',
};
const BROKEN = use('write_file', { path: 'package.json', content: '{\n  "name": "store",\n}\n' });
const SOUND = use('write_file', { path: 'package.json', content: '{\n  "name": "store"\n}\n' });

const SCRIPT: Scene[] = [
  {
    when: ['slip twice'],
    turns: [{ tool_calls: [BROKEN, finish('Named.')] }, { tool_calls: [finish('Named, I say.')] }],
  },
  {
    when: ['slip once'],
    turns: [
      { tool_calls: [BROKEN, finish('Named.')] },
      { tool_calls: [SOUND, finish('Named, and checked.')] },
    ],
  },
  {
    when: ['do what can be done'],
    turns: [
      {
        tool_calls: [
          use('write_file', { path: 'data/empty.txt', content: 'no longer\n' }),
          use('write_file', { path: 'data/none.txt', content: '' }),
          use('delete_file', { path: 'assets/logo.png' }),
          use('rename_file', { path: 'model.bin', to: 'models/first.bin' }),
          use('rename_file', { path: 'README.md', to: 'Readme.md' }),
          finish('All of it.'),
        ],
      },
    ],
  },
];

describe('a change that breaks a file', () => {
  let room: Stage;

  beforeAll(async () => {
    room = await stage({ files: FILES, script: SCRIPT });
  });

  it('S0-23: fails when it is not repaired: nothing is written, and the person is told where', async () => {
    const asked = await room.ask('ada', '@conductor fix: slip twice');
    expectOnlyWords(asked, failed('change_invalid'));
    expect(asked.status).toContain(
      'The agent’s change can’t be taken: "package.json" is not valid JSON at 3:1',
    );
    expect(asked.status).toContain('name another model with --model=');
  });

  it('S0-23: is repaired once, and then is a pull request; people see that it was', async () => {
    const asked = await room.ask('ada', '@conductor fix: slip once');
    expect(asked.code).toBe('pull_request_opened');
    expect(room.git('show', `${asked.pull?.head.sha}:package.json`)).toBe('{\n  "name": "store"\n}');
    expect(asked.status).toContain('- ✗ finish `syntax_error`');
    expect(asked.calls.filter(({ operation }) => operation === 'Publish')).toHaveLength(1);
  });

  it('S0-22: files that can’t be edited can be deleted and renamed, and empty ones are files', async () => {
    const asked = await room.ask('ada', '@conductor fix: do what can be done');
    expect(asked.code).toBe('pull_request_opened');
    const changed = room.git('diff', '--name-status', '--no-renames', 'main', asked.pull?.head.sha ?? '');
    expect(changed.split('\n')).toEqual([
      'D\tREADME.md',
      'A\tReadme.md',
      'D\tassets/logo.png',
      'M\tdata/empty.txt',
      'A\tdata/none.txt',
      'D\tmodel.bin',
      'A\tmodels/first.bin',
    ]);
  });
});

describe('a default branch that is not there', () => {
  it.each([
    ['the repository has no commit yet', ['update-ref', '-d', 'refs/heads/main']],
    ['it was renamed since the comment', ['branch', '-m', 'main', 'trunk']],
  ])('S0-18: since %s: the run is refused, with what to do', async (_why, command) => {
    const room = await stage({ files: FILES, script: SCRIPT });
    const number = await room.openIssue();
    room.git(...command);
    const before = Object.keys(await room.simulator.branches(room.repository));
    const asked = await room.ask('ada', '@conductor fix: slip once', number);
    expectOnlyWords(asked, refused('base_gone'));
    expect(asked.status).toContain('The base of this work, main, does not exist.');
    expect(asked.status).toContain('push a first commit');
    expect(Object.keys(await room.simulator.branches(room.repository))).toEqual(before);
  });
});
