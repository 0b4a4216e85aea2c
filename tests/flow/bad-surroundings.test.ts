import { beforeAll, describe, expect, it, vi } from 'vitest';
import { runJob } from './action-job.ts';
import { expectOnlyWords, failed, NO_MODEL, refused } from './only-words.ts';
import { type Asked, type Stage, stage } from './stage.ts';
import { edits, says, use } from './story.ts';

vi.setConfig({ testTimeout: 45_000 });

const PERMISSION = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
const FIX = '@conductor fix: write a second one';
const SCRIPT = [
  edits(
    'write a second one',
    'Two files.',
    use('write_file', { path: 'src/two.js', content: 'export const two = 2;\n' }),
  ),
  says('', 'I was asked, so I answer.'),
];

/** Begun first and looked at last: GitHub's failing answers are repeated for 14 seconds before the run gives up. */
let outage: Promise<Asked>;

beforeAll(async () => {
  const down = await stage({ script: SCRIPT }, { rest: true });
  down.simulator.faults.add({ route: PERMISSION, kind: 'fail-before', status: 500, times: 100 });
  outage = down.ask('ada', FIX);
  outage.catch(() => undefined);
});

describe('a permission that is gone', () => {
  let room: Stage;
  let rest: Stage;

  beforeAll(async () => {
    room = await stage({ script: SCRIPT, private: true, people: { ada: 'admin', eve: 'write' } });
    rest = await stage({ script: SCRIPT }, { rest: true });
  });

  it('S0-30: someone who lost access after the comment is refused: the permission is read live', async () => {
    room.simulator.faults.before('operation Acknowledge', () =>
      room.simulator.setCollaborator(room.repository, 'eve', 'none'),
    );
    const asked = await room.ask('eve', FIX);
    expectOnlyWords(asked, refused('no_permission'));
    expect(asked.status).toContain('eve has no access.');
    expect(asked.status).toContain(NO_MODEL);
  });

  it.each([404, 403])('S0-30: a permission that GitHub answers with %i is none', async (status) => {
    rest.simulator.faults.add({ route: PERMISSION, kind: 'fail-before', status });
    const asked = await rest.ask('ada', FIX);
    expectOnlyWords(asked, refused('no_permission'));
    expect(asked.status).toContain(NO_MODEL);
  });

  it('S0-30: an account that took over the login of another has no permission', async () => {
    const body = { permission: 'admin', role_name: 'admin', user: { id: 1, login: 'ada' } };
    rest.simulator.faults.add({ route: PERMISSION, kind: 'answer', body });
    expectOnlyWords(await rest.ask('ada', FIX), refused('no_permission'));
  });
});

describe('the configuration of the base branch', () => {
  it('S2-9: an invalid one is told with file, line and column, and nothing is done under it', async () => {
    const config =
      'agent:\n  type: mock\npolicy:\n  forbiden_paths: [secret/**]\nbudget: { per_run_usd: lots }\n';
    const room = await stage({ script: SCRIPT, config });
    const asked = await room.ask('ada', FIX);
    expectOnlyWords(asked, refused('config_invalid'));
    expect(asked.status).toContain('`.github/conductor.yml:4:3`');
    expect(asked.status).toContain('did you mean `forbidden_paths`?');
    expect(asked.status).toContain('`.github/conductor.yml:5:24`');
    expect(asked.status).toContain('Correct it on the base branch');
    expect(asked.status).toContain(NO_MODEL);
  });

  it.each([
    ['no file', null],
    ['an empty file', ''],
  ])(
    'S0-17: with %s no model is configured, and the refusal says where to add one',
    async (_what, config) => {
      const room = await stage({ script: SCRIPT, config });
      const asked = await room.ask('ada', FIX);
      expectOnlyWords(asked, refused('no_model'));
      expect(asked.status).toContain('Add one under `models:` in `.github/conductor.yml`');
    },
  );

  it('S0-17: a script that is not on the base branch is named', async () => {
    const demo = { provider: 'scripted', model: 'demo', script: 'nowhere.yml' };
    const room = await stage({ config: { models: { demo } } });
    const asked = await room.ask('ada', FIX);
    expectOnlyWords(asked, refused('script_missing'));
    expect(asked.status).toContain('`nowhere.yml` is not on the base branch');
  });
});

describe('a base that is gone', () => {
  it('S0-18: a default branch deleted while the run begins refuses it', async () => {
    const room = await stage({ script: SCRIPT });
    room.simulator.faults.after(
      'operation Acknowledge',
      () => void room.git('update-ref', '-d', 'refs/heads/main'),
    );
    const asked = await room.ask('ada', FIX);
    expectOnlyWords(asked, refused('base_gone'));
    expect(asked.status).toContain('The base of this work, main, does not exist.');
    expect(asked.status).toContain('Restore the branch');
  });

  it('S0-18: a branch named as base_branch that does not exist refuses the run, and one that does is used', async () => {
    const room = await stage({ script: SCRIPT });
    await room.simulator.as('ada').push({ repo: room.repository, branch: 'next', files: { NEXT: 'x\n' } });
    const asked = await room.ask('ada', 'No mention, so that only the jobs below work on it.');
    expect(asked.run).toBeNull();
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');

    const wrong = await runJob(room, event, { base_branch: 'nxt', prompt: 'fix: write a second one' });
    expect(wrong.outputs).toMatchObject({ conclusion: 'refused', branch_name: '', pr_number: '' });
    expect(wrong.log).toContain('The base of this work, nxt, does not exist.');
    expect(Object.keys(await room.simulator.branches(room.repository))).toEqual(['main', 'next']);
    expect(room.simulator.comments(room.repository, asked.thread)).toHaveLength(2);

    const right = await runJob(room, event, { base_branch: 'next', prompt: 'fix: write a second one' });
    expect(right.outputs.conclusion).toBe('done');
    const pull = await room.simulator.pull(room.repository, Number(right.outputs.pr_number));
    expect(pull.base.ref).toBe('next');
    expect(room.git('diff', '--name-only', 'next', pull.head.sha)).toBe('src/two.js');
  });
});

describe('a pull request from a fork', () => {
  let room: Stage;
  let pull: number;
  const fork = 'visitor/shop';
  const written = async () => ({
    ours: await room.simulator.branches(room.repository),
    theirs: await room.simulator.branches(fork),
    checks: (await room.simulator.checkRuns(room.repository)).length,
  });

  beforeAll(async () => {
    room = await stage({ script: SCRIPT });
    await room.simulator.fork({ repository: room.repository, owner: 'visitor' });
    const visitor = room.simulator.as('visitor');
    await visitor.push({ repo: fork, branch: 'topic', files: { 'src/theirs.js': 'export {};\n' } });
    const head = 'visitor:topic';
    pull = (await visitor.openPull({ repo: room.repository, head, base: 'main', title: 'A topic' })).number;
    await room.settled();
  });

  it.each([FIX, '@conductor please write a second one'])(
    'S0-30: `%s` shows a patch, and neither repository is written to',
    async (body) => {
      const before = await written();
      const asked = await room.ask('ada', body, pull);
      expectOnlyWords(asked, { code: 'patch_shown', conclusion: 'done', comments: 1 });
      expect(asked.status).toContain('comes from a fork, which Conductor may not write to');
      expect(asked.status).toContain('+++ b/src/two.js');
      expect(await written()).toEqual(before);
    },
  );

  it('S0-30: its author, who may not write here, is refused', async () => {
    const asked = await room.ask('visitor', '@conductor ask what is this?', pull);
    expectOnlyWords(asked, refused('no_permission'));
  });
});

describe('a permission that GitHub cannot give', () => {
  it('S0-30: (500) fails the run, and never lets it go on', async () => {
    const asked = await outage;
    expectOnlyWords(asked, { ...failed('github_unavailable'), comments: 1 });
    expect(asked.status).toContain('GitHub answered 500 while asking for the permission of ada');
    expect(asked.status).toContain('Ask again');
    expect(asked.status).toContain(NO_MODEL);
  });
});
