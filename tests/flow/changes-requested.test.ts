import { beforeAll, describe, expect, it } from 'vitest';
import { type Asked, type Pull, type Stage, stage } from './stage.ts';
import { CONFIG, edits, says, use } from './story.ts';

const FILES = { 'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n' };

const ON = { follow_up: { changes_requested: true } };

const now = (when: string, text: string) =>
  edits(when, 'As the review says.', use('write_file', { path: 'src/total.js', content: text }));

const SCRIPT = [
  now('Half to even, please.\n\nsrc/total.js, line 1:\nName it invoiceTotal.', 'even\n'),
  now('src/total.js, line 1:\n@conductor ask why so?', 'askedOnALine\n'),
  // What is asked on a line by a mention of its own does not stand in what the review asks.
  says('explain yourself\n\nsrc/total.js, line 1:\nWhy?', 'Because.'),
  now('rename it here', 'onTheLine\n'),
  now('only this\n\nsrc/total.js, line 1:\nName it.', 'mentioned\n'),
  says('explain yourself', 'I rounded.'),
  edits(
    'correct the rounding',
    'Rounds.',
    use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
  ),
];

describe('a review that requests changes on a pull request of Conductor’s own', () => {
  let room: Stage;
  let pull: Pull;

  /** Submits a review, with comments on the first line, and waits until Conductor is done. */
  function review(
    by: string,
    body: string,
    onLine: readonly string[] = [],
    event: 'REQUEST_CHANGES' | 'COMMENT' = 'REQUEST_CHANGES',
    number = pull.number,
  ): Promise<Asked> {
    const comments = onLine.map((text) => ({ path: 'src/total.js', line: 1, body: text }));
    return room.during(number, async () => {
      await room.simulator.as(by).review({ repo: room.repository, number, event, body, comments });
      return undefined;
    });
  }
  const text = () => room.git('show', `${pull.head.ref}:src/total.js`);
  const head = () => room.git('rev-parse', pull.head.ref);

  beforeAll(async () => {
    room = await stage({ files: FILES, script: SCRIPT, config: ON });
    const opened = await room.ask('ada', '@conductor fix: correct the rounding');
    if (!opened.pull) throw new Error('no pull request was opened');
    pull = opened.pull;
  });

  it('S2-37: is done as a whole, body and line comments, by one commit and without a mention', async () => {
    const asked = await review('ada', 'Half to even, please.', ['Name it invoiceTotal.']);
    expect(asked).toMatchObject({ code: 'commit_pushed', branches: [], pull: null });
    expect(asked.comments).toHaveLength(1);
    expect(text()).toBe('even');
    const trailers = room.git('log', '-1', '--format=%(trailers:only,unfold)', pull.head.ref);
    expect(trailers).toMatch(/^Requested-by: ada <[\s\S]*^Conductor-Cause: changes_requested$/m);
  });

  it('S2-37: that mentions Conductor on a line as well is one run, not two', async () => {
    const before = room.runs().length;
    const asked = await review('ada', 'See there.', ['@conductor ask why so?']);
    expect(asked.code).toBe('commit_pushed');
    expect(room.runs()).toHaveLength(before + 1);
    expect(text()).toBe('askedOnALine');
  });

  it('S2-37: that mentions Conductor itself is that command, with its line comments', async () => {
    const before = room.runs().length;
    const asked = await review('ada', '@conductor fix only this', ['Name it.']);
    expect(room.runs()).toHaveLength(before + 1);
    expect(asked.code).toBe('commit_pushed');
    expect(text()).toBe('mentioned');
  });

  it('S2-37: that mentions Conductor itself and on a line is those two commands, each done once', async () => {
    const before = room.runs().length;
    const onLines = ['@conductor fix: rename it here', 'Why?'];
    const asked = await review('ada', '@conductor ask explain yourself', onLines);
    expect(asked.status).toContain('Because.');
    expect(text()).toBe('onTheLine');
    expect(room.runs()).toHaveLength(before + 2);
  });

  it('S2-37: by a bot is no request, so that its mention on a line is one', async () => {
    const { simulator, repository } = room;
    const post = async (path: string, body: unknown) => {
      const token = simulator.jobToken(repository, { issues: 'write', pull_requests: 'write' });
      const response = await fetch(`${simulator.url}/repos/${repository}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
      return (await response.json()) as { readonly user: { readonly id: number } };
    };
    const { user } = await post(`/issues/${pull.number}/comments`, { body: 'Hello.' });
    const config = { ...CONFIG, ...ON, security: { allowed_bots: [user.id] } };
    const files = { '.github/conductor.yml': JSON.stringify(config) };
    await simulator.as('ada').push({ repo: repository, branch: 'main', files });
    await room.settled();
    const before = room.runs().length;
    const comments = [{ path: 'src/total.js', line: 1, body: '@conductor fix: rename it here' }];
    await post(`/pulls/${pull.number}/reviews`, { event: 'REQUEST_CHANGES', body: 'No.', comments });
    await room.settled();
    expect(room.runs().slice(before)).toMatchObject([{ conclusion: 'refused' }]);
    const reply = simulator.reviewComments(repository, pull.number).at(-1);
    expect(reply?.body).toContain('no_permission');
  });

  it('S0-30: by somebody who may not write changes nothing, and is not answered', async () => {
    const before = head();
    const asked = await review('visitor', 'Half to even, please.', ['Name it invoiceTotal.']);
    expect(asked).toMatchObject({ comments: [], changing: [], reactions: [] });
    expect(asked.run?.conclusion).toBe('refused');
    expect(head()).toBe(before);
  });

  it('S2-37: and only that: a review that comments asks for nothing, unless it mentions', async () => {
    expect(await review('ada', 'Half to even, please.', [], 'COMMENT')).toMatchObject({ run: null });
    await review('ada', 'See there.', ['@conductor ask: explain yourself'], 'COMMENT');
    const reply = room.simulator.reviewComments(room.repository, pull.number).at(-1);
    expect(reply?.body).toContain('I rounded.');
  });

  it('S2-37: on a person’s pull request it asks for nothing', async () => {
    const ada = room.simulator.as('ada');
    await ada.push({ repo: room.repository, branch: 'mine', files: { 'src/total.js': 'mine\n' } });
    const body = '<!-- conductor:pull-request run=r000000000000 -->';
    const mine = await ada.openPull({ repo: room.repository, head: 'mine', title: 'Mine', body });
    await room.settled();
    const asked = await review('visitor', 'Half to even.', [], 'REQUEST_CHANGES', mine.number);
    expect(asked).toMatchObject({ run: null, comments: [], calls: [] });
  });
});

describe.each([
  ['App', 'app', false],
  ['Action', 'action', true],
] as const)('a review that requests changes (%s)', (_, form, counts) => {
  it(`S2-37: asks for ${counts ? 'changes where the config says so' : 'nothing where the config does not say so, nor do failing checks'}`, async () => {
    const config = { follow_up: { changes_requested: counts } };
    const room = await stage({ files: FILES, script: SCRIPT, config }, { form });
    const { pull } = await room.ask('ada', '@conductor fix: correct the rounding');
    const number = pull?.number ?? 0;
    const asked = await room.during(number, async () => {
      const body = 'Half to even, please.';
      const comments = [{ path: 'src/total.js', line: 1, body: 'Name it invoiceTotal.' }];
      const review = { repo: room.repository, number, event: 'REQUEST_CHANGES', body, comments } as const;
      await room.simulator.as('ada').review(review);
      return undefined;
    });
    if (counts) expect(asked).toMatchObject({ code: 'commit_pushed', run: { conclusion: 'done' } });
    else expect(asked).toMatchObject({ run: null, comments: [], calls: [] });
    if (counts) return;

    const failed = await room.during(number, async () => {
      const job = { name: 'test', conclusion: 'failure' } as const;
      await room.simulator.ci(room.repository).report(pull?.head.sha ?? '', job);
      return undefined;
    });
    expect(failed).toMatchObject({ run: null, comments: [], calls: [] });
  });
});
