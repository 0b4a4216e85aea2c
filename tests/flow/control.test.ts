import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Stage, stage } from './stage.ts';
import { edits, says, use } from './story.ts';

/** The App with its database, as people run it: one for all of this file. */
let room: Stage;

const LONG = 30_000;
const read = use('read_file', { path: 'src/total.js' });

beforeAll(async () => {
  room = await stage(
    {
      config: {
        session: { timeout_minutes: 30, max_participants: 1 },
        security: { rate_limit_per_minute: 30 },
        follow_up: { failing_checks: true },
      },
      script: [
        { when: ['slowly'], turns: [{ tool_calls: [read] }, { delay_ms: LONG, text: 'Too late.' }] },
        {
          when: ['falter'],
          turns: [
            { tool_calls: [read], usage: { input: 1_000, output: 100 } },
            { error: { code: 'model_auth', message: 'The key is wrong.' } },
          ],
        },
        edits(
          'rounding',
          'Rounds.',
          use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
        ),
        says('', 'Hello.'),
      ],
    },
    { form: 'app', runner: 'durable', statusEveryMs: 100 },
  );
}, 30_000);

const say = (number: number, body: string, by = 'ada') =>
  room.simulator.as(by).comment({ repo: room.repository, number, body });

const comments = (number: number) =>
  room.simulator
    .comments(room.repository, number)
    .filter(({ user }) => user?.login === 'conductor[bot]')
    .map(({ body }) => body ?? '');

/** Waits until Conductor has said something that holds these words. */
async function until(number: number, words: string, withinMs = 10_000): Promise<string> {
  for (const end = Date.now() + withinMs; Date.now() < end; await setTimeout(20)) {
    const found = comments(number).find((body) => body.includes(words));
    if (found) return found;
  }
  throw new Error(`Nobody said ${words}: ${comments(number).join('\n---\n')}`);
}

const code = (status: string) => /<sub>[a-z]+ · ([a-z_]+) · /.exec(status)?.[1];

describe('stop', () => {
  it('S1-26: ends a long run, and those that wait behind it, within five seconds, and says who did', async () => {
    const number = await room.openIssue();
    await say(number, '@conductor fix it slowly');
    await until(number, 'Think: 1 model call');
    await say(number, '@conductor fix the rounding bug');
    await until(number, 'Waiting: one request of this thread comes first.');
    const asked = performance.now();
    await say(number, '@conductor stop');
    const answer = await until(number, 'stopped_runs');
    await room.settled();
    expect(performance.now() - asked).toBeLessThan(5_000);
    expect(answer).toContain('ada stopped:');
    expect(
      comments(number).filter((body) => body.includes('⏹️ Stopped by ada. Nothing was changed.')),
    ).toHaveLength(2);
    expect(comments(number)).toHaveLength(3);
    expect(await room.simulator.pulls(room.repository)).toEqual([]);
  });

  it('S1-26: is refused to people who may not write, and stops nothing', async () => {
    const number = await room.openIssue();
    await say(number, '@conductor ask slowly');
    await until(number, 'Think: 1 model call');
    await say(number, '@conductor stop', 'visitor');
    await until(number, 'no_permission');
    expect(comments(number).some((body) => body.includes('Working.'))).toBe(true);
    await say(number, '@conductor stop');
    await room.settled();
    expect(comments(number).some((body) => body.includes('⏹️ Stopped by ada.'))).toBe(true);
  });

  it('says so when there is nothing to stop', async () => {
    const asked = await room.ask('ada', '@conductor stop');
    expect(asked.code).toBe('nothing_to_stop');
  });
});

describe('what takes the ground away', () => {
  it('R31: an issue that is closed ends its run; nothing is written', async () => {
    const number = await room.openIssue();
    await say(number, '@conductor fix it slowly');
    await until(number, 'Think: 1 model call');
    await room.simulator.as('ada').closeIssue({ repo: room.repository, number });
    expect(code(await until(number, 'because ada closed or locked this'))).toBe('thread_ended');
  });

  it('R31: a request that is deleted ends its run', async () => {
    const number = await room.openIssue();
    const { id } = await say(number, '@conductor fix it slowly');
    await until(number, 'Think: 1 model call');
    await room.simulator.as('ada').deleteComment({ repo: room.repository, id });
    expect(code(await until(number, 'because ada deleted the request'))).toBe('comment_deleted');
  });
});

describe('retry', () => {
  it('S2-8: goes on from the step that failed; the model call before it is not paid again', async () => {
    const failed = await room.ask('ada', '@conductor ask and falter');
    expect(failed).toMatchObject({ code: 'model_auth', run: { conclusion: 'failed' } });
    const again = await room.ask('ada', '@conductor retry', failed.thread);
    expect(again.comments.join('\n')).toContain('Goes on from the step `model-coder-2`');
    const status = comments(failed.thread).find(
      (body) => body.includes(failed.run?.run ?? '-') && body.includes('status run='),
    );
    // Failed at the same place again, having paid for the first call once.
    expect(status).toContain('$0.0060 of $5.00');
  });

  it('is refused when the last run did not fail', async () => {
    const done = await room.ask('ada', '@conductor ask hello');
    expect(done.code).toBe('answered');
    expect((await room.ask('ada', '@conductor retry', done.thread)).code).toBe('nothing_to_retry');
  });
});

describe('status', () => {
  it('S1-2: lists the runs of the thread', async () => {
    const done = await room.ask('ada', '@conductor ask hello');
    const { status } = await room.ask('ada', '@conductor status', done.thread);
    expect(status).toContain(`\`${done.run?.run}\` · ask · asked by ada · done (answered)`);
  });
});

describe('why', () => {
  it('S0-31: tells the story of the thread’s newest run, or of any run of the repository, and of no other', async () => {
    const { thread, status } = await room.ask('ada', '@conductor ask hello');
    const run = /run (r[0-9a-f]{12})/.exec(status)?.[1] ?? '';
    const newest = await room.ask('ada', '@conductor why', thread);
    expect(newest.code).toBe('why_told');
    expect(newest.status).toContain('- ada asked for ask in #');
    expect(newest.status).toContain('It ended done (answered)');
    const named = await room.ask('ada', `@conductor why ${run}`);
    expect(named.status).toContain('It ended done (answered)');
    expect((await room.ask('ada', '@conductor why r000000000000', thread)).code).toBe('no_such_run');
  });
});

describe('limits', () => {
  it('S0-15: an agent too many is refused politely, and nothing runs', async () => {
    const done = await room.ask('ada', '@conductor ask hello');
    const refused = await room.ask('ada', '@conductor reviewer: and you?', done.thread);
    expect(refused.code).toBe('too_many_participants');
    expect(refused.status).toContain('`coder`');
  });

  it('S1-31: a thread gets three runs in ten minutes, then one notice, then silence', async () => {
    const { thread } = await room.ask('ada', '@conductor ask hello');
    await room.ask('ada', '@conductor ask hello', thread);
    await room.ask('ada', '@conductor ask hello', thread);
    const notice = await room.ask('ada', '@conductor ask hello', thread);
    expect(notice.code).toBe('loop_breaker');
    expect(notice.status).toContain('in 10 minutes');
    const silence = await room.ask('ada', '@conductor ask hello', thread);
    expect(silence.comments).toEqual([]);
  });

  it('S0-29: someone who may not write is told so once, not every time', async () => {
    const first = await room.ask('visitor', '@conductor ask hello');
    expect(first.code).toBe('no_permission');
    const second = await room.ask('visitor', '@conductor ask hello', first.thread);
    expect(second.comments).toEqual([]);
  });
});

describe('a repository that moves', () => {
  it('R14: renamed in the middle of a run, it gets its pull request all the same', async () => {
    const number = await room.openIssue();
    room.simulator.faults.after('operation Acknowledge', async () => {
      await room.simulator.renameRepository(room.repository, 'store');
    });
    await say(number, '@conductor fix the rounding bug');
    await room.settled();
    expect(await room.simulator.pulls('acme/store')).toHaveLength(1);
    expect(room.runs().at(-1)).toMatchObject({ conclusion: 'done' });
    await room.simulator.renameRepository('acme/store', 'shop');
  });
});

describe('a repair that nobody asked for', () => {
  it('S1-26: ends when somebody says stop', async () => {
    const { pull } = await room.ask('ada', '@conductor fix the rounding bug');
    if (!pull) throw new Error('no pull request was opened');
    const job = { name: 'test', conclusion: 'failure', summary: 'It runs slowly.' } as const;
    await room.simulator.ci(room.repository).report(pull.head.sha, job);
    await until(pull.number, 'Think: 1 model call');
    await say(pull.number, '@conductor stop');
    await until(pull.number, 'stopped_runs');
    await room.settled();
    expect(comments(pull.number).join()).toContain('⏹️ Stopped by ada. Nothing was changed.');
    expect(room.git('rev-parse', pull.head.ref)).toBe(pull.head.sha);
  });
});

describe('an App that is taken away', () => {
  it('in the middle of a run: the run ends, and GitHub is not called any more', async () => {
    const number = await room.openIssue();
    await say(number, '@conductor fix it slowly');
    await until(number, 'Think: 1 model call');
    room.simulator.uninstall(room.simulator.deliveries[0]?.installation?.id ?? 0);
    await room.settled();
    const from = room.simulator.calls.length;
    await setTimeout(1_500);
    expect(room.simulator.calls.slice(from)).toEqual([]);
    expect(room.runs().at(-1)).toMatchObject({ conclusion: 'stopped' });
  });
});
