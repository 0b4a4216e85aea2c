import { beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../messages/written-secret.ts';
import { keptLog } from './log-lines.ts';
import { type Restartable, restartable } from './restartable.ts';
import { edits, type Story, says, use } from './story.ts';

const CANARY = ['sk', 'ant', 'api03', 'Zt4vBn8mQx2wLk6jHg0fDs5aPo9iUy7tRe1E'].join('-');
const SCRIPT: Story['script'] = [
  says('two and two', 'Four.'),
  edits('make three', 'Made.', use('write_file', { path: 'three.txt', content: '3\n' })),
  {
    when: ['tell the key'],
    turns: [{ error: { code: 'model_auth', message: `https://x.test/?key=${CANARY} was refused.` } }],
  },
  {
    when: ['nobody is there'],
    turns: [{ error: { code: 'model_unavailable', message: 'Away.' } }],
  },
];
const PULLS = 'POST /repos/{owner}/{repo}/pulls';

describe('the log of the App', () => {
  const log = keptLog();
  let room: Restartable;

  beforeAll(async () => {
    const variables = { ANTHROPIC_API_KEY: CANARY };
    room = await restartable({ script: SCRIPT }, { log: log.write, rest: true, variables });
  });

  /** Fields that say where a line belongs. */
  function placeOf(asked: {
    readonly thread: number;
    readonly comment: number;
    readonly run: { run: string } | null;
  }) {
    const { guid } = room.deliveryOf(asked.comment);
    const { run } = asked.run ?? { run: '' };
    return {
      run,
      thread: asked.thread,
      repository: 'acme/shop',
      delivery: guid,
      event: 'issue_comment.created',
    };
  }

  it('S0-32: a run is a line when it is accepted, when it begins, and when it ends; each says where it belongs', async () => {
    const number = await room.openIssue();
    log.clear();
    const asked = await room.ask('ada', '@conductor fix: make three', number);
    expect(asked.code).toBe('pull_request_opened');
    const place = placeOf(asked);
    const lines = log.lines().filter(({ run }) => run === place.run);
    expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
      'info run accepted',
      'info run begun',
      'info run ended',
    ]);
    for (const line of lines) expect(line).toMatchObject(place);
    expect(lines.at(-1)).toMatchObject({
      outcome: 'done',
      code: 'pull_request_opened',
      agent: 'coder',
      model: 'scripted/demo',
      cost_usd: 0.006,
      input_tokens: 1_000,
      output_tokens: 100,
      duration_ms: expect.any(Number),
    });
    const made = asked.calls.filter(
      ({ route }) => !/access_tokens|git-upload-pack|info\/refs|^GET \/app$/.test(route),
    );
    expect(lines.at(-1)?.requests, 'requests of the run itself').toBeGreaterThan(3);
    expect(lines.at(-1)?.requests).toBeLessThanOrEqual(made.length);
  });

  it('S1-33: after a GitHub 500 the line has delivery, thread, event and code, and the comment has the same code', async () => {
    const number = await room.openIssue();
    log.clear();
    room.simulator.faults.add({ route: PULLS, kind: 'fail-before', status: 500, times: 9 });
    const asked = await room.ask('ada', '@conductor fix: make three', number);
    room.simulator.faults.clear();
    expect(asked.code).toBe('github_unavailable');
    const place = placeOf(asked);
    const [ended] = log.named('run ended');
    expect(ended).toMatchObject({ ...place, level: 'error', outcome: 'failed', code: asked.code });
    const repeats = log.named('step repeated');
    expect(repeats, 'a line for each repetition').toHaveLength(2);
    expect(
      log.lines().filter(({ level }) => level === 'error'),
      'one line for one failure',
    ).toHaveLength(1);
    for (const line of repeats) expect(line).toMatchObject({ ...place, level: 'warn', code: asked.code });
  });

  it('S1-33: a delivery that can’t be answered as it should leaves a line with its name, event and code', async () => {
    log.clear();
    const response = await fetch(`${room.url()}/api/github/webhooks`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'issues',
        'x-github-delivery': 'd-1',
        'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
      },
      body: '{}',
    });
    expect(response.status).toBe(401);
    const line = { delivery: 'd-1', event: 'issues', code: 'wrong_signature' };
    expect(log.named('delivery refused')).toMatchObject([line]);
  });

  it('S0-32: a model that fails, and each time that it is asked again, is a line', async () => {
    const number = await room.openIssue();
    log.clear();
    const asked = await room.ask('ada', '@conductor ask: nobody is there', number);
    expect(asked.code).toBe('model_unavailable');
    const line = { ...placeOf(asked), code: 'model_unavailable', model: 'scripted/demo' };
    expect(log.named('model call failed')).toMatchObject([line, line, line]);
    expect(log.named('run ended')).toMatchObject([{ ...line, level: 'error', outcome: 'failed' }]);
  });

  it('S2-30: `logging.level: warn` of a repository takes its runs’ info lines away, and keeps failures', async () => {
    const quiet = keptLog();
    const other = await restartable(
      { script: SCRIPT, config: { logging: { level: 'warn' } } },
      { log: quiet.write },
    );
    await other.ask('ada', '@conductor ask: two and two');
    expect(quiet.lines().filter(({ run }) => run !== undefined)).toEqual([]);
    const asked = await other.ask('ada', '@conductor fix: tell the key');
    expect(asked.code).toBe('model_auth');
    expect(quiet.named('run ended')).toMatchObject([{ level: 'error', code: 'model_auth' }]);
  });
});

describe('SEC: secrets in the log', () => {
  it('SEC-3: a key is in no line of any level: not of ours, of Probot’s or of Octokit’s', async () => {
    const log = keptLog();
    const room = await restartable(
      { script: SCRIPT },
      {
        log: log.write,
        logLevel: 'trace',
        variables: { ANTHROPIC_API_KEY: CANARY, METRICS_TOKEN: `${CANARY}x` },
      },
    );
    const asked = await room.ask('ada', '@conductor fix: tell the key');
    expect(asked.code).toBe('model_auth');
    await room.ask('ada', `@conductor ask: ${CANARY} is two and two`);
    for (const headers of [{ 'x-github-event': CANARY }, { 'x-github-delivery': CANARY }, { cookie: CANARY }])
      await fetch(`${room.url()}/api/github/webhooks?key=${CANARY}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-github-event': 'issues',
          'x-github-delivery': 'd',
          ...headers,
        },
        body: CANARY,
      });
    expect(log.named('run ended')).toMatchObject([{ code: 'model_auth' }, { code: 'answered' }]);
    expect(log.named('run event').length, 'S2-30: debug shows every event').toBeGreaterThan(5);
    expect(log.text()).toContain('[secret removed]');
    expect(readable(CANARY, log.text())).toEqual([]);
  });
});
