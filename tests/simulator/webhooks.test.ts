import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhooks } from '@octokit/webhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { APP_ID, type Arranged, arrange, octokit, REPO, WEB } from './arrange.ts';

interface Received {
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
  readonly payload: Record<string, unknown> & { action?: string };
}

let at: Arranged;
let receiver: Server;
let received: Received[];
let status: number;

beforeEach(async () => {
  at = await arrange();
  received = [];
  status = 200;
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers as Record<string, string>, raw, payload: JSON.parse(raw) });
      response.writeHead(status).end('heard');
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  at.github.setWebhookUrl(
    APP_ID,
    `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/api/github/webhooks`,
  );
});

afterEach(async () => {
  await at.github.close();
  receiver.closeAllConnections();
  receiver.close();
});

const verified = (secret: string, raw: string, headers: Received['headers']) =>
  new Webhooks({ secret }).verify(raw, headers['x-hub-signature-256']!);
const names = () =>
  received.map(({ headers, payload }) =>
    [headers['x-github-event'], payload.action].filter(Boolean).join('.'),
  );

describe('a delivery', () => {
  it("is signed over its bytes, named, and carries the App's installation", async () => {
    await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
    await at.github.settled();
    const [{ headers, raw, payload }] = received as [Received];
    expect(await verified('a secret of forty characters, or nearly', raw, headers)).toBe(true);
    expect(await verified('another secret', raw, headers)).toBe(false);
    expect(headers).toMatchObject({
      'x-github-event': 'issues',
      'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
    });
    expect(headers['x-github-delivery']).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(payload).toMatchObject({
      action: 'opened',
      installation: { id: at.installationId },
      repository: { full_name: REPO },
      organization: { login: 'acme' },
      sender: { login: 'alice', type: 'User' },
    });
  });

  it('comes in order, also of what the App itself did, and says when a comment is on a pull request', async () => {
    const bob = at.github.as('bob');
    await bob.push({ repo: REPO, branch: 'change', files: { a: 'a' } });
    const { number } = await bob.openPull({ repo: REPO, head: 'change', title: 'x' });
    await at.app.rest.issues.createComment({ ...WEB, issue_number: number, body: 'on it' });
    await at.github.settled();
    expect(names()).toEqual([
      'create',
      'push',
      'check_suite.requested',
      'pull_request.opened',
      'issue_comment.created',
    ]);
    const { payload } = received.at(-1)!;
    expect(payload).toMatchObject({
      sender: { type: 'Bot' },
      issue: { pull_request: { url: expect.any(String) } },
    });
  });

  it('goes only to Apps that subscribed, and of buttons only to the owner', async () => {
    const { github } = at;
    github.addApp({
      id: 7,
      slug: 'other',
      permissions: { checks: 'write' },
      events: ['check_run'],
      webhookUrl: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    });
    github.install(7, 'acme');
    const { main } = await github.branches(REPO);
    const { data } = await at.app.rest.checks.create({
      ...WEB,
      name: 'c',
      head_sha: main!,
      actions: [{ label: 'Go', description: 'd', identifier: 'go' }],
    });
    await github.as('alice').openIssue({ repo: REPO, title: 'x' });
    await github.pressCheckAction('alice', data.id, 'go');
    await github.settled();
    const heard = github.deliveries
      .filter(({ app }) => app.id === 7)
      .map(({ event, action }) => `${event}.${action}`);
    expect(heard).toEqual(['installation.created', 'check_run.created']);
    expect(names()).toContain('check_run.requested_action');
  });

  it('happens after the answer, and never twice by itself', async () => {
    status = 500;
    await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
    await at.github.settled();
    expect(names()).toEqual(['issues.opened']);
    expect(at.github.deliveries.map((delivery) => delivery.statusCode)).toEqual([500]);
  });

  it('has the same GUIDs in two equal runs', async () => {
    const twin = await arrange();
    twin.github.setWebhookUrl(
      APP_ID,
      at.github.deliveries[0]?.url ?? `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    );
    for (const { github } of [at, twin]) {
      await github.as('alice').openIssue({ repo: REPO, title: 'x' });
      await github.settled();
    }
    await twin.github.close();
    expect(received).toHaveLength(2);
    expect(received[0]?.headers['x-github-delivery']).toBe(received[1]?.headers['x-github-delivery']);
  });
});

describe('the list of deliveries', () => {
  it('shows failures with their codes, by cursor, and delivers again under the same GUID', async () => {
    const alice = at.github.as('alice');
    status = 503;
    await alice.openIssue({ repo: REPO, title: 'lost' });
    await at.github.settled();
    status = 200;
    await alice.openIssue({ repo: REPO, title: 'heard' });
    await at.github.settled();
    const page = (cursor?: string) =>
      at.jwt.rest.apps.listWebhookDeliveries({ per_page: 1, ...(cursor === undefined ? {} : { cursor }) });
    const first = await page();
    expect(first.data.map(({ status_code }) => status_code)).toEqual([200]);
    const cursor = new URL(/<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')![1]!).searchParams.get(
      'cursor',
    )!;
    const [failed] = (await page(cursor)).data;
    expect(failed).toMatchObject({ status_code: 503, event: 'issues', action: 'opened', redelivery: false });
    const { data: failures } = await at.jwt.request('GET /app/hook/deliveries', { status: 'failure' });
    expect(failures).toHaveLength(1);

    const again = await at.jwt.rest.apps.redeliverWebhookDelivery({ delivery_id: failed!.id });
    await at.github.settled();
    expect(again.status).toBe(202);
    const guids = received.map(({ headers }) => headers['x-github-delivery']);
    expect(guids[2]).toBe(guids[0]);
    expect(received[2]?.raw).toBe(received[0]?.raw);
    const { data: whole } = await at.jwt.rest.apps.getWebhookDelivery({ delivery_id: failed!.id });
    expect(whole).toMatchObject({
      request: { payload: { action: 'opened' } },
      response: { payload: 'heard' },
    });
  });

  it('says 502 of a receiver that is not there', async () => {
    at.github.setWebhookUrl(APP_ID, 'http://127.0.0.1:9/');
    await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
    await at.github.settled();
    expect(at.github.deliveries.at(-1)).toMatchObject({
      statusCode: 502,
      status: 'failed to connect to host',
    });
  });
});

describe('events without any App', () => {
  it('reach listeners as a workflow job would read them', async () => {
    const { github } = at;
    await github.addRepository({ owner: 'bob', name: 'own', files: { a: 'a' } });
    const heard: string[] = [];
    const stop = github.onEvent(({ event, action, payload }) =>
      heard.push(`${event}.${action} ${'installation' in payload}`),
    );
    await github.as('eve').openIssue({ repo: 'bob/own', title: 'x' });
    await github.settled();
    stop();
    await octokit(github, github.jobToken('bob/own', { issues: 'write' })).rest.issues.createComment({
      owner: 'bob',
      repo: 'own',
      issue_number: 1,
      body: 'x',
    });
    await github.settled();
    expect(heard).toEqual(['issues.opened false']);
    expect(github.events.at(-1)).toMatchObject({
      event: 'issue_comment',
      byJobToken: true,
      repository: 'bob/own',
    });
    expect(received).toEqual([]);
  });
});
