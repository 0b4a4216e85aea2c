import { createHash } from 'node:crypto';
import { type RequestOptions, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../messages/written-secret.ts';
import { type Collector, openCollector, treeOf } from '../web/collector.ts';
import { runJob } from './action-job.ts';
import { keptLog } from './log-lines.ts';
import { type Restartable, restartable } from './restartable.ts';
import { edits, type Scene, type Story, says, use } from './story.ts';

const TOKEN = 'q8Zr4Tn2Vx6Lm0Pw';
const KEY = 'tK7wQ2zX9pL4mN8vB3cR6';
const CANARY = 'the words of the prompt and of the answer';
const makes = (when: string, path: string): Scene => ({
  when: [when],
  turns: [
    { tool_calls: [use('read_file', { path: 'README.md' })], usage: { input: 500, output: 20 } },
    ...edits(when, 'Made.', use('write_file', { path, content: '1\n' })).turns,
  ],
});
const SCRIPT: Story['script'] = [
  says('two and two', CANARY),
  makes('make three', 'three.txt'),
  makes('make four', 'four.txt'),
  { when: ['nobody is there'], turns: [{ error: { code: 'model_auth', message: 'No.' } }] },
];

/** Samples of the page by their name with its labels. */
async function figures(room: Restartable): Promise<(name: string) => number> {
  // The page is not older than a second.
  await setTimeout(1_050);
  const response = await fetch(`${room.url()}/metrics`);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const samples = new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
  return (name) => samples.get(name) ?? 0;
}

describe('a run, observed', () => {
  const log = keptLog();
  let collector: Collector;
  let room: Restartable;

  beforeAll(async () => {
    collector = await openCollector();
    room = await restartable(
      { script: SCRIPT, config: { policy: { auto: { enabled: true, paths: ['four.txt'] } } } },
      {
        log: log.write,
        stored: { databaseUrl: null },
        variables: {
          METRICS_TOKEN: TOKEN,
          OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/`,
          OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=acme%20corp,authorization=Bearer%20abc',
        },
      },
    );
  }, 90_000);
  afterAll(() => collector.close());

  it('S0-32: its lines say which delivery asked for it, also though it waited in the database', async () => {
    const asked = await room.ask('ada', '@conductor ask: two and two');
    expect(asked.code).toBe('answered');
    const delivery = room.deliveryOf(asked.comment).guid;
    const line = { delivery, event: 'issue_comment.created', thread: asked.thread, repository: 'acme/shop' };
    for (const msg of ['run accepted', 'run begun', 'run ended'])
      expect(log.named(msg)).toMatchObject([line]);
  });

  it('S0-32, S2-31: /metrics has runs, messages, latency, load, cost and merges, and they move', async () => {
    const earlier = await figures(room);
    const asked = await room.ask('ada', '@conductor fix: make four');
    expect(asked.code).toBe('pull_request_opened');
    await room.simulator.as('ada').merge({ repo: room.repository, number: asked.pull?.number ?? 0 });
    await room.settled();
    const later = await figures(room);
    const moved = (name: string) => later(name) - earlier(name);
    const model = 'scripted/demo';
    expect(moved('conductor_runs_total{outcome="done",agent="coder"}')).toBe(1);
    expect(
      moved('conductor_messages_total{event="issue_comment"}'),
      'the person’s and Conductor’s',
    ).toBeGreaterThan(1);
    expect(moved(`conductor_model_call_duration_seconds_count{model="${model}"}`)).toBe(2);
    expect(moved(`conductor_model_call_duration_seconds_bucket{le="+Inf",model="${model}"}`)).toBe(2);
    expect(moved(`conductor_tokens_total{model="${model}",kind="input"}`)).toBe(1_500);
    expect(moved(`conductor_tokens_total{model="${model}",kind="output"}`)).toBe(120);
    expect(moved('conductor_webhook_deliveries_total{event="issue_comment",result="accepted"}')).toBe(1);
    expect(moved('conductor_webhook_answer_seconds_count')).toBeGreaterThan(2);
    expect(later('conductor_threads_active')).toBe(2);
    expect([later('conductor_runs_waiting'), later('conductor_runs_running')]).toEqual([0, 0]);
    expect(later('conductor_http_connections')).toBeGreaterThan(0);
    const [{ id } = { id: 0 }] = room.simulator.deliveries.map(({ installation }) => ({
      id: installation?.id ?? 0,
    }));
    expect(later(`conductor_github_requests_left{installation="${id}",resource="graphql"}`)).toBeGreaterThan(
      0,
    );
    const repository = room.simulator.deliveries[0]?.repositoryId;
    const cost = `conductor_cost_usd_total{agent="coder",model="${model}",repository="${repository}"}`;
    expect(moved(cost)).toBeCloseTo((1_500 * 4 + 120 * 20) / 1_000_000, 9);
    expect(moved(`conductor_pull_requests_merged_total{repository="${repository}"}`)).toBe(1);
  });

  it.each([
    ['on this machine', {}, 200],
    ['for somebody else, through a proxy here', { 'x-forwarded-for': '203.0.113.9' }, 404],
    ['through a proxy that says so the other way', { forwarded: 'for=203.0.113.9' }, 404],
    [
      'through a proxy, with the token',
      { 'x-forwarded-for': '203.0.113.9', authorization: `Bearer ${TOKEN}` },
      200,
    ],
    ['through a proxy, with another token', { via: '1.1 x', authorization: `Bearer ${TOKEN}x` }, 404],
    ['for another name than this machine’s, as a page in a browser may', { host: 'evil.test' }, 404],
  ])('SEC: /metrics, asked %s', async (_who, headers, status) => {
    const { hostname, port } = new URL(room.url());
    expect(await statusOf({ hostname, port, path: '/metrics', headers })).toBe(status);
  });

  it('S0-33: a run is one trace, whose spans nest: run, agent, calls and tools, policy, what was published', async () => {
    collector.requests.length = 0;
    const asked = await room.ask('ada', '@conductor fix: make three');
    await sent(collector, 1);
    const spans = collector.spans();
    expect(treeOf(spans)).toBe(
      [
        'invoke_workflow conductor run',
        '  gather_facts',
        '  invoke_agent coder',
        '    chat demo',
        '    execute_tool read_file',
        '    chat demo',
        '    execute_tool write_file',
        '    execute_tool finish',
        '  policy',
        '  publish branch',
        '  publish commit',
        '  publish pull_request',
        '  tell check_run',
        '  tell check_run',
        '  tell comment',
      ].join('\n'),
    );
    const [root] = spans;
    const traceId = createHash('sha256')
      .update(asked.run?.run ?? '')
      .digest('hex')
      .slice(0, 32);
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    expect(
      Object.fromEntries(root?.attributes.map(({ key, value }) => [key, Object.values(value)[0]]) ?? []),
    ).toMatchObject({
      'conductor.run': asked.run?.run,
      'conductor.delivery': room.deliveryOf(asked.comment).guid,
      'conductor.outcome': 'done',
    });
    expect(collector.requests[0]).toMatchObject({
      path: '/v1/traces',
      headers: { 'content-type': 'application/json', 'x-tenant': 'acme corp', authorization: 'Bearer abc' },
    });
  });

  it('S0-33: no word of a prompt or an answer is in a trace', async () => {
    collector.requests.length = 0;
    await room.ask('ada', '@conductor ask: two and two');
    await sent(collector, 1);
    expect(collector.requests[0]?.body).not.toContain(CANARY.slice(4, 20));
    expect(collector.requests[0]?.body).not.toContain('two and two');
  });

  it('S0-33: a job of the Action sends its trace, too; one that can’t be sent is told without the collector’s key', async () => {
    await room.ask('ada', 'Just a word.');
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');
    collector.requests.length = 0;
    const variables = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_HEADERS: `x-key=${KEY}`,
    };
    await runJob(room, event, { prompt: 'two and two' }, variables);
    expect(treeOf(collector.spans())).toContain(
      'invoke_workflow conductor run\n  gather_facts\n  invoke_agent',
    );
    const away = `http://127.0.0.1:1/${KEY}`;
    const job = await runJob(
      room,
      event,
      { prompt: 'two and two' },
      { ...variables, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: away },
    );
    expect(job).toMatchObject({ exitCode: 0, outputs: { conclusion: 'done' } });
    expect(job.log).toContain('A trace was not sent: ');
    expect(readable(KEY, job.log)).toEqual([]);
  });

  it('S0-33: a run that fails says with which code; a collector that is away or refuses touches no run, and is told', async () => {
    collector.requests.length = 0;
    log.clear();
    collector.answer(503);
    const asked = await room.ask('ada', '@conductor ask: nobody is there');
    expect(asked.code).toBe('model_auth');
    await sent(collector, 1);
    const failed = collector.spans().filter(({ status }) => status.code === 2);
    expect(failed.map(({ name, status }) => `${name}: ${status.message}`)).toEqual([
      'invoke_workflow conductor run: model_auth',
      'chat demo: model_auth',
    ]);
    await setTimeout(50);
    expect(log.named('a trace was not sent')).toMatchObject([{ error: 'The collector answered 503.' }]);
    await collector.close();
    const next = await room.ask('ada', '@conductor ask: two and two');
    expect(next.code).toBe('answered');
    await setTimeout(50);
    expect(log.named('a trace was not sent')).toHaveLength(2);
  });
});

/** Node's own client: fetch does not let the Host header be chosen. */
function statusOf(options: RequestOptions): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asking.on('error', reject).end();
  });
}

async function sent(collector: Collector, requests: number): Promise<void> {
  for (let waited = 0; waited < 5_000 && collector.requests.length < requests; waited += 20)
    await setTimeout(20);
  expect(collector.requests).toHaveLength(requests);
}
