import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { beforeAll, describe, expect, it } from 'vitest';
import { runJob } from './action-job.ts';
import { type Stage, stage } from './stage.ts';
import { edits, use } from './story.ts';

const SCRIPT = [edits('fix', 'Two, not one.', use('write_file', { path: 'two.txt', content: '2\n' }))];

/** A comment that mentions nobody, so that only the jobs of a test work on it. */
async function plainComment(room: Stage) {
  const { thread } = await room.ask('ada', 'Just a word.');
  const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
  if (!event) throw new Error('there was no comment');
  return { thread, event };
}

describe('what a workflow hands to the Action', () => {
  let room: Stage;
  beforeAll(async () => {
    room = await stage({ script: SCRIPT, config: { trigger: 'maestro' } });
  });

  it('S2-37: another App’s token writes as that App, and a job that runs again finds what that App wrote', async () => {
    const { simulator, repository } = room;
    const [owner = '', repo = ''] = repository.split('/');
    const permissions = {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      checks: 'write',
      metadata: 'read',
    } as const;
    const { privateKey } = simulator.addApp({ id: 99, slug: 'robot', permissions, events: [] });
    simulator.install(99, owner, { repositories: [repository] });
    const app = new Octokit({
      baseUrl: simulator.url,
      authStrategy: createAppAuth,
      auth: { appId: 99, privateKey },
    });
    const { data: installation } = await app.apps.getRepoInstallation({ owner, repo });
    const { data } = await app.apps.createInstallationAccessToken({ installation_id: installation.id });

    const { thread, event } = await plainComment(room);
    const inputs = { github_token: data.token, prompt: 'fix it' };
    const first = await runJob(room, event, inputs);
    const second = await runJob(room, event, inputs);
    // Each job keeps a record of its own.
    const { ledger, ledger_head } = second.outputs;
    expect([first.outputs.conclusion, second.outputs]).toEqual([
      'done',
      { ...first.outputs, ledger, ledger_head },
    ]);
    const written = simulator.comments(repository, thread).filter(({ user }) => user?.login === 'robot[bot]');
    expect(written).toHaveLength(1);
    expect(
      (await simulator.pulls(repository)).filter(({ user }) => user?.login === 'robot[bot]'),
    ).toHaveLength(1);
  });

  it('S1-6: a prompt reaches Conductor whatever word the repository has chosen', async () => {
    const { event } = await plainComment(room);
    const job = await runJob(room, event, { prompt: 'fix it' });
    expect(job.outputs.conclusion).toBe('done');
    // A step that prints the summary must not be made to run it: it is a JSON string, on one line.
    expect(JSON.parse(job.outputs.summary ?? '')).toMatch(/^Opened pull request #\d+\.$/);
  });

  it('S0-18: an input that cannot be read fails the job with its name', async () => {
    const { event } = await plainComment(room);
    for (const [inputs, word] of [
      [{ max_cost_usd: 'a lot' }, 'max_cost_usd'],
      [{ allowed_bots: 'dependabot' }, 'allowed_bots'],
      [{ github_token: '' }, 'github_token'],
    ] as const) {
      const job = await runJob(room, event, inputs);
      expect(job).toMatchObject({ exitCode: 1, log: expect.stringContaining(word) });
      expect(job.outputs).toEqual({});
    }
  });
});
