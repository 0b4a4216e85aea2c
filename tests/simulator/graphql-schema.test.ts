import { execFileSync } from 'node:child_process';
import { isObjectType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIELDS } from '../../src/simulator/graphql/resolve.ts';
import { buildSchema } from '../../src/simulator/graphql/schema.ts';
import { type Arranged, arrange, ask } from './arrange.ts';

let at: Arranged;
beforeAll(async () => {
  at = await arrange();
  for (const title of ['one', 'two', 'three'])
    await at.github.as('alice').openIssue({ repo: 'acme/web', title });
  for (const body of ['a', 'b', 'c'])
    await at.github.as('bob').comment({ repo: 'acme/web', number: 1, body });
});
afterAll(() => at.github.close());

const WEB = 'repository(owner: "acme", name: "web")';
const query = (text: string) => ask(at, text);

describe('GitHub’s schema', () => {
  it('is the one that @octokit/graphql-schema has', () => {
    execFileSync(process.execPath, ['scripts/extract-graphql.ts', '--check']);
  });

  it('has every field that the simulator answers', () => {
    const schema = buildSchema();
    const unknown = Object.entries(FIELDS).flatMap(([name, fields]) => {
      const type = schema.getType(name);
      const known = isObjectType(type) ? type.getFields() : {};
      return Object.keys(fields)
        .filter((field) => !(field in known))
        .map((field) => `${name}.${field}`);
    });
    expect(unknown).toEqual([]);
  });

  it.each([
    [`{ ${WEB} { nope } }`, 'Cannot query field "nope" on type "Repository"'],
    [`{ ${WEB} { issue(numbr: 1) { id } } }`, 'Unknown argument "numbr"'],
    [`{ ${WEB} { pullRequests(first: 1, states: [DONE]) { totalCount } } }`, 'DONE'],
    ['mutation { addComment(input: { body: "x" }) { clientMutationId } }', 'subjectId'],
    ['query ($n: Int!) { viewer { login } }', 'never used'],
    [`{ ${WEB} {`, 'Syntax Error'],
  ])('refuses %s: 200, no data, and where it is', async (text, message) => {
    const { status, data, errors } = await query(text);
    expect([status, data]).toEqual([200, null]);
    expect(errors[0]).toMatchObject({ message: expect.stringContaining(message), locations: [{ line: 1 }] });
  });

  it('says by name what it knows and the simulator does not, beside what is answered', async () => {
    const { data, errors } = await query(`{ ${WEB} { name description stargazerCount } }`);
    // A field that must not be null takes its parent along.
    expect(data).toEqual({ repository: null });
    expect(errors.at(-1)).toMatchObject({
      type: 'NOT_SERVED',
      path: ['repository', 'stargazerCount'],
      message:
        "Conductor's simulator does not know Repository.stargazerCount: it refuses rather than guesses.",
    });
    const nullable = await query(`{ ${WEB} { name description } }`);
    expect(nullable.data).toEqual({ repository: { name: 'web', description: null } });
    expect(nullable.errors.map(({ path }) => path)).toEqual([['repository', 'description']]);
  });

  it('is for those who sign in', async () => {
    const post = (path: string, headers: Record<string, string>) =>
      fetch(`${at.github.url}${path}`, { method: 'POST', headers, body: '{"query":"{ viewer { login } }"}' });
    expect((await post('/graphql', {})).status).toBe(401);
    expect((await post('/graphql', { authorization: 'Bearer ghp_nobody' })).status).toBe(401);
    // Where REST is below /api/v3, as on GitHub Enterprise.
    const bob = { authorization: `Bearer ${at.github.userToken('bob')}` };
    expect(await (await post('/api/graphql', bob)).json()).toEqual({ data: { viewer: { login: 'bob' } } });
  });
});

describe('a connection', () => {
  const comments = async (args: string) => {
    const fields = 'totalCount nodes { body } pageInfo { startCursor endCursor hasNextPage hasPreviousPage }';
    const { data, errors } = await query(`{ ${WEB} { issue(number: 1) { comments${args} { ${fields} } } } }`);
    return { page: data?.repository.issue?.comments, errors };
  };

  it('names one end, and asks for a hundred at most', async () => {
    expect((await comments('')).errors[0]).toMatchObject({
      type: 'MISSING_PAGINATION_BOUNDARIES',
      message: 'You must provide a `first` or `last` value to properly paginate the `comments` connection.',
    });
    expect((await comments('(first: 101)')).errors[0]?.message).toBe(
      'Requesting 101 records on the `comments` connection exceeds the `first` limit of 100 records.',
    );
    expect((await comments('(first: 1, after: "nonsense")')).errors[0]?.type).toBe(
      'INVALID_CURSOR_ARGUMENTS',
    );
  });

  it('is walked forwards and backwards', async () => {
    const bodies = (page: { nodes: { body: string }[] }) => page.nodes.map(({ body }) => body);
    const first = (await comments('(first: 2)')).page;
    expect([bodies(first), first.totalCount, first.pageInfo.hasNextPage]).toEqual([['a', 'b'], 3, true]);
    const rest = (await comments(`(first: 2, after: "${first.pageInfo.endCursor}")`)).page;
    expect([bodies(rest), rest.pageInfo.hasNextPage, rest.pageInfo.hasPreviousPage]).toEqual([
      ['c'],
      false,
      true,
    ]);
    const last = (await comments('(last: 2)')).page;
    expect([bodies(last), last.pageInfo.hasPreviousPage]).toEqual([['b', 'c'], true]);
    const before = (await comments(`(last: 2, before: "${last.pageInfo.startCursor}")`)).page;
    expect([bodies(before), before.pageInfo.hasPreviousPage]).toEqual([['a'], false]);
    expect((await comments('(first: 0)')).page).toMatchObject({ totalCount: 3, nodes: [] });
  });
});
