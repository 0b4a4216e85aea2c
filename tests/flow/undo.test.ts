import { beforeAll, describe, expect, it } from 'vitest';
import { type Asked, type Pull, type Stage, stage } from './stage.ts';
import { CONFIG, edits, use } from './story.ts';

const TOTAL =
  '// The total\n// of an invoice:\n// in cents.\nexport const total = (sum) => Math.floor(sum);\n// That\n// is\n// all.\n';
const TAX = '// Tax\n// rules\n// of today:\nexport const tax = 0.2;\n// More\n// to\n// come.\n';
const FILES = { 'src/shop.js': `${TOTAL}${TAX}` };
const ROUNDED = TOTAL.replace('floor', 'round');
const RAISED = TAX.replace('0.2', '0.3');

const SCRIPT = [
  edits(
    'correct the rounding',
    'Rounds.',
    use('edit_file', { path: 'src/shop.js', old: 'floor', new: 'round' }),
  ),
  edits('raise the tax', 'Raises.', use('edit_file', { path: 'src/shop.js', old: '0.2', new: '0.3' })),
  edits(
    'keep a list',
    'A list.',
    use('write_file', { path: 'docs/list.md', content: 'one\n' }),
    use('edit_file', { path: 'src/shop.js', old: 'floor', new: 'round' }),
  ),
  edits('correct the rest', 'The rest.', use('write_file', { path: 'docs/rest.md', content: 'rest\n' })),
];

/** Changes here are no drafts, so that they can be merged. */
const STORY = {
  files: FILES,
  script: SCRIPT,
  config: { policy: { auto: { enabled: true, paths: ['**'] } } },
};

const shopAt = (room: Stage, ref: string) => `${room.git('show', `${ref}:src/shop.js`)}\n`;

/** A pull request that Conductor opened for an issue of its own. */
async function opened(
  room: Stage,
  body = '@conductor fix: correct the rounding',
): Promise<{ issue: number; pull: Pull }> {
  const { thread, pull } = await room.ask('ada', body);
  if (!pull) throw new Error('No pull request was opened.');
  return { issue: thread, pull };
}

/** The same, merged by ada. */
async function merged(room: Stage, method: 'merge' | 'squash' | 'rebase', body?: string) {
  const { issue, pull } = await opened(room, body);
  await land(room, pull, method);
  return { issue, pull };
}

async function land(room: Stage, { number }: Pull, method: 'merge' | 'squash' | 'rebase') {
  await room.simulator.as('ada').merge({ repo: room.repository, number, method });
  await room.settled();
}

const push = (room: Stage, branch: string, text: string) =>
  room.simulator
    .as('ada')
    .push({ repo: room.repository, branch, files: { 'src/shop.js': text }, message: 'By a person' });

describe.each(['app', 'action'] as const)('@conductor undo, as %s', (form) => {
  let room: Stage;
  let first: { issue: number; pull: Pull };
  let undone: Asked;

  beforeAll(async () => {
    room = await stage(STORY, { form });
    first = await merged(room, 'merge');
  });

  it('a merged pull request is undone by another one, on the base as it is now', async () => {
    await push(room, 'main', `${ROUNDED}${RAISED}`);
    await room.settled();
    undone = await room.ask('ada', '@conductor undo', first.pull.number);
    expect(undone.code).toBe('pull_request_opened');
    expect(undone.status).toContain(`which undoes #${first.pull.number}`);
    expect(undone.pull).toMatchObject({ title: `Undo #${first.pull.number}: The total is wrong` });
    expect(undone.pull?.head.ref).toBe(`conductor/${first.pull.number}-undo`);
    expect(undone.pull?.body).toContain(
      `This undoes [#${first.pull.number}](${first.pull.html_url}):\n\n> The total is wrong`,
    );
    expect(undone.pull?.body).toContain('git alone made this change');
    expect(shopAt(room, undone.pull?.head.ref ?? '')).toBe(`${TOTAL}${RAISED}`);
    expect(undone.checks.map(({ name }) => name)).toEqual(['conductor/policy', 'conductor/audit']);
    expect(undone.checks[1]?.output.title).toContain('done by git alone');
  });

  it('asked again, from its issue, it says which pull request undoes it already', async () => {
    const again = await room.ask('ada', '@conductor undo', first.issue);
    expect(again.code).toBe('undone_already');
    expect(again.status).toContain(
      `#${first.pull.number} is undone already. #${undone.pull?.number} undoes it`,
    );
    expect(again.changing).toEqual([]);
  });
});

describe('@conductor undo, of whatever there is (App)', () => {
  let room: Stage;
  beforeAll(async () => {
    room = await stage(STORY);
  });

  it('on an open pull request Conductor’s last commit is taken back by one more, and a person’s stays', async () => {
    const { pull } = await opened(room, '@conductor fix: keep a list');
    const added = await room.ask('ada', '@conductor fix: correct the rest', pull.number);
    const theirs = await push(room, pull.head.ref, `// new\n${ROUNDED}${RAISED.replace('rules', 'duties')}`);
    const back = await room.ask('ada', '@conductor undo', pull.number);
    expect(added.code).toBe('commit_pushed');
    expect(back.code).toBe('commit_pushed');
    const taken = room.git('rev-parse', `${theirs.sha}^`);
    expect(back.status).toContain(`takes back \`${taken.slice(0, 7)}\``);
    expect(room.git('log', '-1', '--format=%P %B', pull.head.ref)).toMatch(
      new RegExp(`^${theirs.sha} Undo #${pull.number}: [\\s\\S]*Conductor-Undoes: ${taken}\\n`),
    );
    expect(room.git('diff', '--name-only', theirs.sha, pull.head.ref)).toBe('docs/rest.md');

    const again = await room.ask('ada', '@conductor undo', pull.number);
    expect([again.code, again.changing]).toEqual(['undone_already', []]);
    expect(again.status).toContain(`\`${taken.slice(0, 7)}\`, is undone already`);
  });

  it.each(['squash', 'rebase'] as const)(
    'all commits of a %s are undone, named from another thread',
    async (method) => {
      const before = room.git('rev-parse', 'main^{tree}');
      const { pull } = await opened(room, '@conductor fix: keep a list');
      await room.ask('ada', '@conductor fix: raise the tax', pull.number);
      await land(room, pull, method);
      expect(shopAt(room, 'main')).toBe(`${ROUNDED}${RAISED}`);
      const { code, pull: undo } = await room.ask('ada', `@conductor undo #${pull.number}, it was too early`);
      expect(code).toBe('pull_request_opened');
      expect(room.git('rev-parse', `${undo?.head.ref}^{tree}`)).toBe(before);
      await land(room, undo!, 'squash');
      const again = await room.ask('ada', `@conductor undo #${pull.number}`);
      expect(again.status).toContain(`#${undo?.number} undid it.`);
    },
  );

  it('what was built on since is not undone, and every such place is named', async () => {
    const { pull, issue } = await opened(room);
    await land(room, pull, 'merge');
    await push(room, 'main', `${ROUNDED.replace('round', 'ceil')}${TAX}`);
    const asked = await room.ask('ada', '@conductor undo', issue);
    expect([asked.code, asked.changing]).toEqual(['conflict', []]);
    expect(asked.status).toContain(
      '`src/shop.js:4` There stands now: `export const total = (sum) => Math.ceil(sum);` …',
    );
    await push(room, 'main', `${TOTAL}${TAX}`);
    expect((await room.ask('ada', '@conductor undo', issue)).code).toBe('nothing_left');
  });

  it('a person’s later commit on the same lines of an open pull request is said, and stays', async () => {
    const { pull } = await opened(room, '@conductor fix: raise the tax');
    const { sha } = await push(room, pull.head.ref, `${TOTAL}${TAX.replace('0.2', '0.4')}`);
    const asked = await room.ask('ada', '@conductor undo', pull.number);
    expect([asked.code, asked.changing]).toEqual(['conflict', []]);
    expect(asked.status).toContain('There stands now: `export const tax = 0.4;` …');
    expect(room.git('rev-parse', pull.head.ref)).toBe(sha);
  });

  it('what Conductor did not open, or nobody merged, is refused with words', async () => {
    const ada = room.simulator.as('ada');
    await ada.push({ repo: room.repository, branch: 'mine', files: { 'a.js': '1;\n' } });
    const { number } = await ada.openPull({ repo: room.repository, head: 'mine', title: 'Mine' });
    const { pull } = await opened(room);
    await ada.closePull({ repo: room.repository, number: pull.number });
    await room.settled();
    const issue = await room.openIssue();
    const told = async (words: string) => {
      const { code, status, changing } = await room.ask('ada', `@conductor undo ${words}`, issue);
      expect(changing).toEqual([]);
      return `${code}: ${status.split('\n\n').slice(2, 3)}`;
    };
    expect(await told(`#${number}`)).toBe(
      `not_own: ⛔ #${number} is not a pull request of Conductor’s, so Conductor does not undo it.`,
    );
    expect(await told(`#${pull.number}`)).toMatch(/^nothing_to_undo: .*closed without being merged/);
    expect(await told('#999')).toMatch(/^nothing_to_undo: .*There is no pull request #999/);
    expect(await told('')).toMatch(/^nothing_to_undo: .*no pull request of Conductor’s that came from/);
  });

  it('policy judges an undo like any other change', async () => {
    const { pull } = await opened(room, '@conductor fix: keep a list');
    await land(room, pull, 'merge');
    const config = { ...CONFIG, policy: { forbidden_paths: ['docs/**'] } };
    await room.simulator.as('ada').push({
      repo: room.repository,
      branch: 'main',
      files: { '.github/conductor.yml': JSON.stringify(config) },
    });
    const asked = await room.ask('ada', `@conductor undo`, pull.number);
    expect([asked.code, asked.changing]).toEqual(['policy_block', []]);
  });
});
