import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator, type Emulator } from 'emulate';
import { createNodeMiddleware, Probot } from 'probot';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Workspace } from '../../src/changes/workspace.ts';
import type { RepositorySource } from '../../src/github/repository.ts';
import { EVENTS } from '../../src/hosts/app.ts';
import { systemClock } from '../../src/hosts/clock.ts';
import { createEngine, type Engine } from '../../src/hosts/engine.ts';
import { HOST_DEFAULTS } from '../../src/hosts/environment.ts';
import { installationTokens } from '../../src/hosts/installation-tokens.ts';
import { lazyCliAgents } from '../../src/hosts/lazy-cli-agents.ts';
import { configuredModels } from '../../src/hosts/models.ts';
import { createMask } from '../../src/messages/mask.ts';
import { inProcessRunner } from '../../src/runs/in-process-runner.ts';
import type { RunView } from '../../src/runs/run-view.ts';

/**
 * A second opinion by an emulator of GitHub that nobody here wrote. It serves no git protocol, so the repository is
 * read through its Git Data API; all else is the real thing: JSON web token, scoped token, signed webhook, engine.
 */

const SECRET = 'a secret of more than sixteen characters';
const READ = {
  contents: 'read',
  issues: 'read',
  pull_requests: 'read',
  checks: 'read',
  metadata: 'read',
} as const;
const WRITE = {
  contents: 'write',
  issues: 'write',
  pull_requests: 'write',
  checks: 'write',
  metadata: 'read',
} as const;
const FILES = {
  'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n',
  '.github/conductor.yml': `agent: { models: [demo] }
models:
  demo: { provider: scripted, model: demo, script: script.yml, price: { input: 4, output: 20 } }
`,
  'script.yml': JSON.stringify({
    version: 1,
    scenes: [
      {
        when: ['correct the rounding'],
        turns: [
          {
            tool_calls: [
              { name: 'edit_file', input: { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' } },
              { name: 'finish', input: { summary: 'Rounds to the nearest cent.' } },
            ],
            usage: { input: 1_000, output: 100 },
          },
        ],
      },
    ],
  }),
};

describe('a mention on an emulator of GitHub by other hands', () => {
  const ended: RunView[] = [];
  let github: Emulator;
  let http: Server;
  let engine: Engine;
  /** The tokens that the engine was given for the repository. */
  let granted: Readonly<Record<'read' | 'write', () => Promise<string>>>;

  async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${github.url}${path}`, {
      method,
      headers: { authorization: 'token tok_alice', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  beforeAll(async () => {
    http = createServer();
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    const { port } = http.address() as AddressInfo;
    github = await createEmulator({
      service: 'github',
      port: 0,
      seed: {
        tokens: { tok_alice: { login: 'alice', scopes: ['repo'] } },
        github: {
          users: [{ login: 'alice' }],
          orgs: [{ login: 'acme', members: [{ login: 'alice', role: 'admin' }] }],
          repos: [
            { owner: 'acme', name: 'web', private: true, default_branch: 'main' },
            { owner: 'acme', name: 'other', private: true, default_branch: 'main' },
          ],
          apps: [
            {
              app_id: 4242,
              slug: 'conductor',
              name: 'Conductor',
              webhook_url: `http://127.0.0.1:${port}/api/github/webhooks`,
              webhook_secret: SECRET,
              events: [...EVENTS],
              permissions: WRITE,
              installations: [{ installation_id: 777, account: 'acme' }],
            },
          ],
        },
      },
    });
    for (const [path, text] of Object.entries(FILES)) {
      const content = Buffer.from(text).toString('base64');
      await api('PUT', `/repos/acme/web/contents/${path}`, { message: path, content });
    }

    const key = github.generatedSecrets.find(({ kind }) => kind === 'github.app_private_key');
    const probot = new Probot({
      appId: 4242,
      privateKey: key?.value ?? '',
      secret: SECRET,
      baseUrl: github.url,
      logLevel: 'fatal',
    });
    const mask = createMask();
    const webhooks = await createNodeMiddleware(
      (app) => {
        const tokens = installationTokens(() => app.auth(), systemClock.now, mask);
        engine = createEngine({
          runner: inProcessRunner,
          connect: async (repository, installationId) => {
            const token = (permissions: typeof READ | typeof WRITE) => () =>
              tokens(installationId ?? 0, repository.id, permissions);
            granted = { read: token(READ), write: token(WRITE) };
            const { data } = await (await app.auth()).request('GET /app');
            return {
              apiUrl: github.url,
              graphqlUrl: null,
              self: `${data?.slug}[bot]`,
              readToken: token(READ),
              wordToken: token(WRITE),
              pushToken: token(WRITE),
              logToken: token(READ),
              memberToken: token(READ),
              source: gitDataSource(
                `${github.url}/repos/${repository.owner}/${repository.name}`,
                token(READ),
              ),
              mask,
              paceAs: null,
            };
          },
          models: configuredModels({}),
          cli: lazyCliAgents({}),
          mask,
          settings: HOST_DEFAULTS,
          clock: systemClock,
          trigger: null,
          allowedBots: [],
          handOver: null,
          ended: (view) => ended.push(view),
          log: () => undefined,
        });
        app.on([...EVENTS], async ({ name, payload }) => void (await engine.receive(name, payload)));
      },
      { probot, webhooksPath: '/api/github/webhooks' },
    );
    http.on(
      'request',
      (request, response) => void webhooks(request, response, () => response.writeHead(404).end()),
    );
  });

  afterAll(async () => {
    await github.close();
    http.close();
  });

  it('S2-37: becomes branch, draft pull request and check runs, by the App', async () => {
    const { number } = await api<{ number: number }>('POST', '/repos/acme/web/issues', {
      title: 'A cent too low',
    });
    const body = '@conductor fix: correct the rounding';
    await api('POST', `/repos/acme/web/issues/${number}/comments`, { body });
    await vi.waitFor(() => expect(ended).toHaveLength(1), { timeout: 15_000, interval: 50 });

    const [view] = ended;
    expect(view?.outcome).toMatchObject({ state: 'done', code: 'pull_request_opened' });
    // The emulator has no reactions: that must not fail the run.
    expect(view?.failedEffects).toEqual([]);

    const [pull] = await api<
      { number: number; draft: boolean; head: { ref: string }; user: { login: string } }[]
    >('GET', '/repos/acme/web/pulls');
    expect(pull).toMatchObject({ draft: true, user: { login: 'conductor[bot]' } });
    const branch = pull?.head.ref ?? '';
    expect(branch).toMatch(new RegExp(`^conductor/${number}-a-cent-too-low-`));
    const { content } = await api<{ content: string }>(
      'GET',
      `/repos/acme/web/contents/src/total.js?ref=${branch}`,
    );
    expect(Buffer.from(content, 'base64').toString()).toContain('Math.round');

    const { check_runs } = await api<{ check_runs: { name: string; conclusion: string }[] }>(
      'GET',
      `/repos/acme/web/commits/${branch}/check-runs`,
    );
    expect(check_runs.map(({ name, conclusion }) => `${name} ${conclusion}`).sort()).toEqual([
      'conductor/audit success',
      'conductor/policy action_required',
    ]);
    const comments = await api<{ body: string; user: { login: string } }[]>(
      'GET',
      `/repos/acme/web/issues/${number}/comments`,
    );
    expect(comments.map(({ user }) => user.login)).toEqual(['alice', 'conductor[bot]']);
    expect(comments[1]?.body).toContain(`Opened pull request #${pull?.number}.`);
  });

  it('S0-30: the token that reads cannot write, and neither reaches another repository', async () => {
    const post = async (token: string, repository: string) => {
      const response = await fetch(`${github.url}/repos/acme/${repository}/issues`, {
        method: 'POST',
        headers: { authorization: `token ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ title: 'Written' }),
      });
      return response.status;
    };
    expect(await post(await granted.read(), 'web')).toBe(403);
    expect(await post(await granted.write(), 'other')).toBe(403);
    expect(await post(await granted.write(), 'web')).toBe(201);
  });
});

/** A repository read by REST: what the engine's own source does through git. */
function gitDataSource(root: string, token: () => Promise<string>): RepositorySource {
  async function get<T>(path: string): Promise<T | null> {
    const response = await fetch(`${root}${path}`, { headers: { authorization: `token ${await token()}` } });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
    return (await response.json()) as T;
  }
  const treeOf = async (commit: string): Promise<string> =>
    (await get<{ tree: { sha: string } }>(`/git/commits/${commit}`))?.tree.sha ?? '';

  return {
    changesBetween: () => Promise.reject(new Error('not asked for')),
    treeOf,
    close: () => undefined,
    async fetch(ref) {
      const found = await get<{ object: { sha: string } }>(`/git/ref/${ref.replace(/^refs\//, '')}`);
      return found?.object.sha ?? null;
    },
    async workspaceAt(commit): Promise<Workspace> {
      const listing = await get<{ tree: { path: string; type: string; sha: string; size?: number }[] }>(
        `/git/trees/${await treeOf(commit)}?recursive=1`,
      );
      const files = (listing?.tree ?? []).filter(({ type }) => type === 'blob');
      return {
        commit,
        past: null,
        list: async () => files.map(({ path }) => ({ path, mode: '100644' })),
        sizeOf: async (path) => files.find((each) => each.path === path)?.size ?? null,
        prefetch: async () => undefined,
        async read(path) {
          const file = files.find((each) => each.path === path);
          const blob = file ? await get<{ content: string }>(`/git/blobs/${file.sha}`) : null;
          return blob ? new Uint8Array(Buffer.from(blob.content, 'base64')) : null;
        },
        search: async () => [],
      };
    },
  };
}
