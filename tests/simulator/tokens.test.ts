import { generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_ID, type Arranged, answer, arrange, octokit, WEB } from './arrange.ts';

let now = new Date('2026-11-21T10:00:00Z');
let at: Arranged;

beforeAll(async () => {
  at = await arrange({ now: () => now, private: true });
  await at.github.addRepository({ owner: 'acme', name: 'other', private: true, files: { a: 'a' } });
  await at.github.addRepository({ owner: 'acme', name: 'open', files: { a: 'a' } });
});
afterAll(() => at.github.close());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const get = (path: string, token?: string) =>
  fetch(`${at.github.url}${path}`, token === undefined ? {} : bearer(token));

function jsonWebToken(key: string, claims: Record<string, unknown>): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key).toString('base64url')}`;
}

async function grant(body: Record<string, unknown>) {
  return at.jwt.request('POST /app/installations/{installation_id}/access_tokens', {
    installation_id: at.installationId,
    ...body,
  });
}

describe("an App's JSON web token", () => {
  const seconds = () => Math.floor(now.getTime() / 1000);

  it('is believed when the App signed it, and may then ask about the App', async () => {
    const { data } = await at.jwt.rest.apps.getAuthenticated();
    expect(data).toMatchObject({
      id: APP_ID,
      slug: 'conductor',
      permissions: { contents: 'write', metadata: 'read' },
    });
    const { data: installation } = await at.jwt.rest.apps.getRepoInstallation(WEB);
    expect(installation.id).toBe(at.installationId);
  });

  it('is refused when another key signed it', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const forged = jsonWebToken(privateKey, { iss: APP_ID, iat: seconds(), exp: seconds() + 60 });
    expect((await get('/app', forged)).status).toBe(401);
  });

  it('is refused after it expired, and when it claims to live longer than ten minutes', async () => {
    const hourAgo = Math.floor(Math.min(now.getTime(), Date.now()) / 1000) - 3600;
    const expired = await get(
      '/app',
      jsonWebToken(at.privateKey, { iss: APP_ID, iat: hourAgo, exp: hourAgo + 60 }),
    );
    expect([expired.status, await expired.text()]).toEqual([
      401,
      expect.stringContaining("'Expiration time' claim ('exp')"),
    ]);
    const late = Math.floor(Math.max(now.getTime(), Date.now()) / 1000) + 7200;
    const greedy = await get('/app', jsonWebToken(at.privateKey, { iss: APP_ID, iat: seconds(), exp: late }));
    expect([greedy.status, await greedy.text()]).toEqual([
      401,
      expect.stringContaining('too far in the future'),
    ]);
  });

  it('opens nothing but the App: repositories want an installation token', async () => {
    const token = jsonWebToken(at.privateKey, { iss: APP_ID, iat: seconds(), exp: seconds() + 60 });
    expect((await get('/repos/acme/web', token)).status).toBe(403);
  });
});

describe('an installation token', () => {
  it('has the new, long shape and says what it may', async () => {
    const { data } = await grant({});
    expect(data.token).toMatch(new RegExp(`^ghs_${APP_ID}_[\\w-]+\\.[\\w-]+\\.[\\w-]+$`));
    expect(data.token.length).toBeGreaterThan(400);
    expect(data).toMatchObject({ repository_selection: 'all', expires_at: '2026-11-21T11:00:00Z' });
  });

  it('can be narrowed to one repository and to reading, and is held to both', async () => {
    const { data } = await grant({
      repositories: ['web'],
      permissions: { contents: 'read', issues: 'read' },
    });
    const narrow = octokit(at.github, data.token);
    expect((await answer(narrow.rest.repos.getContent({ ...WEB, path: 'README.md' }))).status).toBe(200);
    const write = await answer(narrow.rest.issues.create({ ...WEB, title: 'x' }));
    expect([write.status, write.message]).toEqual([403, 'Resource not accessible by integration']);
    expect((await answer(narrow.rest.checks.listForRef({ ...WEB, ref: 'main' }))).status).toBe(403);
    expect((await answer(narrow.rest.repos.get({ owner: 'acme', repo: 'other' }))).status).toBe(404);
    expect((await answer(narrow.rest.repos.get({ owner: 'acme', repo: 'open' }))).status).toBe(404);
    const { data: list } = await narrow.rest.apps.listReposAccessibleToInstallation();
    expect(list.repositories.map(({ full_name }) => full_name)).toEqual(['acme/web']);
  });

  it('cannot be widened: more than the installation has is 422', async () => {
    expect((await answer(grant({ permissions: { administration: 'write' } }))).status).toBe(422);
    expect((await answer(grant({ repositories: ['nowhere'] }))).status).toBe(422);
  });

  it('dies after one hour of the simulated clock, or when it is given back', async () => {
    const { data } = await grant({});
    expect((await get('/repos/acme/web', data.token)).status).toBe(200);
    now = new Date(now.getTime() + 3_600_000);
    expect((await get('/repos/acme/web', data.token)).status).toBe(401);
    const { data: next } = await grant({});
    await octokit(at.github, next.token).rest.apps.revokeInstallationAccessToken();
    expect((await get('/repos/acme/web', next.token)).status).toBe(401);
  });
});

describe('other callers', () => {
  it('an unknown token is 401, never somebody', async () => {
    const answered = await get('/user', 'gho_nobody');
    expect([answered.status, await answered.json()]).toEqual([
      401,
      expect.objectContaining({ message: 'Bad credentials' }),
    ]);
  });

  it('no token reads what is public, does not see what is private, and writes nothing', async () => {
    expect((await get('/repos/acme/open')).status).toBe(200);
    expect((await get('/repos/acme/web')).status).toBe(404);
    const write = await fetch(`${at.github.url}/repos/acme/open/issues`, {
      method: 'POST',
      body: '{"title":"x"}',
    });
    expect(write.status).toBe(401);
  });

  it('a person outside does not see a private repository, and may not push to a public one', async () => {
    const eve = octokit(at.github, at.github.userToken('eve'));
    expect((await answer(eve.rest.repos.get(WEB))).status).toBe(404);
    const open = { owner: 'acme', repo: 'open' };
    expect((await answer(eve.rest.git.createBlob({ ...open, content: 'x' }))).status).toBe(403);
    expect((await answer(eve.rest.issues.create({ ...open, title: 'hello' }))).status).toBe(201);
  });

  it("a job's token is github-actions[bot], in its own repository, with what it was given", async () => {
    const job = octokit(at.github, at.github.jobToken('acme/web', { issues: 'write' }));
    const { data } = await job.rest.issues.create({ ...WEB, title: 'from a job' });
    expect(data.user).toMatchObject({ login: 'github-actions[bot]', type: 'Bot' });
    expect((await answer(job.rest.issues.create({ owner: 'acme', repo: 'open', title: 'x' }))).status).toBe(
      404,
    );
    expect((await answer(job.rest.repos.getContent({ ...WEB, path: '' }))).status).toBe(403);
  });
});

describe('the permission of a person in a repository', () => {
  const ask = async (repo: string, username: string) => {
    const { data } = await at.app.rest.repos.getCollaboratorPermissionLevel({
      owner: 'acme',
      repo,
      username,
    });
    return [data.permission, data.role_name, data.user?.login];
  };

  it('is answered for outsiders too: read where everybody reads, none where nobody may', async () => {
    expect(await ask('open', 'eve')).toEqual(['read', 'read', 'eve']);
    expect(await ask('web', 'eve')).toEqual(['none', 'none', 'eve']);
  });

  it('knows roles that the older word does not', async () => {
    at.github.setCollaborator('acme/web', 'eve', 'maintain');
    expect(await ask('web', 'eve')).toEqual(['write', 'maintain', 'eve']);
    at.github.setCollaborator('acme/web', 'eve', 'none');
    expect(await ask('web', 'bob')).toEqual(['write', 'write', 'bob']);
    expect(await ask('web', 'alice')).toEqual(['admin', 'admin', 'alice']);
  });
});
