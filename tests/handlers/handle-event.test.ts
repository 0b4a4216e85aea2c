import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handleEvent, readEvent } from '../../src/handlers/handle-event.ts';

const options = { trigger: 'conductor', allowedBots: [77] };
const user = { id: 42, login: 'ada', type: 'User' };
const repository = { id: 1, name: 'web', default_branch: 'main', owner: { login: 'acme' } };
const issue = {
  id: 9,
  node_id: 'I_9',
  number: 3,
  title: 'A bug',
  body: '',
  html_url: 'https://github.com/acme/web/issues/3',
  state: 'open',
  user,
};
const text = (body: string, more: object = {}) => ({
  id: 5,
  node_id: 'IC_5',
  html_url: 'https://github.com/acme/web/issues/3#issuecomment-5',
  body,
  created_at: '2026-01-01T00:00:00Z',
  user,
  ...more,
});
const comment = (body: string, more: object = {}, action = 'created') => ({
  action,
  repository,
  issue,
  comment: text(body, more),
  sender: user,
  installation: { id: 8 },
});
const pull = { ...issue, base: { ref: 'main', sha: 'b' }, head: { ref: 'mine', sha: 'h' } };

describe('events', () => {
  it('a new comment becomes a request with its surroundings, all from the payload', () => {
    expect(handleEvent('issue_comment', comment('@conductor fix it'), options)).toEqual({
      kind: 'command',
      request: {
        action: 'created',
        installationId: 8,
        repository: { id: 1, owner: 'acme', name: 'web', defaultBranch: 'main' },
        thread: {
          number: 3,
          kind: 'issue',
          title: 'A bug',
          body: '',
          author: 'ada',
          url: issue.html_url,
          closed: false,
          locked: false,
        },
        asker: { id: 42, login: 'ada', isBot: false },
        asking: {
          kind: 'issue_comment',
          id: 5,
          nodeId: 'IC_5',
          url: 'https://github.com/acme/web/issues/3#issuecomment-5',
          body: '@conductor fix it',
          createdAt: '2026-01-01T00:00:00Z',
        },
        command: { verb: 'fix', agents: [], text: 'it', options: {} },
        unknownVerb: null,
      },
    });
  });

  it.each([
    [
      'a comment on a pull request',
      'issue_comment',
      { ...comment('@conductor fix'), issue: { ...issue, pull_request: {} } },
      'issue_comment',
    ],
    [
      'a new issue',
      'issues',
      { action: 'opened', repository, issue: { ...issue, ...text('@conductor fix') } },
      'issue',
    ],
    [
      'a new pull request',
      'pull_request',
      { action: 'opened', repository, pull_request: { ...pull, ...text('@conductor fix') } },
      'issue',
    ],
    [
      'a submitted review',
      'pull_request_review',
      { action: 'submitted', repository, pull_request: pull, review: text('@conductor fix') },
      'review',
    ],
    [
      'a line comment',
      'pull_request_review_comment',
      { action: 'created', repository, pull_request: pull, comment: text('@conductor fix') },
      'review_comment',
    ],
  ])('%s commands', (_what, name, payload, kind) => {
    expect(handleEvent(name, payload, options)).toMatchObject({
      kind: 'command',
      request: { asking: { kind } },
    });
  });

  it.each([
    ['an edit', 'issue_comment', comment('@conductor fix', {}, 'edited'), 'edited'],
    [
      'a bot',
      'issue_comment',
      comment('@conductor fix', { user: { id: 9, login: 'other[bot]', type: 'Bot' } }),
      'bot_author',
    ],
    [
      'an app on a person’s behalf',
      'issue_comment',
      comment('@conductor fix', { performed_via_github_app: { id: 1 } }),
      'bot_author',
    ],
    ['a deleted account', 'issue_comment', comment('@conductor fix', { user: null }), 'no_author'],
    [
      'our own comment',
      'issue_comment',
      comment('<!-- conductor:status run=r1 -->\n@conductor fix'),
      'own_comment',
    ],
    ['no mention', 'issue_comment', comment('hello'), 'no_mention'],
    ['a comment without a text', 'issue_comment', comment('', { body: null }), 'no_mention'],
    ['a payload of another event', 'issue_comment', { action: 'created', repository }, 'malformed_payload'],
    ['a push of a tag', 'push', { ref: 'refs/tags/v1', after: 'a', repository }, 'unsupported_action'],
    [
      'a branch that is deleted',
      'push',
      { ref: 'refs/heads/side', after: '0', deleted: true, repository },
      'unsupported_action',
    ],
    ['a schedule of before 2022', 'schedule', { schedule: '17 * * * *' }, 'malformed_payload'],
    ['an event that is nothing to us', 'star', { action: 'created' }, 'unsupported_event'],
  ])('%s does not command', (_what, name, payload, reason) => {
    expect(handleEvent(name, payload, options)).toEqual({ kind: 'ignored', reason });
  });

  it('S4-17: a workflow’s schedule names the repository to look at', () => {
    expect(readEvent('schedule', { schedule: '17 * * * *', repository })).toEqual({
      kind: 'schedule',
      repository: { id: 1, owner: 'acme', name: 'web', defaultBranch: 'main' },
    });
  });

  it('a bot commands when its number is listed', () => {
    const bot = { user: { id: 77, login: 'release[bot]', type: 'Bot' } };
    expect(handleEvent('issue_comment', comment('@conductor fix', bot), options)).toMatchObject({
      kind: 'command',
      request: { asker: { isBot: true } },
    });
  });

  it('R31: a deleted request, a closed thread and an App taken away end what is under way', () => {
    expect(readEvent('issue_comment', comment('@conductor fix', {}, 'deleted'))).toMatchObject({
      kind: 'ended',
      what: { scope: 'asking', asked: { action: 'created', asking: { kind: 'issue_comment' } } },
    });
    const closed = { ...comment('hello', {}, 'closed'), issue: { ...issue, ...text('hello') } };
    expect(readEvent('issues', closed)).toMatchObject({ kind: 'ended', what: { scope: 'thread' } });
    expect(readEvent('installation', { action: 'deleted', installation: { id: 7 } })).toEqual({
      kind: 'ended',
      what: { scope: 'installation', installationId: 7 },
    });
  });

  it.each(['opened', 'synchronize', 'reopened'])(
    'S2-5: a pull request that is %s may change our files',
    (action) => {
      expect(
        handleEvent(
          'pull_request',
          { action, repository, pull_request: { ...pull, ...text('hello') } },
          options,
        ),
      ).toMatchObject({
        kind: 'config-change',
        change: { number: 3, base: { ref: 'main' }, head: { sha: 'h' } },
      });
    },
  );

  it('a push tells which branch points to which commit now', () => {
    const pushed = { ref: 'refs/heads/release/1', after: 'abc', repository, installation: { id: 7 } };
    expect(handleEvent('push', pushed, options)).toMatchObject({
      kind: 'push',
      push: { repository: { id: 1 }, installationId: 7, branch: 'release/1', commit: 'abc' },
    });
  });

  it('never throws, whatever a payload holds', () => {
    const events = fc.constantFrom(
      'issue_comment',
      'issues',
      'pull_request',
      'pull_request_review',
      'pull_request_review_comment',
      'push',
    );
    fc.assert(
      fc.property(events, fc.anything(), (name, payload) => void handleEvent(name, payload, options)),
    );
    const mutated = fc.record({
      action: fc.anything(),
      repository: fc.constantFrom(repository, null),
      issue: fc.anything(),
      comment: fc.anything(),
    });
    fc.assert(fc.property(events, mutated, (name, payload) => void handleEvent(name, payload, options)));
  });
});
