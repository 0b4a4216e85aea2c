import { expect, it } from 'vitest';
import { stage } from './stage.ts';
import { edits, use } from './story.ts';

const TOTAL =
  '// The total\n// of an invoice:\n// in cents.\nconst total = (sum) => Math.floor(sum);\n\n// That was\n// the total.\n';
const RATES = `${Array.from({ length: 12 }, (_, index) => `const rate${index} = ${index};`).join('\n')}\n`;

const STORY = {
  files: { 'src/total.js': `${TOTAL}${RATES}`, 'test/total.js': 'test;\n' },
  config: {
    follow_up: { failing_checks: true },
    policy: { auto: { enabled: true, paths: ['**'], max_files: 5, max_lines_changed: 50 } },
  },
  script: [
    edits(
      'not ok - cents',
      'The test knew the old total.',
      use('write_file', { path: 'test/total.js', content: 'cents;\n' }),
    ),
    edits(
      'name the sum',
      'Named.',
      use('edit_file', { path: 'src/total.js', old: '(sum)', new: '(amount)', all: true }),
    ),
    edits(
      'correct the rounding',
      'Rounds.',
      use('edit_file', { path: 'src/total.js', old: 'floor', new: 'round' }),
    ),
  ],
};

it('S0-24, S0-26, S2-37: a pull request is followed through: reviewed, repaired, brought along, merged, undone', async () => {
  const room = await stage(STORY);
  const { simulator, repository: repo } = room;
  const ada = simulator.as('ada');
  const opened = await room.ask('ada', '@conductor fix: correct the rounding');
  const number = opened.run?.pullRequest ?? 0;
  const branch = opened.run?.branch ?? '';
  const now = () => room.git('show', `${branch}:src/total.js`);

  const reviewed = await room.during(number, async () => {
    const comments = [{ path: 'src/total.js', line: 4, body: '@conductor fix: name the sum' }];
    await ada.review({ repo, number, event: 'COMMENT', body: '', comments });
    return undefined;
  });
  expect(reviewed.run).toMatchObject({ conclusion: 'done', branch });
  expect(now()).toContain('const total = (amount) => Math.round(amount);');
  expect(room.git('log', '-1', '--format=%s', branch)).toBe('Named.');

  const repaired = await room.during(number, async () => {
    const job = { name: 'test', conclusion: 'failure', log: 'not ok - cents' } as const;
    await simulator.ci(repo).report(room.git('rev-parse', branch), job);
    return undefined;
  });
  expect(repaired.code).toBe('commit_pushed');
  expect(repaired.status).toContain('Repair 1 of 2');

  const followed = await room.during(number, async () => {
    await ada.push({ repo, branch: 'main', files: { 'src/total.js': `${RATES}${TOTAL}` } });
    return undefined;
  });
  expect(followed.code).toBe('commit_pushed');
  expect(now().endsWith('// That was\n// the total.')).toBe(true);
  expect(now()).toContain('const total = (amount) => Math.round(amount);');

  await ada.merge({ repo, number, method: 'squash' });
  await room.settled();
  const undone = await room.ask('ada', '@conductor undo', number);
  expect(undone.code).toBe('pull_request_opened');
  const back = undone.run?.branch ?? '';
  expect(`${room.git('show', `${back}:src/total.js`)}\n`).toBe(`${RATES}${TOTAL}`);
  expect(room.git('show', `${back}:test/total.js`)).toBe('test;');
  expect(room.git('log', '--format=%s', `main..${branch}`).split('\n').length).toBeGreaterThan(3);
});
