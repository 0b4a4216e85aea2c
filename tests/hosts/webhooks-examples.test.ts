import { createHmac, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import definitions from '@octokit/webhooks-examples' with { type: 'json' };
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { handleEvent } from '../../src/handlers/handle-event.ts';
import { EVENTS } from '../../src/hosts/app.ts';
import { appSettings } from '../../src/hosts/environment.ts';
import { type RunningApp, serveApp, webhookUrl } from '../../src/hosts/serve.ts';
import { runIdOf } from '../../src/runs/run-id.ts';
import type { RunView } from '../../src/runs/run-view.ts';
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts';

type Payload = Readonly<Record<string, unknown>>;
interface Example {
  readonly name: string;
  readonly payload: Payload;
}

const EXAMPLES = (definitions as unknown as { name: string; examples: Payload[] }[]).flatMap(
  ({ name, examples }) => examples.map((payload): Example => ({ name, payload })),
);
const OPTIONS = { trigger: 'conductor', allowedBots: [] };
const OURS = EXAMPLES.filter(({ name }) => EVENTS.some((event) => event === name));
/** What a person's text stands under, by event. */
const TEXT: Readonly<Record<string, string>> = {
  issues: 'issue',
  issue_comment: 'comment',
  pull_request: 'pull_request',
  pull_request_review: 'review',
  pull_request_review_comment: 'comment',
};

const describing = ({ name, payload }: Example) => `${name}.${String(payload.action ?? '-')}`;

/** The example as if its text asked for help. */
function mentioning(example: Example): Example {
  const key = TEXT[example.name] ?? '';
  const part = example.payload[key] as Payload;
  return { ...example, payload: { ...example.payload, [key]: { ...part, body: '@conductor help' } } };
}

describe('GitHub’s own example payloads', () => {
  it('there are 329 of them, and 101 of events that Conductor hears', () => {
    expect(EXAMPLES).toHaveLength(329);
    expect(OURS).toHaveLength(101);
  });

  it('S0-30: handleEvent reads each of them, and asks for nothing: none mentions Conductor', () => {
    const kinds = EXAMPLES.map(({ name, payload }) => handleEvent(name, payload, OPTIONS));
    expect(kinds.filter(({ kind }) => kind === 'command')).toEqual([]);
    const foreign = EXAMPLES.filter(
      (example) => !OURS.includes(example) && !['installation', 'workflow_run'].includes(example.name),
    ).map(({ name, payload }) => handleEvent(name, payload, OPTIONS));
    for (const handled of foreign) expect(handled).toEqual({ kind: 'ignored', reason: 'unsupported_event' });
  });

  it('S0-30: none of the events that Conductor hears is taken for malformed', () => {
    const malformed = OURS.filter(({ name, payload }) => {
      const handled = handleEvent(name, payload, OPTIONS);
      return handled.kind === 'ignored' && handled.reason === 'malformed_payload';
    });
    expect(malformed.map(describing)).toEqual([]);
  });

  it('S0-3: with a mention in its text, each new one by a person commands, and no other does', () => {
    const asking = OURS.filter(({ name }) => name in TEXT).map(mentioning);
    for (const example of asking) {
      const { name, payload } = example;
      const author = (payload[TEXT[name] ?? ''] as { user: { type: string } | null }).user;
      const isNew = ['opened', 'created', 'submitted'].includes(String(payload.action));
      const expected = isNew && author?.type === 'User' ? 'command' : 'not a command';
      const { kind } = handleEvent(name, payload, OPTIONS);
      expect(`${describing(example)}: ${kind === 'command' ? kind : 'not a command'}`).toBe(
        `${describing(example)}: ${expected}`,
      );
    }
    expect(
      asking.filter(({ name, payload }) => handleEvent(name, payload, OPTIONS).kind === 'command').length,
    ).toBeGreaterThan(10);
  });
});

describe('GitHub’s own example payloads, signed and sent to the App', () => {
  const secret = randomBytes(32).toString('hex');
  const folder = mkdtempSync(join(tmpdir(), 'conductor-hooks-'));
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  const ended: RunView[] = [];
  let simulator: Simulator;
  let app: RunningApp;
  let home: { installation: { id: number }; repository: Payload };

  beforeAll(async () => {
    process.on('unhandledRejection', note);
    simulator = await startSimulator();
    simulator.addOrganization({ login: 'acme' });
    const { id } = await simulator.addRepository({
      owner: 'acme',
      name: 'shop',
      files: { 'README.md': '# Shop\n' },
    });
    const permissions = {
      contents: 'write',
      issues: 'write',
      pull_requests: 'write',
      checks: 'write',
    } as const;
    const { privateKey } = simulator.addApp({ id: 7, slug: 'conductor', permissions, events: [] });
    const installation = simulator.install(7, 'acme');
    home = {
      installation,
      repository: { id, name: 'shop', default_branch: 'main', owner: { login: 'acme' } },
    };
    app = await serveApp(
      { appId: 7, privateKey, webhookSecret: secret, port: 0, host: '127.0.0.1', logLevel: 'fatal' },
      appSettings({ GITHUB_API_URL: simulator.url, DATA_DIR: folder }),
      { ended: (view) => ended.push(view), runner: 'memory' },
    );
  });

  afterAll(async () => {
    await app.close();
    await simulator.close();
    process.off('unhandledRejection', note);
    rmSync(folder, { recursive: true, force: true });
  });

  let count = 0;
  async function send({ name, payload }: Example, signedWith = secret): Promise<number> {
    const body = JSON.stringify(payload);
    count += 1;
    const response = await fetch(webhookUrl(app), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': name,
        'x-github-delivery': `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
        'x-hub-signature-256': `sha256=${createHmac('sha256', signedWith).update(body).digest('hex')}`,
      },
      body,
    });
    await response.text();
    return response.status;
  }

  it('S0-30: every one is answered with 202, also those of repositories that the App is not installed on', async () => {
    const answers = new Map<string, number>();
    for (const example of EXAMPLES) {
      const status = await send(example);
      if (status !== 202) answers.set(describing(example), status);
    }
    expect([...answers]).toEqual([]);
    expect(unhandled).toEqual([]);
  });

  it('S0-30: in a repository that the App is installed on, every one that concerns it is answered with 202', async () => {
    const athome = OURS.map((example) => ({ ...example, payload: { ...example.payload, ...home } }));
    const answers = await Promise.all(
      athome.map(async (example) => [describing(example), await send(example)]),
    );
    expect(answers.filter(([, status]) => status !== 202)).toEqual([]);
    expect(unhandled).toEqual([]);
  });

  it('S0-30: asked by people who have no place in the repository, every run ends as refused', async () => {
    const asking = OURS.filter(({ name }) => name in TEXT)
      .map(mentioning)
      .map((example) => ({ ...example, payload: { ...example.payload, ...home } }));
    const runs = asking.flatMap(({ name, payload }) => {
      const handled = handleEvent(name, payload, OPTIONS);
      return handled.kind === 'command' ? [runIdOf(handled.request)] : [];
    });
    for (const example of asking) expect(await send(example)).toBe(202);
    await app.engine.idle();
    // Several examples are of one and the same comment: that is one run.
    expect(new Set(runs).size).toBeGreaterThan(3);
    expect(ended.map(({ run }) => run).sort()).toEqual([...new Set(runs)].sort());
    expect(new Set(ended.map(({ outcome }) => `${outcome?.state} ${outcome?.code}`))).toEqual(
      new Set(['refused no_permission']),
    );
    expect(
      simulator.calls.filter(({ method, route }) => method === 'POST' && /git|pulls$|check-runs/.test(route)),
    ).toEqual([]);
    expect(unhandled).toEqual([]);
  });

  it('S2-29: a payload signed with another secret is refused', async () => {
    const [example] = OURS.map(mentioning);
    const before = ended.length;
    expect(example && (await send(example, 'another secret, as long as it is'))).toBe(401);
    expect(ended).toHaveLength(before);
  });
});
