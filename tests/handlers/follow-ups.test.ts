import { describe, expect, it } from 'vitest';
import { handleEvent } from '../../src/handlers/handle-event.ts';
import { runIdOf } from '../../src/runs/run-id.ts';
import { changesRequested, failedSuite } from './build.ts';

const OPTIONS = {
  trigger: 'conductor',
  allowedBots: [],
  wanted: ['changes_requested', 'failing_checks'],
} as const;

const review = (changes?: object, pull?: object) =>
  handleEvent('pull_request_review', changesRequested(changes, pull), OPTIONS);
const suite = (changes?: object) => handleEvent('check_suite', failedSuite(changes), OPTIONS);

describe('a review that requests changes', () => {
  it('S2-37: asks to fix what it says, without a mention', () => {
    expect(review()).toMatchObject({
      kind: 'command',
      request: {
        cause: 'changes_requested',
        asker: { login: 'ann' },
        command: { verb: 'fix', text: 'Please round half to even.' },
      },
    });
  });

  it('S2-37: that says nothing itself asks for what its comments on lines say', () => {
    expect(review({ body: '' })).toMatchObject({
      request: { command: { text: expect.stringMatching(/./) } },
    });
  });

  it('S2-37: that mentions Conductor is that command, of the same run', () => {
    const mentioned = review({ body: '@conductor ask why?' });
    expect(mentioned).toMatchObject({ request: { command: { verb: 'ask', text: 'why?' } } });
    expect(mentioned).not.toHaveProperty('request.cause');
    const silent = review();
    if (mentioned.kind !== 'command' || silent.kind !== 'command') throw new Error('no command');
    expect(runIdOf(mentioned.request)).toBe(runIdOf(silent.request));
  });

  it.each<[string, object, object]>([
    ['a person’s pull request', {}, { user: { login: 'ann', type: 'User' } }],
    ['a pull request without Conductor’s mark', {}, { body: 'Mine.' }],
    ['a bot’s', { user: { id: 9, login: 'linter[bot]', type: 'Bot' } }, {}],
  ])('S2-37: %s asks for nothing', (_, changes, pull) => {
    expect(review(changes, pull)).toMatchObject({ kind: 'ignored' });
  });
});

describe('checks that fail', () => {
  it('S3-6: ask to be repaired, in the pull request that they fail on', () => {
    expect(suite()).toMatchObject({
      kind: 'command',
      request: {
        cause: 'failing_checks',
        head: { ref: 'conductor/3-total-123456', sha: 'a'.repeat(40) },
        thread: { number: 8, kind: 'pull_request' },
        command: { verb: 'fix' },
      },
    });
  });

  it('S3-6: name one run for a pull request, commit and App, whichever suite or workflow it was', () => {
    const { check_suite: failed, ...around } = failedSuite();
    const workflow = handleEvent('workflow_run', { ...around, workflow_run: failed }, OPTIONS);
    const [one, other] = [suite({ conclusion: 'timed_out' }), suite({ app: { slug: 'circle' } })];
    const ids = [suite(), one, workflow, other].map((each) =>
      each.kind === 'command' ? runIdOf(each.request) : null,
    );
    expect(new Set(ids.slice(0, 3)).size).toBe(1);
    expect(ids[3]).not.toBe(ids[0]);
    expect(ids).not.toContain(null);
  });

  it.each<[string, object]>([
    ['pass', { conclusion: 'success' }],
    ['were cancelled', { conclusion: 'cancelled' }],
    ['wait for a person', { conclusion: 'action_required' }],
    ['are of no pull request here, as for a fork', { pull_requests: [] }],
    ['are of an older head', { head_sha: 'b'.repeat(40) }],
  ])('S3-6: ask for nothing where they %s', (_, changes) => {
    expect(suite(changes)).toEqual({ kind: 'ignored', reason: 'no_failing_checks' });
  });
});
