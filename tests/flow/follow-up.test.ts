import { beforeAll, describe, expect, it } from 'vitest';
import { type Asked, type Stage, stage } from './stage.ts';
import { edits, says, use } from './story.ts';

const STORY = {
  files: { 'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n' },
  script: [
    edits(
      'name the factor',
      'Named.',
      use('edit_file', { path: 'src/total.js', old: '* 100)', new: '* CENTS)' }),
    ),
    edits(
      'correct the rounding',
      'Rounds.',
      use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
    ),
    says('', 'It rounds half up.'),
  ],
};

describe.each(['app', 'action'] as const)('a pull request of Conductor’s own (%s)', (form) => {
  let room: Stage;
  let opened: Asked;
  let number = 0;
  let branch = '';
  const commits = () => room.git('log', '--format=%s', `main..${branch}`).split('\n');
  const pulls = async () => (await room.simulator.pulls(room.repository)).length;
  const onLine = (body: string) =>
    room.during(number, async () => {
      const comments = [{ path: 'src/total.js', line: 1, body }];
      await room.simulator
        .as('ada')
        .review({ repo: room.repository, number, event: 'COMMENT', body: '', comments });
      return undefined;
    });

  beforeAll(async () => {
    room = await stage(STORY, { form });
    opened = await room.ask('ada', '@conductor fix: correct the rounding');
    number = opened.run?.pullRequest ?? 0;
    branch = opened.run?.branch ?? '';
  });

  it('S0-26: a comment on a line lands as one commit on the same branch, answered in its thread, which is resolved', async () => {
    const asked = await onLine('@conductor fix: name the factor');
    expect(asked.run).toMatchObject({ conclusion: 'done', branch });
    expect(asked).toMatchObject({ comments: [], branches: [] });
    expect(commits()).toHaveLength(2);
    expect(room.git('show', `${branch}:src/total.js`)).toContain('* CENTS)');
    expect(await pulls()).toBe(1);
    const [line, reply, ...more] = room.simulator.reviewComments(room.repository, number);
    expect(more).toEqual([]);
    expect(reply).toMatchObject({ in_reply_to_id: line?.id });
    expect(reply?.body).toContain('Pushed one commit to this pull request.');
    expect(asked.checks.map(({ name, head_sha }) => [name, head_sha])).toEqual([
      ['conductor/policy', room.git('rev-parse', branch)],
      ['conductor/audit', room.git('rev-parse', branch)],
    ]);
    expect(await resolved()).toEqual([true]);
  });

  it('S0-26: a question on a line is answered there, and its thread stays open', async () => {
    await onLine('@conductor ask how does it round?');
    const reply = room.simulator.reviewComments(room.repository, number).at(-1);
    expect(reply?.body).toContain('It rounds half up.');
    expect((await resolved()).at(-1)).toBe(false);
    expect(commits()).toHaveLength(2);
  });

  async function resolved(): Promise<boolean[]> {
    const [owner, name] = room.repository.split('/');
    const query = `{ repository(owner: "${owner}", name: "${name}") { pullRequest(number: ${number}) {
      reviewThreads(first: 10) { nodes { isResolved } } } } }`;
    const { data } = await room.simulator.as('ada').request<{
      data: { repository: { pullRequest: { reviewThreads: { nodes: { isResolved: boolean }[] } } } };
    }>('POST', '/graphql', { query });
    return data.repository.pullRequest.reviewThreads.nodes.map(({ isResolved }) => isResolved);
  }
});
