import nock from 'nock';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { CommandRequest } from '../../src/commands/request.ts';
import { createClient } from '../../src/github/client.ts';
import { createReader } from '../../src/github/reader.ts';
import type { RepositorySource } from '../../src/github/repository.ts';
import { createMask } from '../../src/messages/mask.ts';

const API = 'https://api.github.com';
const request: CommandRequest = {
  action: 'created',
  installationId: 1,
  repository: { id: 1, owner: 'acme', name: 'web', defaultBranch: 'main' },
  thread: {
    number: 7,
    kind: 'issue',
    title: '',
    body: '',
    author: 'ada',
    url: '',
    closed: false,
    locked: false,
  },
  asker: { id: 42, login: 'ada', isBot: false },
  asking: {
    kind: 'issue_comment',
    id: 1,
    nodeId: 'IC_1',
    url: '',
    body: '',
    createdAt: '2026-01-01T00:00:00Z',
  },
  command: { verb: null, agents: [], text: '', options: {} },
  unknownVerb: null,
};
const client = createClient({
  baseUrl: API,
  graphqlUrl: null,
  paceAs: null,
  mask: createMask(),
  token: async () => 'a-token',
});
const gone: RepositorySource = {
  fetch: async () => null,
  changesBetween: () => Promise.reject(new Error('not asked for')),
  treeOf: () => Promise.reject(new Error('not asked for')),
  workspaceAt: () => Promise.reject(new Error('not asked for')),
  close: () => undefined,
};
const identity = { login: 'conductor[bot]' };
const reader = createReader(
  request,
  client,
  gone,
  { state: async () => ({ comments: [], told: null }), forget: () => undefined },
  identity,
);
const permission = () => nock(API).get('/repos/acme/web/collaborators/ada/permission');

describe('reading GitHub, where it speaks REST only', () => {
  beforeAll(() => {
    // Another file in this process may have ended it.
    if (!nock.isActive()) nock.activate();
    nock.disableNetConnect();
  });
  afterEach(() => nock.cleanAll());
  afterAll(() => nock.restore());

  it('takes a role’s own name where it is finer than the permission', async () => {
    permission().reply(200, { permission: 'write', role_name: 'maintain', user: { id: 42, login: 'ada' } });
    expect(await reader.permissionOf(request.asker)).toBe('maintain');
  });

  it('takes the permission where the role is one that an organisation made up', async () => {
    permission().reply(200, {
      permission: 'read',
      role_name: 'triager-plus',
      user: { id: 42, login: 'ada' },
    });
    expect(await reader.permissionOf(request.asker)).toBe('read');
  });

  it('gives nothing to another account that has taken over the login', async () => {
    permission().reply(200, { permission: 'admin', role_name: 'admin', user: { id: 43, login: 'ada' } });
    expect(await reader.permissionOf(request.asker)).toBe('none');
  });

  it.each([403, 404])('takes a %i for no permission', async (status) => {
    permission().reply(status, { message: 'no' });
    expect(await reader.permissionOf(request.asker)).toBe('none');
  });

  it('says what happened, and grants nothing, when GitHub refuses the token', async () => {
    permission().reply(401, { message: 'Bad credentials' });
    await expect(reader.permissionOf(request.asker)).rejects.toMatchObject({
      code: 'github_unauthorized',
      message: expect.stringContaining('GitHub answered 401 while asking for the permission of ada'),
    });
  });

  it('S2-8: does not repeat a read, and says whether the run’s step may', async () => {
    permission().reply(502);
    await expect(reader.permissionOf(request.asker)).rejects.toMatchObject({ transient: true });
    permission().reply(401);
    await expect(reader.permissionOf(request.asker)).rejects.toMatchObject({ transient: false });
  });

  it('never repeats a request that creates something', async () => {
    const comments = () => nock(API).post('/repos/acme/web/issues/7/comments');
    comments().reply(502);
    const second = comments().reply(201, {});
    await expect(
      client.issues.createComment({ owner: 'acme', repo: 'web', issue_number: 7, body: 'x' }),
    ).rejects.toMatchObject({ status: 502 });
    expect(second.isDone()).toBe(false);
  });

  it('says that the base branch is gone, and how to go on', async () => {
    expect(await reader.base(null)).toMatchObject({
      ok: false,
      outcome: { state: 'refused', code: 'base_gone' },
    });
  });
});
