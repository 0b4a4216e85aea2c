import { Webhooks } from '@octokit/webhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP_ID,
  type Arranged,
  arrange,
  octokit,
  REPO,
  type Received,
  type Receiver,
  startReceiver,
  WEB,
} from './arrange.ts';

let at: Arranged;
let receiver: Receiver;

beforeEach(async () => {
  at = await arrange();
  receiver = await startReceiver();
  at.github.setWebhookUrl(APP_ID, receiver.url);
});

afterEach(async () => {
  await at.github.close();
  receiver.close();
});

const verified = (secret: string, raw: string, headers: Received['headers']) =>
  new Webhooks({ secret }).verify(raw, headers['x-hub-signature-256']!);
describe('a delivery', () => {
  it("is signed over its bytes, named, and carries the App's installation", async () => {
    await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
    await at.github.settled();
    const [{ headers, raw, payload }] = receiver.received as [Received];
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
    expect(receiver.names()).toEqual([
      'create',
      'push',
      'check_suite.requested',
      'pull_request.opened',
      'issue_comment.created',
    ]);
    const { payload } = receiver.received.at(-1)!;
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
      webhookUrl: receiver.url,
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
    expect(receiver.names()).toContain('check_run.requested_action');
  });

  it('happens after the answer, and never twice by itself', async () => {
    receiver.status = 500;
    await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
    await at.github.settled();
    expect(receiver.names()).toEqual(['issues.opened']);
    expect(at.github.deliveries.map((delivery) => delivery.statusCode)).toEqual([500]);
  });

  it('has the same GUIDs in two equal runs', async () => {
    const twin = await arrange();
    twin.github.setWebhookUrl(APP_ID, receiver.url);
    for (const { github } of [at, twin]) {
      await github.as('alice').openIssue({ repo: REPO, title: 'x' });
      await github.settled();
    }
    await twin.github.close();
    const [first, second] = receiver.received;
    expect(receiver.received).toHaveLength(2);
    expect(first?.headers['x-github-delivery']).toBe(second?.headers['x-github-delivery']);
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
    expect(receiver.received).toEqual([]);
  });
});
