import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git } from '../../src/github/git.ts';
import {
  APP_ID,
  type Arranged,
  answer,
  arrange,
  octokit,
  REPO,
  type Received,
  type Receiver,
  startReceiver,
  undescribed,
  WEB,
} from './arrange.ts';

/** An App that has subscribed to nothing: it hears of its own installations all the same. */
const DEAF = 7;

let at: Arranged;
let receiver: Receiver;
let token: string;
beforeEach(async () => {
  at = await arrange({ record: true });
  receiver = await startReceiver();
  token = ((await at.app.auth({ type: 'installation' })) as { token: string }).token;
  at.github.setWebhookUrl(APP_ID, receiver.url);
});
afterEach(async () => {
  expect(undescribed(at.github)).toEqual([]);
  await at.github.close();
  receiver.close();
});

const withToken = () => octokit(at.github, token);
const mint = () =>
  answer(at.jwt.rest.apps.createInstallationAccessToken({ installation_id: at.installationId }));
const heard = async () => {
  await at.github.settled();
  return receiver.names();
};

describe('an installation that is removed', () => {
  it('is told of to its App, which had subscribed to nothing, and to no other', async () => {
    at.github.addApp({ id: DEAF, slug: 'deaf', permissions: {}, events: [] });
    const { id } = at.github.install(DEAF, 'acme');
    at.github.setWebhookUrl(DEAF, receiver.url);
    at.github.uninstall(id);
    expect(await heard()).toEqual(['installation.deleted']);
    const [{ payload }] = receiver.received as [Received];
    expect(Object.keys(payload)).toEqual(['action', 'installation', 'repositories', 'sender']);
    expect(payload).toMatchObject({
      installation: { id, account: { login: 'acme' }, app_slug: 'deaf' },
      repositories: [{ full_name: REPO }],
      sender: { login: 'alice', type: 'User' },
    });
  });

  it('takes its tokens with it at once, for the API and for git', async () => {
    at.github.uninstall(at.installationId);
    expect(await answer(withToken().rest.repos.get(WEB))).toMatchObject({
      status: 401,
      message: 'Bad credentials',
    });
    const gitDir = at.github.gitDirectory(REPO);
    // git asks for another password, and has nobody to ask.
    const listing = git(['ls-remote', 'conductor'], {
      gitDir,
      remote: { url: `${at.github.url}/acme/web.git`, token },
    });
    await expect(listing).rejects.toThrow('could not read Username');
    expect((await mint()).status).toBe(404);
    expect((await answer(at.jwt.rest.apps.getRepoInstallation(WEB))).status).toBe(404);
  });

  it('hears nothing more', async () => {
    at.github.uninstall(at.installationId);
    await at.github.as('alice').openIssue({ repo: REPO, title: 'x' });
    expect(await heard()).toEqual(['installation.deleted']);
  });
});

describe('an installation that is suspended', () => {
  it('is told of to its App, with when and by whom', async () => {
    at.github.suspend(at.installationId);
    expect(await heard()).toEqual(['installation.suspend']);
    const [{ payload }] = receiver.received as [Received];
    expect(Object.keys(payload)).toEqual(['action', 'installation', 'sender']);
    expect(payload).toMatchObject({
      installation: {
        id: at.installationId,
        suspended_at: expect.stringMatching(/Z$/),
        suspended_by: { login: 'alice' },
      },
      sender: { login: 'alice' },
    });
  });

  it('has its tokens refused at once, gets no new ones, and is still listed', async () => {
    at.github.suspend(at.installationId);
    const refused = await answer(withToken().rest.repos.get(WEB));
    expect([refused.status, refused.message]).toEqual([
      403,
      expect.stringContaining('suspended your access'),
    ]);
    expect(await mint()).toMatchObject({ status: 403, message: 'This installation has been suspended' });
    const { data } = await at.jwt.rest.apps.listInstallations();
    expect(data).toMatchObject([{ id: at.installationId, suspended_by: { login: 'alice' } }]);
  });

  it('hears nothing until it is let in again, and works then with the tokens it had', async () => {
    at.github.suspend(at.installationId);
    await at.github.as('alice').openIssue({ repo: REPO, title: 'unheard' });
    await at.github.settled();
    at.github.unsuspend(at.installationId);
    await at.github.as('alice').openIssue({ repo: REPO, title: 'heard' });
    expect(await heard()).toEqual(['installation.suspend', 'installation.unsuspend', 'issues.opened']);
    expect(receiver.received[1]?.payload.installation).toMatchObject({
      suspended_at: null,
      suspended_by: null,
    });
    expect((await answer(withToken().rest.repos.get(WEB))).status).toBe(200);
  });
});
