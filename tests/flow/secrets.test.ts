import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readable, WRITINGS } from '../messages/written-secret.ts';
import { runJob } from './action-job.ts';
import { type Asked, type Stage, stage } from './stage.ts';
import { edits, finish, type Scene, says, use } from './story.ts';

/** As a vendor's key, in the environment of the process that works. */
const CANARY = ['sk', 'ant', 'api03', 'Qw8rTz4kLmN0pXcVb2HjGf7dSaY1uIoE3xK9'].join('-');
const everyWriting = Object.entries(WRITINGS)
  .map(([how, write]) => `${how}: ${write(CANARY)}`)
  .join('\n\n');
const inTwo = `It begins ${CANARY.slice(0, 22)} and goes on, much later, ${CANARY.slice(22)}.`;
const clean = use('write_file', { path: 'two.txt', content: '2\n' });

const file = (when: string, path: string, content: string): Scene =>
  edits(when, 'Done.', use('write_file', { path, content }));
const SCRIPT: readonly Scene[] = [
  says('say it', everyWriting),
  says('tell it in two', inTwo),
  edits('into the words', `${CANARY.slice(7)}\n\n${everyWriting}\n\n${inTwo}`, clean),
  {
    when: ['while looking'],
    turns: [
      {
        tool_calls: [
          use(CANARY, {}),
          use('read_file', { path: `${CANARY}.txt` }),
          use('search', { query: CANARY }),
        ],
      },
      { tool_calls: [clean, finish(CANARY)] },
    ],
  },
  { when: ['as a question'], turns: [{ tool_calls: [use('ask_person', { question: `Is it ${CANARY}?` })] }] },
  {
    when: ['by failing'],
    turns: [{ error: { code: 'model_auth', message: `The key ${CANARY} is wrong.` } }],
  },
  file('plainly into a file', 'two.txt', `key = ${CANARY}\n`),
  file('into a file in base64', 'two.txt', `${Buffer.from(`a${CANARY}`).toString('base64')}\n`),
  file('into a path', `docs/${CANARY}.md`, 'x\n'),
];

/** All that Conductor has sent to GitHub since, as text; and what GitHub shows of it. */
function sent(room: Stage, { calls, comments, checks, pull, branches }: Asked): string {
  const requests = calls.map(({ path, request }) => `${path} ${JSON.stringify(request?.body ?? '')}`);
  expect(requests.length).toBeGreaterThan(0);
  const log = branches.map((branch) => room.git('log', '--format=%B', branch));
  return [...requests, ...comments, ...log, JSON.stringify([checks, pull, branches])].join('\n');
}

describe('S2-29, SEC-3: a model that knows a secret of the process, and puts it wherever it may write', () => {
  let room: Stage;
  beforeAll(async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', CANARY);
    room = await stage({ script: SCRIPT }, { record: true });
  });
  afterAll(() => vi.unstubAllEnvs());

  it.each([
    ['in an answer', 'say it', 'answered'],
    ['in an answer, in two parts', 'tell it in two', 'answered'],
    ['in a summary, and so in title, body, commit and checks', 'into the words', 'pull_request_opened'],
    ['as the name of a tool, and in what is looked for', 'while looking', 'pull_request_opened'],
    ['in a question', 'as a question', 'question_asked'],
    ['in the words of a failure', 'by failing', 'model_auth'],
  ])('%s: none of it reaches GitHub, and what was taken away is seen', async (_where, words, code) => {
    const asked = await room.ask('ada', `@conductor ${words}`);
    expect(asked.code).toBe(code);
    expect(readable(CANARY, sent(room, asked))).toEqual([]);
    expect(asked.comments.join('\n')).toContain('[secret removed]');
  });

  it.each(['plainly into a file', 'into a file in base64', 'into a path'])(
    '%s: nothing is written, shown or altered, and the thread is told why',
    async (words) => {
      for (const verb of ['fix', 'preview']) {
        const asked = await room.ask('ada', `@conductor ${verb} ${words}`);
        expect(asked.code).toBe('secret_in_change');
        expect([asked.branches, asked.pull, asked.changing]).toEqual([[], null, []]);
        expect(readable(CANARY, sent(room, asked))).toEqual([]);
      }
    },
  );

  it('in a job of the Action, neither log, outputs nor GitHub have any of it', async () => {
    const { thread } = await room.ask('ada', 'Just a word.');
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');
    for (const prompt of ['into the words', 'by failing', 'fix plainly into a file']) {
      const asked = await room.during(thread, async () => {
        const job = await runJob(room, event, { prompt, anthropic_api_key: CANARY });
        expect(
          readable(CANARY, `${job.log.replace(`::add-mask::${CANARY}`, '')}${JSON.stringify(job.outputs)}`),
        ).toEqual([]);
        return undefined;
      });
      expect(readable(CANARY, sent(room, asked))).toEqual([]);
    }
  });
});
