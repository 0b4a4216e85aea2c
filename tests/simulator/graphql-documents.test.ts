import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Arranged, arrange, ask, REPO } from './arrange.ts';

let at: Arranged;
let issue: string;
beforeEach(async () => {
  at = await arrange();
  await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
  issue = at.github.issue(REPO, 1).node_id;
});
afterEach(() => at.github.close());

const bodies = () => at.github.comments(REPO, 1).map(({ body }) => body);
const add = (alias: string, body: string, subject = '$id') =>
  `${alias}: addComment(input: { subjectId: ${subject}, body: "${body}" }) { commentEdge { node { body } } }`;
const publish = (...fields: string[]) =>
  ask(at, `mutation Publish($id: ID!) { ${fields.join(' ')} }`, { id: issue });
const dropped = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    () => 'dropped',
  );

describe('a document of several mutations', () => {
  it('does them in order, and one that fails does not keep the next from being done', async () => {
    const { status, data, errors } = await publish(
      add('first', 'one'),
      add('second', 'lost', '"nobody"'),
      add('third', 'three'),
    );
    expect(status).toBe(200);
    expect(data).toEqual({
      first: { commentEdge: { node: { body: 'one' } } },
      second: null,
      third: { commentEdge: { node: { body: 'three' } } },
    });
    expect(errors).toMatchObject([{ type: 'NOT_FOUND', path: ['second'] }]);
    expect(bodies()).toEqual(['one', 'three']);
    await at.github.settled();
    expect(at.github.events.filter(({ event }) => event === 'issue_comment')).toHaveLength(2);
  });

  it('is one call in the log, with what it asked for, and one request of the hour', async () => {
    const { headers } = await publish(
      add('first', 'one'),
      'addReaction(input: { subjectId: $id, content: EYES }) { clientMutationId }',
    );
    expect(at.github.calls.at(-1)).toMatchObject({
      route: 'POST /graphql',
      operation: 'Publish',
      fields: ['addComment', 'addReaction'],
      kind: 'content',
      actor: 'conductor[bot]',
      status: 200,
    });
    expect([headers.get('x-ratelimit-resource'), headers.get('x-ratelimit-used')]).toEqual(['graphql', '1']);
    await ask(
      at,
      'mutation ($id: ID!) { addReaction(input: { subjectId: $id, content: EYES }) { clientMutationId } }',
      { id: issue },
    );
    await ask(
      at,
      'query Look { ...All } fragment All on Query { viewer { login } ... { rateLimit { used } } }',
    );
    expect(at.github.calls.slice(-2)).toMatchObject([
      { kind: 'write', operation: null, fields: ['addReaction'] },
      { kind: 'read', operation: 'Look', fields: ['viewer', 'rateLimit'] },
    ]);
  });
});

describe('the rate limit of GraphQL', () => {
  it('is its own, is told in the data too, and refuses with 200 once it is used up', async () => {
    await at.github.close();
    at = await arrange({ rateLimit: 2 });
    const token = at.github.userToken('bob');
    const limit = () => ask(at, '{ rateLimit { cost limit remaining used resetAt } }', {}, token);
    const first = await limit();
    expect(first.data.rateLimit).toMatchObject({ cost: 1, limit: 2, remaining: 1, used: 1 });
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1');
    await limit();
    const third = await limit();
    expect([third.status, third.data, third.errors[0]?.type]).toEqual([200, null, 'RATE_LIMITED']);
    await at.github.as('bob').request('GET', `/repos/${REPO}`);
  });
});

describe('a fault', () => {
  it('can strike one field of a document, before its effect or after it: what stands before has happened', async () => {
    at.github.faults.add({ route: 'mutation addReaction', kind: 'fail-before' });
    const react = 'addReaction(input: { subjectId: $id, content: EYES }) { clientMutationId }';
    expect((await publish(add('first', 'one'), react, add('last', 'never'))).status).toBe(502);
    expect([bodies(), at.github.reactions(REPO, 1)]).toEqual([['one'], []]);
    at.github.faults.add({ route: 'mutation addReaction', kind: 'fail-after', status: 500 });
    expect((await publish(add('first', 'two'), react, add('last', 'never'))).status).toBe(500);
    expect([bodies(), at.github.reactions(REPO, 1).length]).toEqual([['one', 'two'], 1]);
    await at.github.settled();
    expect(at.github.events.filter(({ event }) => event === 'issue_comment')).toHaveLength(2);
  });

  it('can strike the nth field of its name, and close the connection', async () => {
    at.github.faults.add({ route: 'mutation addComment', nth: 2, kind: 'drop-after' });
    expect(await dropped(publish(add('a', 'one'), add('b', 'two'), add('c', 'three')))).toBe('dropped');
    expect(bodies()).toEqual(['one', 'two']);
    at.github.faults.add({ route: 'mutation addComment', kind: 'drop-before' });
    expect(await dropped(publish(add('a', 'never')))).toBe('dropped');
    expect(at.github.calls.slice(-2).map(({ status, kind }) => [status, kind])).toEqual([
      [0, 'content'],
      [0, 'content'],
    ]);
  });

  it('can strike a whole document, by its operation or any', async () => {
    at.github.faults.add({ route: 'operation Publish', kind: 'secondary-limit', retryAfterSeconds: 7 });
    const limited = await publish(add('a', 'never'));
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([403, '7']);
    at.github.faults.add({ route: 'POST /graphql', kind: 'fail-after' });
    expect((await publish(add('a', 'there'))).status).toBe(502);
    expect(bodies()).toEqual(['there']);
    at.github.faults.add({
      route: 'operation Publish',
      kind: 'answer',
      body: { data: { a: null }, errors: [{ type: 'INTERNAL', message: 'Something went wrong' }] },
    });
    expect((await publish(add('a', 'never'))).errors[0]?.message).toBe('Something went wrong');
  });

  it('can be a moment between two fields, in which somebody else acts', async () => {
    const seen: unknown[] = [];
    at.github.faults.after('mutation addComment', async () => {
      seen.push(bodies());
      await at.github.as('bob').comment({ repo: REPO, number: 1, body: 'between' });
    });
    await publish(add('a', 'one'), add('b', 'two'));
    expect([seen, bodies()]).toEqual([[['one']], ['one', 'between', 'two']]);
  });
});
