import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { approve, deny } from '../../src/cli/approve.ts';
import { type Arranged, arrange, REPO } from '../simulator/arrange.ts';
import { runCommand } from './run-command.ts';

vi.spyOn(console, 'error').mockImplementation(() => undefined);
const DIGEST = `sha256:${'3f2a9c0d11e4'.padEnd(64, '0')}`;
let at: Arranged;
let variables: Record<string, string>;
let number: number;

beforeAll(async () => {
  at = await arrange();
  const bob = at.github.as('bob');
  const { sha } = await bob.push({ repo: REPO, branch: 'topic', files: { 'a.txt': 'a\n' } });
  number = (await bob.openPull({ repo: REPO, head: 'topic', title: 'Topic' })).number;
  const [owner = '', repo = ''] = REPO.split('/');
  await at.app.checks.create({
    owner,
    repo,
    name: 'conductor/policy',
    head_sha: sha,
    status: 'completed',
    conclusion: 'action_required',
    output: { title: 'review: waits', summary: `\`${DIGEST}\` = files` },
  });
  const token = at.github.as('bob').token;
  variables = { GITHUB_TOKEN: token, GITHUB_REPOSITORY: REPO, GITHUB_API_URL: at.github.url };
});
afterAll(() => at.github.close());

const said = () => at.github.comments(REPO, number).map(({ user, body }) => `${user?.login}: ${body}`);

it('S4-17: shows what stands there, and approves nothing without a digest or with an old one', async () => {
  const shown = await runCommand(approve(variables), String(number), '--json');
  expect([shown.exitCode, JSON.parse(shown.printed)]).toEqual([
    1,
    { approved: false, title: 'review: waits', digest: DIGEST },
  ]);
  for (const digest of ['f'.repeat(12), DIGEST.slice(7, 18), 'SHA256', DIGEST.slice(7, 19).toUpperCase()])
    expect((await runCommand(approve(variables), `#${number}`, digest)).exitCode).toBe(1);
  expect(said()).toEqual([]);
});

it('S4-17: says yes and no as whoever the token belongs to', async () => {
  expect((await runCommand(approve(variables), String(number), DIGEST.slice(7, 19))).exitCode).toBe(0);
  expect((await runCommand(deny(variables), String(number), 'round', 'to', 'even')).exitCode).toBe(0);
  expect(said()).toEqual(['bob: @conductor approve 3f2a9c0d11e4', 'bob: @conductor deny round to even']);
});

it('what can’t be asked exits 2', async () => {
  const answer = await runCommand(approve({ ...variables, GITHUB_TOKEN: 'wrong' }), String(number), '--json');
  expect([answer.exitCode, JSON.parse(answer.printed).error.code]).toEqual([2, 'github_unauthorized']);
  await expect(runCommand(approve({}), '1')).rejects.toThrow('GITHUB_TOKEN is missing');
  await expect(runCommand(approve(variables), 'x')).rejects.toThrow('no pull request’s number');
});
