import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUSH } from '../../src/hosts/installation-tokens.ts';
import type { SimulatorEvent } from '../../src/simulator/simulator.ts';
import { runJob } from './action-job.ts';
import { type Stage, stage } from './stage.ts';
import { edits, use } from './story.ts';

const folder = mkdtempSync(join(tmpdir(), 'two-jobs-'));
afterAll(() => rmSync(folder, { recursive: true }));
const MAY_READ = { contents: 'read', issues: 'read', pull_requests: 'read', metadata: 'read' } as const;

/** A comment for jobs alone: the App that stands there listens to another word. */
async function mention(room: Stage, body: string): Promise<{ thread: number; event: SimulatorEvent }> {
  const { thread } = await room.ask('ada', body);
  const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
  if (!event) throw new Error('there was no comment');
  return { thread, event };
}

describe('the Action as two jobs', () => {
  let room: Stage;
  beforeAll(async () => {
    const script = [
      edits('say two', 'Two, not one.', use('write_file', { path: 'two.txt', content: '2\n' })),
    ];
    room = await stage({ script, config: { trigger: 'maestro' } });
  });

  it('SEC-1, SEC-14: one thinks with a token that may only read; the other writes, and asks no model', {
    timeout: 90_000,
  }, async () => {
    const { simulator, repository } = room;
    const { thread, event } = await mention(room, '@conductor fix: say two');
    const inputs = { trigger_phrase: 'conductor', proposal_path: join(folder, 'proposal.json') };
    const before = simulator.calls.length;
    const github_token = simulator.jobToken(repository, MAY_READ);
    const thinking = await runJob(room, event, { ...inputs, mode: 'propose', github_token });
    expect([thinking.exitCode, thinking.outputs.conclusion]).toEqual([0, 'done']);
    expect(simulator.calls.slice(before).filter(({ kind }) => kind !== 'read')).toEqual([]);
    expect(simulator.comments(repository, thread).filter(({ user }) => user?.type === 'Bot')).toEqual([]);

    const writing = await runJob(room, event, { ...inputs, mode: 'apply' });
    expect([writing.exitCode, writing.outputs.conclusion]).toEqual([0, 'done']);
    expect(writing.outputs.total_cost_usd).toBe(thinking.outputs.total_cost_usd);
    expect(await simulator.fileAt(repository, writing.outputs.branch_name ?? '', 'two.txt')).toBe('2\n');
    expect(simulator.comments(repository, thread).at(-1)?.body).toContain('pull_request_opened');
    expect(JSON.parse(readFileSync(inputs.proposal_path, 'utf8')).run).toBe(writing.outputs.run_id);
  });

  it('SEC-1: a file from another comment’s run is not taken, and the thread is told', async () => {
    const { simulator, repository } = room;
    const { thread, event } = await mention(room, '@conductor fix: say two, again');
    const branches = Object.keys(await simulator.branches(repository));
    const inputs = { trigger_phrase: 'conductor', proposal_path: join(folder, 'proposal.json') };
    const { outputs } = await runJob(room, event, { ...inputs, mode: 'apply' });
    expect(outputs.conclusion).toBe('refused');
    expect(simulator.comments(repository, thread).at(-1)?.body).toContain('It belongs to another request.');
    expect(Object.keys(await simulator.branches(repository))).toEqual(branches);
  });

  it('SEC-14, S2-37: one job with an App’s credentials reads, git too, with a token that can’t write', async () => {
    const { simulator, repository } = room;
    const { privateKey } = simulator.addApp({ id: 77, slug: 'robot', permissions: PUSH, events: [] });
    simulator.install(77, repository.split('/')[0] ?? '');
    const { event } = await mention(room, '@conductor fix: say two');
    const before = [simulator.calls.length, simulator.gitCalls.length] as const;
    const app = { app_id: '77', app_private_key: privateKey, github_token: '' };
    const { outputs } = await runJob(room, event, { ...app, trigger_phrase: 'conductor' });
    expect(outputs.conclusion).toBe('done');
    const git = simulator.gitCalls.slice(before[1]).filter(({ actor }) => actor === 'robot[bot]');
    expect(new Set(git.map(({ held }) => held?.permissions.contents))).toEqual(new Set(['read']));
    const calls = simulator.calls.slice(before[0]).filter(({ actor }) => actor === 'robot[bot]');
    expect(calls[0]?.held?.permissions.contents).toBe('read');
    expect(calls.some(({ held }) => held?.permissions.contents === 'write')).toBe(true);
    expect(new Set([...calls, ...git].map(({ held }) => held?.repositories?.length))).toEqual(new Set([1]));
  });
});
