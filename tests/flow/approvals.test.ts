import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Asked, type Pull, type Stage, stage } from './stage.ts';
import { CONFIG, edits, type Story, says, use } from './story.ts';

const PEOPLE = {
  ada: 'write',
  grace: 'maintain',
  linus: 'maintain',
  barbara: 'maintain',
  hal: 'admin',
  margaret: 'write',
  visitor: 'read',
} as const;
const SCRIPT = [
  edits('grace approves what you asked', 'Deleted, as approved.', use('delete_file', { path: 'old.txt' })),
  says('grace does not approve what you asked', 'Then I leave it.'),
  {
    when: ['remove the old file'],
    turns: [{ tool_calls: [use('request_approval', { what: 'May I delete `old.txt`?' })] }],
  },
  edits('round to even', 'Rounds to even.', use('write_file', { path: 'src/total.js', content: 'even\n' })),
  edits('correct', 'Rounds.', use('edit_file', { path: 'src/total.js', old: 'floor', new: 'round' })),
];
const STORY = {
  files: { 'old.txt': 'old\n', 'src/total.js': 'export const total = (sum) => Math.floor(sum);\n' },
  people: PEOPLE,
  script: SCRIPT,
};

let room: Stage;
let pull: Pull;
const digestIn = (text: string | null | undefined) => /sha256:([0-9a-f]{64})/.exec(text ?? '')?.[1] ?? '';

async function checks() {
  const head = room.git('rev-parse', pull.head.ref);
  const all = await room.simulator.checkRuns(room.repository);
  return all.filter(({ name, head_sha }) => name === 'conductor/policy' && head_sha === head);
}
const standing = async () => (await checks()).at(-1);
const digest = async () => digestIn((await standing())?.output.summary);
const draft = async () => (await room.simulator.pull(room.repository, pull.number)).draft;

async function opened(config: NonNullable<Story['config']> = {}): Promise<void> {
  room = await stage({ ...STORY, config });
  const asked = await room.ask('ada', '@conductor fix: correct the rounding');
  if (!asked.pull) throw new Error(asked.status);
  pull = asked.pull;
}
const say = (by: string, body: string): Promise<Asked> => room.ask(by, body, pull.number);
const review = (by: string, event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT', body = ''): Promise<Asked> =>
  room.during(pull.number, async () => {
    await room.simulator
      .as(by)
      .review({ repo: room.repository, number: pull.number, event, body, comments: [] });
    return undefined;
  });

describe('an approval', () => {
  beforeEach(() => opened());

  it('S4-13, S4-17: by comment, of the digest that stands, makes the policy check pass and the draft ready', async () => {
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
    expect(await draft()).toBe(true);
    const asked = await say('grace', `@conductor approve ${(await digest()).slice(0, 12)}`);
    expect(asked.code).toBe('approved');
    expect(await standing()).toMatchObject({
      conclusion: 'success',
      output: { title: 'review: approved by grace.' },
    });
    expect(await draft()).toBe(false);
    expect(room.git('log', '--format=%an', `main..${pull.head.ref}`)).not.toContain('grace');
  });

  it('S4-17: by a native approving review, without a word to Conductor', async () => {
    expect((await review('grace', 'APPROVE')).code).toBe('approved');
    expect(await standing()).toMatchObject({ conclusion: 'success' });
  });

  it('A15: without a digest, with a short, old or upper case one, gets a hint with the current one', async () => {
    const now = await digest();
    for (const said of ['', now.slice(0, 11), now.slice(0, 12).toUpperCase(), 'f'.repeat(12)]) {
      const asked = await say('grace', `@conductor approve ${said}`);
      expect(asked.code).toMatch(/^digest_(missing|stale)$/);
      expect(asked.status).toContain(`approve ${now.slice(0, 12)}`);
    }
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
  });

  it('SEC-26, A14: of whoever asked, of a person who may not, or of a reader does not count', async () => {
    const now = (await digest()).slice(0, 12);
    expect((await say('ada', `@conductor approve ${now}`)).code).toBe('approval_not_counted');
    expect((await say('margaret', `@conductor approve ${now}`)).code).toBe('approval_not_counted');
    expect((await say('visitor', `@conductor approve ${now}`)).code).toBe('no_permission');
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
    expect(await draft()).toBe(true);
  });

  it('SEC-7: is void once somebody pushes, and says what changed; the pusher’s own does not count', async () => {
    await say('grace', `@conductor approve ${(await digest()).slice(0, 12)}`);
    const before = await digest();
    const pushed = await room.during(pull.number, async () => {
      await room.simulator.as('linus').push({
        repo: room.repository,
        branch: pull.head.ref,
        files: { 'old.txt': 'old\n', 'src/total.js': 'export const total = () => 0;\n' },
      });
      return undefined;
    });
    expect(pushed.code).toBe('approval_void');
    expect(pushed.status).toContain('the files and the commit changed');
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
    expect(await digest()).not.toBe(before);
    expect((await review('linus', 'APPROVE')).code).toBe('approval_not_counted');
    expect((await say('grace', `@conductor approve ${before.slice(0, 12)}`)).status).toContain(
      'is not what stands here',
    );
    expect((await review('grace', 'APPROVE')).code).toBe('approved');
  });

  it('SEC-9: is void when its comment is edited or deleted, its review dismissed, or its person demoted', async () => {
    const first = await say('grace', `@conductor approve ${(await digest()).slice(0, 12)}`);
    const edited = await room.during(pull.number, async () => {
      await room.simulator.as('grace').editComment({ repo: room.repository, id: first.comment, body: 'no' });
      return undefined;
    });
    expect(edited.code).toBe('approval_void');
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
    const second = await say('linus', `@conductor approve ${(await digest()).slice(0, 12)}`);
    expect(await standing()).toMatchObject({ conclusion: 'success' });
    await room.during(pull.number, async () => {
      await room.simulator.as('linus').deleteComment({ repo: room.repository, id: second.comment });
      return undefined;
    });
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
  });

  it('an edit never makes one', async () => {
    const { comment } = await say('grace', 'Looks good.');
    const now = (await digest()).slice(0, 12);
    await room.during(pull.number, async () => {
      await room.simulator
        .as('grace')
        .editComment({ repo: room.repository, id: comment, body: `@conductor approve ${now}` });
      return undefined;
    });
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
  });

  it('S4-17: by the check run’s button, which stands in Conductor’s own comment', async () => {
    const check = await standing();
    const asked = await room.during(pull.number, async () => {
      await room.simulator.pressCheckAction('grace', Number(check!.id), 'approve');
      return undefined;
    });
    expect(asked.code).toBe('approved');
    expect(await standing()).toMatchObject({ conclusion: 'success' });
  });
});

describe('a no', () => {
  beforeAll(() => opened());

  it('S4-13: holds what others approved, and its reason is work for the agent', async () => {
    await review('grace', 'APPROVE');
    const asked = await say('linus', '@conductor deny please round to even');
    expect(asked.code).toBe('commit_pushed');
    expect(room.git('show', `${pull.head.ref}:src/total.js`)).toBe('even');
    expect(await standing()).toMatchObject({ conclusion: 'action_required' });
  });

  it('without a reason holds it, until the same person says yes', async () => {
    expect((await say('barbara', '@conductor deny')).code).toBe('denied');
    expect(await standing()).toMatchObject({ conclusion: 'failure' });
    expect((await review('grace', 'APPROVE')).code).toBe('approval_counted');
    // What linus’ no brought about is his own request: his yes to it does not count.
    expect((await review('linus', 'APPROVE')).code).toBe('approval_not_counted');
    expect((await review('barbara', 'APPROVE')).code).toBe('approved');
  });
});

it('two approvals, where two are asked for', async () => {
  await opened({ policy: { approvals: { required: 2, from: ['permission:maintain'] } } });
  const first = await review('grace', 'APPROVE');
  expect(first.code).toBe('approval_counted');
  expect(first.status).toContain('1 approval by anyone with maintain access');
  expect(await draft()).toBe(true);
  expect((await review('grace', 'APPROVE')).code).toBe('approval_counted');
  expect((await review('linus', 'APPROVE')).code).toBe('approved');
  expect(await draft()).toBe(false);
});

it('SEC-25: another pull request with the same head keeps both from passing', async () => {
  await opened();
  await review('grace', 'APPROVE');
  expect(await standing()).toMatchObject({ conclusion: 'success' });
  const mallory = room.simulator.as('margaret');
  await mallory.push({ repo: room.repository, branch: 'release', files: { 'r.txt': 'r\n' } });
  const shared = await room.during(pull.number, async () => {
    await mallory.openPull({ repo: room.repository, head: pull.head.ref, base: 'release', title: 'Release' });
    return undefined;
  });
  expect(shared.status).toContain('has the same commit');
  expect(await standing()).toMatchObject({ conclusion: 'action_required' });
});

it('SEC-7, E07: a stricter policy on the base voids what was approved under the old one, and says so', async () => {
  await opened({ policy: { approvals: { from: ['permission:maintain'] } } });
  await review('grace', 'APPROVE');
  expect(await standing()).toMatchObject({ conclusion: 'success' });
  const config = { ...CONFIG, policy: { approvals: { required: 2, from: ['permission:maintain'] } } };
  const changed = await room.during(pull.number, async () => {
    const files = { '.github/conductor.yml': JSON.stringify(config) };
    await room.simulator.as('grace').push({ repo: room.repository, branch: 'main', files });
    return undefined;
  });
  expect(changed.status).toContain('void: the policy changed');
  expect(await standing()).toMatchObject({ conclusion: 'action_required' });
});

it('S0-8: auto has GitHub merge it; what somebody pushes on top is held, and merges by itself no more', async () => {
  room = await stage({ ...STORY, config: { policy: { auto: { enabled: true, paths: ['src/**'] } } } });
  await room.simulator.as('hal').protect({ repo: room.repository, checks: ['ci'] });
  const asked = await room.ask('ada', '@conductor fix: correct the rounding');
  pull = asked.pull!;
  expect(asked.status).toContain('merges by itself');
  const merging = async () => (await room.simulator.pull(room.repository, pull.number)).auto_merge;
  expect([pull.draft, (await merging())?.merge_method]).toEqual([false, 'merge']);
  expect(await standing()).toMatchObject({ conclusion: 'success' });
  await room.during(pull.number, async () => {
    const files = { Makefile: 'all:\n' };
    await room.simulator.as('margaret').push({ repo: room.repository, branch: pull.head.ref, files });
    return undefined;
  });
  expect(await standing()).toMatchObject({ conclusion: 'action_required' });
  expect(await merging()).toBeNull();
});

describe('an approval that an agent asks for in the middle of its work', () => {
  const nameIn = (text: string) => /`approve ([0-9a-f]{12})`/.exec(text)?.[1] ?? '';

  it.each(['app', 'action'] as const)('S4-13: a yes goes on, a no tells why, as %s', async (form) => {
    room = await stage(
      { ...STORY, config: { policy: { approvals: { from: ['permission:maintain'] } } } },
      { form },
    );
    const asked = await room.ask('ada', '@conductor fix: remove the old file');
    expect(asked.code).toBe('approval_asked');
    expect(asked.comments.join()).toContain('May I delete `old.txt`?');
    const name = nameIn(asked.comments.join());
    const own = await room.ask('ada', `@conductor approve ${name}`, asked.thread);
    expect(own.code).toBe('approval_not_counted');
    const no = await room.ask('grace', `@conductor deny ${name} we still read it`, asked.thread);
    expect(no.status).toContain('Then I leave it.');
    const yes = await room.ask('grace', `@conductor approve ${name}`, asked.thread);
    expect(yes.code).toBe('pull_request_opened');
    expect(room.git('ls-tree', '--name-only', yes.pull!.head.ref)).not.toContain('old.txt');
  });
});

it('in the Action’s form, an approval by comment or review counts as well', async () => {
  room = await stage(
    { ...STORY, config: { policy: { approvals: { required: 2, from: ['permission:maintain'] } } } },
    { form: 'action' },
  );
  pull = (await room.ask('ada', '@conductor fix: correct the rounding')).pull!;
  expect((await standing())?.actions ?? []).toEqual([]);
  expect((await say('grace', `@conductor approve ${(await digest()).slice(0, 12)}`)).code).toBe(
    'approval_counted',
  );
  expect((await review('linus', 'APPROVE')).code).toBe('approved');
  expect(await standing()).toMatchObject({ conclusion: 'success' });
});

it('S0-29: the breaker of a thread counts no approvals: each is answered, however many there are', async () => {
  room = await stage({ ...STORY, config: { policy: { approvals: { required: 2 } } } }, { runner: 'durable' });
  pull = (await room.ask('ada', '@conductor fix: correct the rounding')).pull!;
  const now = (await digest()).slice(0, 12);
  for (const said of ['approve', 'approve ffffffffffff', 'deny', `approve ${now}`])
    expect((await say('grace', `@conductor ${said}`)).code).not.toBeNull();
  expect((await say('linus', `@conductor approve ${now}`)).code).toBe('approved');
  const edited = await room.during(pull.number, async () => {
    const { id } = room.simulator
      .comments(room.repository, pull.number)
      .findLast(({ user }) => user?.login === 'linus')!;
    await room.simulator.as('linus').editComment({ repo: room.repository, id, body: 'hm' });
    return undefined;
  });
  expect(edited.code).toBe('approval_void');
  expect((await say('ada', '@conductor ask what was that?')).code).not.toBeNull();
}, 120_000);
