import { describe, expect, it } from 'vitest';
import { rehearse } from '../../src/hosts/rehearsal.ts';
import { readScenario } from '../../src/hosts/scenario.ts';
import type { LoggedCall } from '../../src/simulator/call-log.ts';
import { validateExchange } from '../openapi/validate-exchange.ts';
import { stage } from './stage.ts';
import { edits, says, use } from './story.ts';
import { withoutGraphql } from './without-graphql.ts';

const SCENARIO = new URL('../../examples/scenarios/rounding-bug', import.meta.url).pathname;

/** Every way in which exchanges are not GitHub's, one line each, with how often. */
function mismatches(calls: readonly LoggedCall[]): string[] {
  const found = new Map<string, number>();
  for (const call of calls) {
    const url = new URL(call.path, 'http://simulator');
    const verdict = validateExchange({
      method: call.method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      requestBody: call.request?.body ?? undefined,
      status: call.status,
      responseBody: asSent(call.response?.body),
      contentType: call.response?.headers['content-type'],
    });
    if (verdict.ok) continue;
    const problems = 'unknownRoute' in verdict ? ['is no route that GitHub describes'] : verdict.problems;
    for (const problem of problems) {
      const line = `${call.route} (${call.status}): ${problem}`;
      found.set(line, (found.get(line) ?? 0) + 1);
    }
  }
  return [...found].map(([line, times]) => `${times}x ${line}`);
}

const asSent = (body: unknown): unknown =>
  body === undefined || body === null ? undefined : JSON.parse(JSON.stringify(body));

/** Who made the calls, and that none was left out because nothing was recorded. */
function recorded(calls: readonly LoggedCall[], by: string): readonly LoggedCall[] {
  expect(calls.filter(({ request }) => request === undefined)).toEqual([]);
  expect(calls.filter(({ actor }) => actor === by).length).toBeGreaterThan(5);
  return calls;
}

describe('every request and every answer of a whole story is one that GitHub describes', () => {
  it.concurrent.each([
    ['app', 'conductor[bot]', 'GraphQL'],
    ['app', 'conductor[bot]', 'REST only'],
    ['action', 'github-actions[bot]', 'GraphQL'],
  ] as const)('the shipped three-act scenario, as %s (%s, %s)', async (form, by, spoken) => {
    const scenario = await readScenario(SCENARIO);
    const rehearsal = await rehearse(scenario, { form, record: true });
    try {
      if (spoken === 'REST only') withoutGraphql(rehearsal.simulator);
      for (const act of scenario.acts) await rehearsal.play(act);
      expect(rehearsal.runs().map(({ conclusion }) => conclusion)).toEqual(['done', 'refused', 'done']);
      expect(mismatches(recorded(rehearsal.simulator.calls, by))).toEqual([]);
    } finally {
      await rehearsal.close();
    }
  });

  it.concurrent('pull requests, reviews, config checks and refusals, as app', async () => {
    const room = await stage(
      {
        script: [
          edits('add a file', 'Added.', use('write_file', { path: 'new.txt', content: 'new\n' })),
          says('', 'Answered.'),
        ],
      },
      { record: true },
    );
    const { simulator, repository } = room;
    const person = simulator.as('ada');
    await person.push({
      repo: repository,
      branch: 'topic',
      files: { '.github/conductor.yml': 'triger: x\n' },
    });
    const { number } = await person.openPull({ repo: repository, head: 'topic', title: 'A topic' });
    await room.settled();
    expect((await simulator.checkRuns(repository)).map(({ conclusion }) => conclusion)).toEqual(['failure']);

    await room.ask('ada', '@conductor fix: add a file', number);
    await room.ask('visitor', '@conductor fix: add a file', number);
    await room.during(number, async () => {
      const comments = [{ path: '.github/conductor.yml', line: 1, body: '@conductor ask why?' }];
      const body = '@conductor ask what?';
      await person.review({ repo: repository, number, event: 'COMMENT', body, comments });
      return undefined;
    });
    await room.openIssue('A question', '@conductor what is this?');
    expect(room.runs().map(({ conclusion }) => conclusion)).toEqual([
      'done',
      'refused',
      'done',
      'done',
      'done',
    ]);
    expect(mismatches(recorded(simulator.calls, 'conductor[bot]'))).toEqual([]);
  });

  it('an exchange that GitHub does not describe is found', async () => {
    const room = await stage({ script: [says('', 'Answered.')] }, { record: true, rest: true });
    await room.ask('ada', '@conductor hello');
    const call = room.simulator.calls.find(
      ({ method, route, actor }) =>
        method === 'POST' && route !== 'POST /graphql' && actor === 'conductor[bot]',
    );
    if (!call?.request || !call.response) throw new Error('nothing was recorded');
    const wrong = { ...call, request: { ...call.request, body: { contents: 'eyes' } } };
    const answered = { ...call, response: { ...call.response, body: { id: 'seven' } } };
    expect(mismatches([call])).toEqual([]);
    expect(mismatches([wrong])).not.toEqual([]);
    expect(mismatches([answered])).not.toEqual([]);
  });
});
