import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Asked, type Stage, stage } from './stage.ts';
import { edits, says, use } from './story.ts';

const FILES = {
  'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n',
  'docs/how to.md': '# How to\n\nCount.',
  'src/unused.js': 'export const never = 0;\n',
  'src/windows.js': 'one();\r\ntwo();\r\n',
};

const SCRIPT = [
  { ...says('Four spaces', 'With four spaces.'), when: ['Four spaces', 'say hello'] },
  edits(
    'correct the rounding',
    'It cut off.',
    use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
    use('edit_file', { path: 'docs/how to.md', old: 'Count.', new: 'Count twice.\n```js\ncount();\n```' }),
    use('write_file', { path: 'src/grüße.js', content: 'export const hi = 1;\n' }),
    use('delete_file', { path: 'src/unused.js' }),
  ),
  edits(
    'write a long file',
    'Long.',
    use('write_file', { path: 'src/long.js', content: 'one();\n'.repeat(60) }),
  ),
  edits(
    'write a huge file',
    'Huge.',
    use('write_file', { path: 'src/huge.js', content: `${'1234567;'.repeat(10)}\n`.repeat(1_000) }),
  ),
  edits('the second one', 'Windows.', use('edit_file', { path: 'src/windows.js', old: 'two', new: 'three' })),
  says('nothing may be changed', 'I would round.'),
  edits(
    'small fix',
    'A word.',
    use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
  ),
];

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The patch of a comment, as somebody would copy it. */
const patchIn = ({ status }: Asked) => /^(`{3,})diff\n([\s\S]*?)\n\1$/m.exec(status)?.[2]?.concat('\n') ?? '';

/** Applies a patch in a fresh clone. */
function applied(room: Stage, patch: string): (path: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'conductor-patch-'));
  folders.push(folder);
  const git = (args: readonly string[], input = '') =>
    execFileSync('git', ['-C', folder, ...args], { input, encoding: 'utf8' });
  git(['clone', '--quiet', room.simulator.gitDirectory(room.repository), '.']);
  git(['apply', '--index', '-'], patch);
  return (path) => readFileSync(join(folder, path), 'utf8');
}

describe('what a change becomes', () => {
  let room: Stage;
  let patched: Asked;

  beforeAll(async () => {
    room = await stage({
      files: FILES,
      script: SCRIPT,
      config: { output: 'patch', style: ['Four spaces.'] },
    });
    patched = await room.ask('ada', '@conductor fix: correct the rounding');
  });

  it('S0-21: `output: patch` shows the patch in the thread, and opens nothing', () => {
    expect(patched).toMatchObject({ code: 'patch_shown', pull: null, branches: [], checks: [], notices: [] });
    expect(patched.run).toMatchObject({ conclusion: 'done', verdict: 'review' });
    expect(patched.changing).toEqual([]);
    expect(patched.status).toContain(
      'Nothing was written: the change is a patch here. Take it with `git apply`.',
    );
    expect(patched.status).toContain('> It cut off.');
    expect(patched.status).toContain('**review** · 4 files');
  });

  it('S0-21: the patch is what `git apply` takes: edited, new and deleted files, odd names, fences, a missing last line end', () => {
    const read = applied(room, patchIn(patched));
    expect(read('src/total.js')).toContain('Math.round');
    expect(read('docs/how to.md')).toBe('# How to\n\nCount twice.\n```js\ncount();\n```');
    expect(read('src/grüße.js')).toBe('export const hi = 1;\n');
    expect(() => read('src/unused.js')).toThrow('ENOENT');
  });

  it('S0-21: a long patch is folded, and whole', async () => {
    const asked = await room.ask('ada', '@conductor fix: write a long file');
    expect(asked.status).toContain('<details><summary>The patch (65 lines)</summary>');
    expect(applied(room, patchIn(asked))('src/long.js')).toBe('one();\n'.repeat(60));
  });

  it('S0-21: a patch that is too long for a comment says how long it is, and shows its beginning', async () => {
    const asked = await room.ask('ada', '@conductor fix: write a huge file');
    expect(asked.status).toMatch(
      /The patch has 82,\d{3} characters, and a comment holds no more than the first 39,\d{3} of them/,
    );
    expect(asked.status.length).toBeLessThan(65_536);
    expect(asked.status.match(/<details>/g)).toHaveLength(asked.status.match(/<\/details>/g)?.length ?? 0);
  });

  it('S0-21: a patch whose line ends a comment can’t keep says so', async () => {
    const asked = await room.ask('ada', '@conductor fix: the second one');
    expect(asked.status).toContain('CRLF line ends, or characters that can’t be seen, stand otherwise here');
    expect(asked.status).not.toContain('\r');
  });

  it('S0-21: a request may ask for another output than the config: a pull request, or words', async () => {
    const opened = await room.ask('ada', '@conductor fix --output=pr small fix');
    expect(opened.code).toBe('pull_request_opened');
    const told = await room.ask('ada', '@conductor fix --output=comment small fix');
    expect(told).toMatchObject({ code: 'answered', changing: [] });
    expect(told.status).toContain('I would round.');
  });

  it('S0-21: `style` of the base branch is told to every agent', async () => {
    for (const words of ['@conductor say hello', '@conductor reviewer: say hello'])
      expect((await room.ask('ada', words)).status).toContain('With four spaces.');
  });

  it('S0-21: an output that does not exist is refused with those that do', async () => {
    const asked = await room.ask('ada', '@conductor fix --output=email small fix');
    expect(asked.code).toBe('bad_option');
    expect(asked.status).toContain('`--output=pr`, `--output=patch`, `--output=comment`');
  });
});

describe('`preview`', () => {
  it('S0-24: shows the whole patch, also on a pull request of a person, of Conductor and of a fork', async () => {
    const room = await stage({ files: FILES, script: SCRIPT });
    const { pull: own } = await room.ask('ada', '@conductor fix: write a long file');
    const ada = room.simulator.as('ada');
    await ada.push({ repo: room.repository, branch: 'topic', files: { 'src/topic.js': 'topic();\n' } });
    const topic = await ada.openPull({ repo: room.repository, head: 'topic', title: 'A topic' });
    await room.simulator.fork({ repository: room.repository, owner: 'visitor' });
    const visitor = room.simulator.as('visitor');
    await visitor.push({ repo: 'visitor/shop', branch: 'theirs', files: { 'src/theirs.js': 'theirs();\n' } });
    const theirs = await visitor.openPull({
      repo: room.repository,
      head: 'visitor:theirs',
      base: 'main',
      title: 'Theirs',
    });
    await room.settled();

    for (const number of [own?.number, topic.number, theirs.number]) {
      const asked = await room.ask('ada', '@conductor preview: small fix', number);
      expect(asked).toMatchObject({ code: 'previewed', changing: [], branches: [], pull: null });
      expect(applied(room, patchIn(asked))('src/total.js')).toContain('Math.round');
    }
  });
});
