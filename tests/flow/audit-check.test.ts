import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Asked, type Check, type Pull, type Stage, stage } from './stage.ts';
import { edits, use } from './story.ts';

const STORY = {
  files: { 'src/total.js': 'export const total = (sum) => Math.floor(sum);\n' },
  people: { ada: 'write', grace: 'maintain', linus: 'maintain' },
  script: [
    edits('correct', 'Rounds.', use('edit_file', { path: 'src/total.js', old: 'floor', new: 'round' })),
  ],
} as const;

const { settling } = JSON.parse(readFileSync(new URL('../bench/budgets.json', import.meta.url), 'utf8'));

let room: Stage;
let pull: Pull;
let self: string;

async function opened(form: 'app' | 'action') {
  room = await stage(STORY, { form });
  const asked = await room.ask('ada', '@conductor fix: correct the rounding');
  if (!asked.pull) throw new Error(asked.status);
  pull = asked.pull;
  self = form === 'app' ? 'conductor' : 'github-actions';
}

/** Conductor's own records of the head commit, oldest first. */
async function audits(named = 'conductor/audit'): Promise<Check[]> {
  const head = room.git('rev-parse', pull.head.ref);
  const all = await room.simulator.checkRuns(room.repository);
  const isOwn = ({ name, app, head_sha }: Check) => name === named && app?.slug === self && head_sha === head;
  return all.filter(isOwn);
}
const policies = () => audits('conductor/policy');
const newest = async () => (await audits()).at(-1)?.output ?? { title: '', summary: '', text: '' };
/** The record of the run, without what is said in front of it. */
const recordIn = (summary: string | null) => summary?.split('\n### What Conductor did\n')[1] ?? 'none';

/** A workflow of the repository posts a check run, in the name that all of them have. */
async function forge(name: string, summary: string): Promise<void> {
  const token = room.simulator.jobToken(room.repository, { checks: 'write', metadata: 'read' });
  const head_sha = room.git('rev-parse', pull.head.ref);
  const response = await fetch(`${room.simulator.url}/repos/${room.repository}/check-runs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, head_sha, conclusion: 'success', output: { title: 'x', summary } }),
  });
  expect(response.status).toBe(201);
}

const push = (by: string, text: string): Promise<Asked> =>
  room.during(pull.number, async () => {
    const files = { 'src/total.js': text };
    await room.simulator.as(by).push({ repo: room.repository, branch: pull.head.ref, files });
    return undefined;
  });
const approve = (by: string): Promise<Asked> =>
  room.during(pull.number, async () => {
    const review = {
      repo: room.repository,
      number: pull.number,
      event: 'APPROVE',
      body: '',
      comments: [],
    } as const;
    await room.simulator.as(by).review(review);
    return undefined;
  });
const requestsOf = ({ calls }: Asked) => calls.filter(({ actor }) => actor.endsWith('[bot]')).length;

describe('conductor/audit', () => {
  beforeAll(() => opened('app'), 60_000);

  it('S0-9: tells who asked, what each agent asked of which model, digests and times', async () => {
    const { summary } = await newest();
    const digest = '`sha256:[0-9a-f]{64}`';
    expect(summary).toMatch(
      /^Asked by ada, made by coder: 1 file, \+1 −1\.\n\nPolicy says \*\*review\*\*: waits for/,
    );
    for (const row of [
      'asked by \\| ada at \\S+ \\(\\[comment\\]\\(\\S+\\)\\)',
      `verdict \\| review \\(auto-paths\\), ${digest}`,
      'time \\| reading [\\d.]+ s, thinking [\\d.]+ s, judging [\\d.]+ s, publishing [\\d.]+ s',
      `config \\| ${digest}`,
      `context \\| ${digest}`,
      `coder \\| \`scripted/demo\` \\| 1 \\| 1000 \\| 100 \\| [\\d.]+ s \\| \\$0.0060 \\| ${digest}`,
    ])
      expect(summary).toMatch(new RegExp(`\\| ${row} \\|`));
  });

  it('S0-9, S4-17: an approval has another one say who approved, and the one before stays as it was', async () => {
    const [first] = await audits();
    const approved = await approve('grace');
    const [kept, second, ...more] = await audits();
    expect(more).toEqual([]);
    expect(kept?.output).toEqual(first?.output);
    expect(second?.output.title).toBe('review: approved by grace.');
    expect(second?.output.summary).toMatch(/✅ \[grace\]\(\S+\) approved at/);
    expect(recordIn(second?.output.summary ?? null)).toBe(recordIn(first?.output.summary ?? null));
    expect(requestsOf(approved)).toBeLessThanOrEqual(settling.approve);
    // What changes nothing says nothing again.
    await approve('linus');
    expect(await audits()).toHaveLength(3);
    await room.ask('linus', 'Nice.', pull.number);
    expect(await audits()).toHaveLength(3);
  });

  it('S0-9, SEC-35: a head that somebody pushed has it, too, once: all that Conductor’s own before told, and who pushed', async () => {
    const before = await newest();
    expect(recordIn(before.summary)).toContain('| asked by | ada at ');
    await forge('conductor/audit', 'mallory asked for nothing.');
    const pushed = await push('linus', 'export const total = () => 0;\n');
    expect(await audits()).toHaveLength(1);
    const after = await newest();
    expect(after.title).toMatch(/^Pushed by linus\. review: waits for/);
    const head = room.git('rev-parse', pull.head.ref);
    expect(after.summary).toMatch(new RegExp(`\n- \\S+Z: linus pushed \`${head}\`\\. review: waits for`));
    expect([recordIn(after.summary), after.text]).toEqual([recordIn(before.summary), before.text]);
    expect(requestsOf(pushed)).toBeLessThanOrEqual(settling.push);

    // A record that GitHub does not take keeps policy from nothing.
    room.simulator.faults.add({
      route: 'POST /repos/{owner}/{repo}/check-runs',
      kind: 'fail-before',
      status: 422,
    });
    await push('ada', 'export const total = () => 2;\n');
    expect([await audits(), (await policies()).length]).toEqual([[], 1]);

    await push('grace', 'export const total = () => 1;\n');
    const last = await newest();
    expect(last.summary?.match(/(linus|grace) pushed/g)).toEqual(['linus pushed', 'grace pushed']);
    expect(recordIn(last.summary)).toBe(recordIn(before.summary));
  });
});

it('S0-9: conductor/audit follows the head in the Action, too, from GitHub alone, with its place in the ledger', async () => {
  await opened('action');
  const before = await newest();
  expect(before.summary).toMatch(/\| ledger \| `\d+:[0-9a-f]{64}`/);
  await push('linus', 'export const total = () => 0;\n');
  const after = await newest();
  expect(after.title).toMatch(/^Pushed by linus\. /);
  expect(recordIn(after.summary)).toBe(recordIn(before.summary));
  expect(after.summary).toMatch(/, ledger `\d+:[0-9a-f]{64}`/);
}, 60_000);
