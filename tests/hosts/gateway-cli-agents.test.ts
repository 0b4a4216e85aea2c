import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CliModelEntry, CliTask } from '../../src/agents/cli-agent.ts';
import { cliAgents, cliVersions } from '../../src/hosts/cli-agents.ts';
import { cliUser } from '../../src/hosts/cli-user.ts';
import type { Variables } from '../../src/hosts/environment.ts';
import { vendorOf } from '../../src/hosts/gateway/vendor-of.ts';
import { isRoot, running } from '../agents/cli/caged.ts';
import { recordingMeter, taskFor } from '../agents/cli/tasks.ts';
import { twoTurnVendor } from '../agents/cli/two-turn-vendor.ts';
import { drip, vendorServer } from '../agents/models/vendor-server.ts';

const KEY = 'sk-real-0123456789abcdefghijklmnop';
const programs = mkdtempSync(join(tmpdir(), 'programs-'));
chmodSync(programs, 0o755);
afterAll(() => rmSync(programs, { recursive: true }));
copyFileSync(join(import.meta.dirname, '../agents/cli/stub-claude.mjs'), join(programs, 'claude'));
chmodSync(join(programs, 'claude'), 0o755);

/** Where the checkout is a folder of root's own, no other account can start the node that is in it. */
function others(): Variables {
  try {
    if (isRoot) execFileSync(process.execPath, ['--version'], { uid: 61_184, gid: 61_184, cwd: '/' });
    return isRoot ? {} : { CLI_USER: 'same' };
  } catch {
    return { CLI_USER: 'same' };
  }
}
const variables: Variables = {
  PATH: [dirname(process.execPath), '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
  CLI_PATH: programs,
  ANTHROPIC_API_KEY: KEY,
  DATA_DIR: join(programs, 'no-data'),
  ...others(),
};

function claudeAt(base_url: string, overrides: Partial<CliTask> = {}): CliTask {
  const entry: CliModelEntry = { provider: 'anthropic', model: 'model-a', base_url };
  return taskFor({ kind: 'claude-code' }, { entry, ...overrides });
}
const { signal } = new AbortController();

describe('S4-3: a CLI with its gateway', () => {
  it('comes to a change set, over the vendor that the config names, with each call counted', async () => {
    const vendor = await twoTurnVendor('echo hello > hello.txt', 'I added hello.txt.');
    const meter = recordingMeter();
    const work = await cliAgents(variables)(claudeAt(vendor.url, { meter }), signal);
    await vendor.close();
    const usage = { input: 900, cacheRead: 100, cacheWrite: 0, output: 20 };
    expect(work).toMatchObject({
      thought: { kind: 'proposal', text: 'I added hello.txt.', files: [{ op: 'create', path: 'hello.txt' }] },
      calls: [
        { usage, failure: null },
        { usage, failure: null },
      ],
      tools: [{ tool: 'Bash', target: 'echo hello > hello.txt', ok: true }],
    });
    expect(meter.settled).toEqual([usage, usage]);
    expect(vendor.asked.map(({ path }) => path)).toEqual([
      '/v1/messages?beta=true',
      '/v1/messages?beta=true',
    ]);
    expect(vendor.asked.every(({ headers }) => headers['x-api-key'] === KEY)).toBe(true);
    expect(JSON.stringify(work)).not.toContain(KEY);
    expect(running(join(programs, 'claude'))).toEqual([]);
  });

  it('ends with the budget, and what it had edited by then is not taken', async () => {
    const vendor = await twoTurnVendor('echo hello > hello.txt', 'Done.');
    const meter = recordingMeter({ refuseFrom: 2 });
    const work = await cliAgents(variables)(claudeAt(vendor.url, { meter }), signal);
    await vendor.close();
    expect(work.thought).toMatchObject({
      kind: 'failure',
      code: 'budget_reached',
      next: 'Ask for a smaller step.',
    });
    expect(work.calls.map(({ failure }) => failure)).toEqual([null, 'budget_reached']);
  });

  it('a CLI that goes on asking after that is ended', async () => {
    const vendor = await vendorServer((response) => void response.end('{}'));
    const script = `(async () => { for (;;) await fetch(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST',
      headers: { 'x-api-key': process.env.ANTHROPIC_API_KEY },
      body: JSON.stringify({ model: process.env.CONDUCTOR_MODEL, max_tokens: 5, messages: [] }) }); })()`;
    const task = claudeAt(vendor.url, { maxTurns: 3 });
    const profile = {
      ...task.profile,
      runner: { kind: 'command', command: ['node', '-e', script] } as const,
    };
    const work = await cliAgents({ ...variables, CLI_AGENTS: 'command:node' })({ ...task, profile }, signal);
    await vendor.close();
    expect(work.thought).toMatchObject({
      code: 'turn_limit',
      message: 'The agent used all its 3 turns without finishing.',
    });
    expect(vendor.requests).toHaveLength(3);
  });

  it('a run that is stopped in the middle of a call ends the call too', async () => {
    const vendor = await vendorServer(drip([], ': beat\n\n'));
    const stop = new AbortController();
    const meter = recordingMeter();
    const work = cliAgents(variables)(claudeAt(vendor.url, { meter }), stop.signal);
    while (vendor.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    expect(await work).toMatchObject({
      thought: { code: 'run_interrupted' },
      calls: [{ failure: 'model_stopped', usage: null }],
    });
    expect(meter.settled).toEqual([null]);
    expect(vendor.hungUp()).toBe(1);
    await vendor.close();
  });

  it('a call that its CLI does not wait for is ended with it', async () => {
    const vendor = await vendorServer(drip([], ': beat\n\n'));
    const script = `require('http').request(process.env.ANTHROPIC_BASE_URL + '/v1/messages', { method: 'POST',
      headers: { 'x-api-key': process.env.ANTHROPIC_API_KEY } }, () => { console.log('Enough.'); process.exit(0); })
      .end(JSON.stringify({ model: process.env.CONDUCTOR_MODEL, max_tokens: 5, messages: [] }))`;
    const task = { ...claudeAt(vendor.url) };
    const runner = { kind: 'command', command: ['node', '-e', script] } as const;
    const profile = { ...task.profile, runner };
    const work = await cliAgents({ ...variables, CLI_AGENTS: 'command:node' })({ ...task, profile }, signal);
    expect(work).toMatchObject({
      thought: { kind: 'answer', text: 'Enough.' },
      calls: [{ failure: 'model_stopped' }],
    });
    expect(vendor.hungUp()).toBe(1);
    await vendor.close();
  });

  it('what the meter throws comes out, after the cage is gone', async () => {
    const vendor = await twoTurnVendor('true', 'Done.');
    const meter = { admit: () => Promise.reject(new Error('the journal is closed')) };
    await expect(cliAgents(variables)(claudeAt(vendor.url, { meter }), signal)).rejects.toThrow(
      'the journal',
    );
    await vendor.close();
    expect(running(join(programs, 'claude'))).toEqual([]);
  });
});

describe('which CLIs a host runs', () => {
  const codeOf = async (runner: Parameters<typeof taskFor>[0], more: Variables) => {
    const { thought } = await cliAgents({ ...variables, ...more })(taskFor(runner), signal);
    return thought.kind === 'failure' ? thought.code : thought.kind;
  };
  const shell = { kind: 'command', command: ['true'] } as const;

  it('those that CLI_AGENTS lists; without it any but commands', async () => {
    expect(await codeOf(shell, {})).toBe('cli_not_allowed');
    expect(await codeOf(shell, { CLI_AGENTS: 'claude-code, codex' })).toBe('cli_not_allowed');
    expect(await codeOf(shell, { CLI_AGENTS: 'command:false' })).toBe('cli_not_allowed');
    expect(await codeOf(shell, { CLI_AGENTS: 'command:true' })).toBe('empty_answer');
    expect(await codeOf(shell, { CLI_AGENTS: 'codex command' })).toBe('empty_answer');
    expect(await codeOf({ kind: 'claude-code' }, { CLI_AGENTS: 'codex' })).toBe('cli_not_allowed');
    expect(await codeOf({ kind: 'claude-code' }, { CLI_AGENTS: '' })).toBe('cli_model_mismatch');
    expect(await codeOf({ kind: 'codex' }, { CLI_AGENTS: 'codex' })).toBe('cli_not_found');
  });

  it('for doctor: which are found, where, and of which version', async () => {
    writeFileSync(join(programs, 'gemini'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const found = await cliVersions({ ...variables, PATH: `${dirname(process.execPath)}:/usr/bin:/bin` });
    expect(found.filter(({ path }) => path?.startsWith(programs))).toEqual([
      { runner: 'claude-code', program: 'claude', path: join(programs, 'claude'), version: '9.9.9 (Stub)' },
      { runner: 'gemini', program: 'gemini', path: join(programs, 'gemini'), version: null },
    ]);
    expect(found.map(({ runner }) => runner)).toEqual([
      'claude-code',
      'codex',
      'opencode',
      'copilot',
      'gemini',
    ]);
  });

  it('SEC-2: as whom: root gives each run an account of its own, and nobody else runs any unasked', () => {
    const as = (uid: number, more: Variables = {}) => {
      const found = cliUser({ DATA_DIR: '/no/such', ...more }, uid);
      return found.ok ? found.user : found.code;
    };
    expect(as(0)).toBe('own');
    expect(as(1_000)).toBe('cli_not_isolated');
    expect(as(1_000, { CLI_USER: 'nobody' })).toBe('cli_not_isolated');
    expect(as(1_000, { CLI_USER: 'same' })).toBe('same');
    expect(as(0, { CLI_USER: 'nobody' })).toMatchObject({ uid: expect.any(Number), gid: expect.any(Number) });
    expect(as(0, { CLI_USER: 'root' })).toBe('cli_not_isolated');
    expect(as(0, { CLI_USER: '0' })).toBe('cli_not_isolated');
    expect(as(0, { CLI_USER: 'no-such-account' })).toBe('cli_not_isolated');
  });
});

describe('where a gateway leads', () => {
  const keys = { ANTHROPIC_API_KEY: 'a', OPENAI_API_KEY: 'o', LOCAL_KEY: 'l' };
  const leadsTo = (entry: Partial<CliModelEntry> & { provider: string }, more: Variables = {}) => {
    const found = vendorOf('main', { model: 'm', ...entry }, { ...keys, ...more });
    return found.ok ? found.upstream : found.code;
  };

  it.each([
    [{ provider: 'anthropic' }, { messages: 'https://api.anthropic.com' }],
    [{ provider: 'openai' }, { responses: 'https://api.openai.com/v1', chat: 'https://api.openai.com/v1' }],
    [{ provider: 'openai', wire: 'chat' as const }, { chat: 'https://api.openai.com/v1' }],
    [
      { provider: 'openai-compatible', base_url: 'http://127.0.0.1:1/v1/' },
      { chat: 'http://127.0.0.1:1/v1' },
    ],
    [
      { provider: 'openai-compatible', base_url: 'http://[::1]:1/v1', wire: 'responses' as const },
      { responses: 'http://[::1]:1/v1' },
    ],
    [
      { provider: 'openai-compatible', base_url: 'http://localhost:1/v1beta/openai/' },
      { chat: 'http://localhost:1/v1beta/openai', gemini: 'http://localhost:1/v1beta' },
    ],
  ])('%j leads to %j', (entry, addresses) => {
    expect(leadsTo(entry)).toMatchObject({ model: 'm', addresses });
  });

  it('the host’s own addresses and keys count, and no address that a repository names', () => {
    expect(leadsTo({ provider: 'anthropic' }, { ANTHROPIC_BASE_URL: 'https://g.example/' })).toMatchObject({
      apiKey: 'a',
      addresses: { messages: 'https://g.example' },
    });
    const local = {
      provider: 'openai-compatible',
      base_url: 'https://two.example/v1',
      api_key_env: 'LOCAL_KEY',
    };
    expect(leadsTo(local)).toBe('model_address_not_allowed');
    expect(leadsTo(local, { MODEL_BASE_URLS: 'https://two.example/v1/' })).toMatchObject({ apiKey: 'l' });
    expect(leadsTo(local, { MODEL_BASE_URLS: 'https://two.example' })).toBe('model_address_not_allowed');
    expect(leadsTo({ provider: 'openai' }, { OPENAI_API_KEY: '' })).toBe('model_key_missing');
    expect(leadsTo({ provider: 'bedrock' })).toBe('cli_model_mismatch');
    expect(leadsTo({ provider: 'constructor' })).toBe('cli_model_mismatch');
    expect(leadsTo({ provider: 'scripted' })).toBe(null);
  });
});
