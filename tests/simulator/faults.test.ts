import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Arranged, answer, arrange, FILES, REPO, WEB } from './arrange.ts';

const COMMENT = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
let at: Arranged;
beforeEach(async () => {
  at = await arrange();
  await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
});
afterEach(() => at.github.close());

const comment = (body = 'x') => answer(at.app.rest.issues.createComment({ ...WEB, issue_number: 1, body }));
const bodies = () => at.github.comments(REPO, 1).map(({ body }) => body);
const dropped = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    () => 'dropped',
  );

describe('a fault', () => {
  it('before the effect leaves nothing behind', async () => {
    const fault = at.github.faults.add({ route: COMMENT, kind: 'fail-before', status: 502 });
    expect([(await comment('lost')).status, (await comment('kept')).status]).toEqual([502, 201]);
    expect([bodies(), fault.hits]).toEqual([['kept'], 1]);
  });

  it('after the effect hides that it happened, and events are still sent', async () => {
    at.github.faults.add({ route: COMMENT, kind: 'fail-after', status: 500 });
    expect((await comment('there')).status).toBe(500);
    await at.github.settled();
    expect(bodies()).toEqual(['there']);
    expect(at.github.events.at(-1)).toMatchObject({ event: 'issue_comment', action: 'created' });
  });

  it('can cut the connection before or after the effect', async () => {
    at.github.faults.add({ route: COMMENT, kind: 'drop-before' });
    expect(await dropped(at.github.as('bob').comment({ repo: REPO, number: 1, body: 'one' }))).toBe(
      'dropped',
    );
    at.github.faults.add({ route: COMMENT, kind: 'drop-after' });
    expect(await dropped(at.github.as('bob').comment({ repo: REPO, number: 1, body: 'two' }))).toBe(
      'dropped',
    );
    expect(bodies()).toEqual(['two']);
    expect(at.github.calls.filter(({ route }) => route === COMMENT).map(({ status }) => status)).toEqual([
      0, 0,
    ]);
  });

  it('can be slowness', async () => {
    at.github.faults.add({ route: COMMENT, kind: 'delay', delayMs: 120 });
    const start = performance.now();
    expect((await comment()).status).toBe(201);
    expect(performance.now() - start).toBeGreaterThan(110);
  });

  it('can be the secondary limit, with how long to wait', async () => {
    at.github.faults.add({ route: COMMENT, kind: 'secondary-limit', retryAfterSeconds: 7 });
    const response = await fetch(`${at.github.url}/repos/acme/web/issues/1/comments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${at.github.userToken('bob')}` },
      body: '{"body":"x"}',
    });
    expect([response.status, response.headers.get('retry-after')]).toEqual([403, '7']);
    expect(await response.text()).toContain('secondary rate limit');
  });

  it('can be any answer at all', async () => {
    at.github.faults.add({
      route: 'GET /repos/{owner}/{repo}',
      kind: 'answer',
      status: 451,
      body: { message: 'no' },
    });
    expect(await answer(at.app.rest.repos.get(WEB))).toMatchObject({ status: 451, message: 'no' });
  });

  it('strikes from the nth call on, as often as it is told, on every route its pattern matches', async () => {
    const fault = at.github.faults.add({ route: /comments$/, nth: 2, times: 2, kind: 'fail-before' });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await comment()).status);
    expect([statuses, fault.hits]).toEqual([[201, 502, 502, 201], 2]);
  });

  it('goes away when it is removed, or all are cleared', async () => {
    at.github.faults.add({ route: COMMENT, kind: 'fail-before' }).remove();
    at.github.faults.add({ kind: 'fail-before', times: 9 });
    at.github.faults.clear();
    expect((await comment()).status).toBe(201);
  });
});

describe('a moment after the effect and before the answer', () => {
  it('lets a test see that GitHub did it while the client still waits', async () => {
    let seen: unknown;
    let answered = false;
    const moment = at.github.faults.after(COMMENT, () => {
      seen = [bodies(), answered];
    });
    const result = await comment('there');
    answered = true;
    expect([seen, result.status, moment.hits]).toEqual([[['there'], false], 201, 1]);
    await comment('again');
    expect(moment.hits).toBe(1);
  });

  it('is when a client can die: what it did stands, and is told to others', async () => {
    const dying = new AbortController();
    at.github.faults.after(COMMENT, async () => {
      dying.abort();
      // Long enough for the simulator to notice that nobody is there.
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    const request = fetch(`${at.github.url}/repos/acme/web/issues/1/comments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${at.github.userToken('bob')}` },
      body: '{"body":"my last"}',
      signal: dying.signal,
    });
    expect(await dropped(request)).toBe('dropped');
    await expect.poll(() => at.github.events.at(-1)?.event).toBe('issue_comment');
    await at.github.settled();
    expect(bodies()).toEqual(['my last']);
    expect((await comment('the next')).status).toBe(201);
  });

  it('comes for as many calls as are named, not for those that are refused, and not once it is removed', async () => {
    const moments: string[] = [];
    const twice = at.github.faults.after(/comments$/, () => void moments.push('twice'), 2);
    const removed = at.github.faults.after(COMMENT, () => void moments.push('removed'), 9);
    removed.remove();
    expect((await comment('')).status).toBe(422);
    expect([twice.hits, moments]).toEqual([0, []]);
    for (let call = 0; call < 3; call += 1) await comment();
    expect([twice.hits, moments]).toEqual([2, ['twice', 'twice']]);
    at.github.faults.after(COMMENT, () => void moments.push('cleared'));
    at.github.faults.clear();
    await comment();
    expect(moments).toEqual(['twice', 'twice']);
  });
});

describe('a race', () => {
  it('can be arranged: somebody else pushes just before the ref moves', async () => {
    const { github, app } = at;
    const { main } = await github.branches(REPO);
    const { data: tree } = await app.rest.git.createTree({
      ...WEB,
      base_tree: main!,
      tree: [{ path: 'a', mode: '100644', type: 'blob', content: 'mine' }],
    });
    const { data: mine } = await app.rest.git.createCommit({
      ...WEB,
      message: 'mine',
      tree: tree.sha,
      parents: [main!],
    });
    const race = github.faults.before('PATCH /repos/{owner}/{repo}/git/refs/{ref}', async () => {
      await github.as('bob').push({ repo: REPO, branch: 'main', files: { 'README.md': 'theirs' } });
    });
    const late = await answer(app.rest.git.updateRef({ ...WEB, ref: 'heads/main', sha: mine.sha }));
    expect([late.status, late.message, race.hits]).toEqual([422, 'Update is not a fast forward', 1]);
    expect(await github.fileAt(REPO, 'main', 'README.md')).toBe('theirs');
    expect(await github.fileAt(REPO, 'main', 'src/price.ts')).toBe(FILES['src/price.ts']);
  });

  it('of many calls at once numbers every issue once', async () => {
    const opened = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        at.github.as('bob').openIssue({ repo: REPO, title: `${index}` }),
      ),
    );
    expect(new Set(opened.map(({ number }) => number)).size).toBe(12);
  });

  it('of equal requests is won by one: a pull request has no twin', async () => {
    await at.github.as('bob').push({ repo: REPO, branch: 'change', files: { a: 'a' } });
    const create = () =>
      answer(at.app.rest.pulls.create({ ...WEB, head: 'change', base: 'main', title: 'x' }));
    const statuses = (await Promise.all([create(), create(), create(), create()])).map(
      ({ status }) => status,
    );
    expect(statuses.sort()).toEqual([201, 422, 422, 422]);
  });
});
