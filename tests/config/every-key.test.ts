import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { handleEvent } from '../../src/handlers/handle-event.ts';
import { systemClock } from '../../src/hosts/clock.ts';
import type { Connect } from '../../src/hosts/connection.ts';
import { HOST_DEFAULTS } from '../../src/hosts/environment.ts';
import { repositoryConfigs, wantedBy } from '../../src/hosts/repository-configs.ts';
import { logOfRuns } from '../../src/hosts/run-log.ts';
import { statusComment } from '../../src/messages/status-comment.ts';
import { standingOf } from '../../src/policy/standing.ts';
import { originOf } from '../../src/runs/run-watch.ts';
import type { ThreadRuns } from '../../src/runs/thread-runs.ts';
import { changesRequested, failedSuite } from '../handlers/build.ts';
import { SAID, WEIGHING } from '../policy/said.ts';
import { movedOwn } from '../runs/base-moved.ts';
import { COMMIT, CONFIG, EDIT_A, requestOf, runInMemory } from '../runs/memory-host.ts';

/** What a run records of how long its record is to be kept; what becomes of it is shown in tests/storage. */
async function keptWith(config: string) {
  const { events } = await runInMemory({ config: `${CONFIG}${config}` });
  return events.flatMap(({ fact }) => (fact.kind === 'facts_gathered' ? [fact.kept] : []));
}

/** For each key of the schema, what changes when it does. A key without a line here fails. */
const PROOFS: Readonly<Record<string, () => Promise<void>>> = {
  'audit.retention_days': async () => {
    expect(await keptWith('')).toMatchObject([{ recordDays: 400 }]);
    expect(await keptWith('audit: { retention_days: 3 }')).toMatchObject([{ recordDays: 3 }]);
  },
  'audit.prompt_days': async () => {
    expect(await keptWith('')).toMatchObject([{ promptDays: 30 }]);
    expect(await keptWith('audit: { prompt_days: 3 }')).toMatchObject([{ promptDays: 3 }]);
  },
  'follow_up.base_moved': async () => {
    const codeFor = async (config: string) => {
      const { outcome } = await runInMemory({ config, cause: 'base_moved', ownPulls: movedOwn() });
      return outcome.code;
    };
    expect(await codeFor('')).toBe('pull_request_opened');
    expect(await codeFor('follow_up: { base_moved: false }')).toBe('nothing_to_follow');
  },
  trigger: async () => {
    const kindFor = (config: string) =>
      handleEvent('issue_comment', comment('@bob hello', 'User', 1), intake(config)).kind;
    expect([kindFor(''), kindFor('trigger: bob')]).toEqual(['ignored', 'command']);
  },
  'security.allowed_bots': async () => {
    const kindFor = (config: string) =>
      handleEvent('issue_comment', comment('@conductor hello', 'Bot', 77), intake(config)).kind;
    expect([kindFor(''), kindFor('security: { allowed_bots: [77] }')]).toEqual(['ignored', 'command']);
  },
  'logging.level': async () => {
    const linesFor = async (config: string) => {
      const configs = repositoryConfigs(repositoryWith(config), HOST_DEFAULTS, systemClock);
      await configs.of(requestOf({}).repository, 1);
      const lines: string[] = [];
      const log = logOfRuns((level) => void lines.push(level), configs.logLevelOf)(originOf(requestOf({})));
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log(level, 'a line');
      return lines;
    };
    expect(await linesFor('')).toEqual(['debug', 'info', 'warn', 'error']);
    expect(await linesFor('logging: { level: warn }')).toEqual(['warn', 'error']);
    expect(await linesFor('logging: { level: fatal }'), 'nobody hides errors').toEqual(['error']);
  },
  'security.link_hosts': async () => {
    const linksFor = async (config: string) => {
      const scenes = [{ turns: [{ text: 'See [it](https://wiki.example/x).' }] }];
      const { view } = await runInMemory({
        body: '@conductor ask one',
        scenes,
        config: `${CONFIG}${config}`,
      });
      return statusComment(view, 'conductor').includes('](https://wiki.example/x)');
    };
    expect([await linksFor(''), await linksFor('security: { link_hosts: [wiki.example] }')]).toEqual([
      false,
      true,
    ]);
  },
  'models.*.provider': async () => {
    const codeFor = async (provider: string) =>
      (
        await runInMemory({
          realModels: true,
          config: `models: { m: { provider: ${provider}, model: x, price: { input: 1, output: 1 } } }`,
        })
      ).outcome;
    expect((await codeFor('anthropic')).message).toContain('ANTHROPIC_API_KEY');
    expect((await codeFor('openai')).message).toContain('OPENAI_API_KEY');
    expect((await codeFor('scripted')).code).toBe('script_missing');
  },
  'models.*.model': async () => {
    const { view } = await scripted('model: a-model');
    expect(view.agent?.model).toBe('scripted/a-model');
  },
  'models.*.base_url': async () => {
    let asked = 0;
    const server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(401).end('{}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const config = `models: { m: { provider: openai-compatible, model: x, base_url: "${url}", price: { input: 1, output: 1 } } }`;
    const { outcome } = await runInMemory({ realModels: true, config, variables: { OPENAI_API_KEY: 'k' } });
    server.close();
    expect([asked, outcome.code]).toEqual([1, 'model_auth']);
  },
  'models.*.api_key_env': async () => {
    const config =
      'models: { m: { provider: anthropic, model: x, api_key_env: MY_KEY, price: { input: 1, output: 1 } } }';
    expect((await runInMemory({ realModels: true, config })).outcome.message).toContain('`MY_KEY`');
  },
  'models.*.price.input': async () => {
    expect(
      (await scripted('model: x, price: { input: 2, output: 0, cache_read: 0, cache_write: 0 }')).view
        .costUsd,
    ).toBeCloseTo(2 * 2 * 0.001, 6);
  },
  'models.*.price.output': async () => {
    expect((await scripted('model: x, price: { input: 0, output: 3 }')).view.costUsd).toBeCloseTo(
      2 * 3 * 0.001,
      6,
    );
  },
  'models.*.price.cache_read': async () => {
    expect(
      (await scripted('model: x, price: { input: 0, output: 0, cache_read: 5 }')).view.costUsd,
    ).toBeCloseTo(2 * 5 * 0.001, 6);
  },
  'models.*.price.cache_write': async () => {
    expect(
      (await scripted('model: x, price: { input: 0, output: 0, cache_write: 7 }')).view.costUsd,
    ).toBeCloseTo(2 * 7 * 0.001, 6);
  },
  'models.*.script': async () => {
    expect((await scripted('model: x, script: scripts/nothing.yml')).outcome.message).toContain(
      'scripts/nothing.yml',
    );
  },
  'models.*.wire': async () => {
    expect((await firstRequest('provider: openai-compatible')).path).toBe('/v1/chat/completions');
    expect((await firstRequest('provider: openai-compatible, wire: responses')).path).toBe('/v1/responses');
    expect((await firstRequest('provider: openai')).path).toBe('/v1/responses');
    expect((await firstRequest('provider: openai, wire: chat')).path).toBe('/v1/chat/completions');
  },
  'models.*.compat': async () => {
    expect((await firstRequest('provider: anthropic')).headers).toMatchObject({ authorization: 'Bearer k' });
    const { headers } = await firstRequest('provider: anthropic, compat: legacy');
    expect(headers).toMatchObject({ 'x-api-key': 'k', 'anthropic-version': '2023-06-01' });
    expect(headers).not.toHaveProperty('authorization');
  },
  'models.*.weight': async () => {
    const firstOf = async (a: number, b: number) => {
      const entry = (name: string, weight: number) =>
        `${name}: { provider: scripted, model: ${name}, weight: ${weight} }`;
      const { view } = await runInMemory({
        realModels: true,
        config: `models: { ${entry('a', a)}, ${entry('b', b)} }\nagent: { models: [[a, b]] }`,
        files: { '.github/conductor/mock.yml': JSON.stringify({ version: 1, scenes: [{ turns: EDIT_A }] }) },
      });
      return view.agent?.model;
    };
    expect([await firstOf(1000, 0.001), await firstOf(0.001, 1000)]).toEqual(['scripted/a', 'scripted/b']);
  },
  'models.*.context_tokens': async () => {
    const sent = await firstRequest('provider: openai-compatible, context_tokens: 8000');
    expect(sent.body.max_tokens).toBeLessThan(8000);
    expect((await firstRequest('provider: openai-compatible')).body.max_tokens).toBe(16_000);
    expect((await scripted('model: x, context_tokens: 1000')).outcome.code).toBe('model_context_overflow');
  },
  'models.*.tools': async () => {
    expect((await firstRequest('provider: openai-compatible')).body.tools).toHaveLength(10);
    const { body } = await firstRequest('provider: openai-compatible, tools: false');
    expect(body).not.toHaveProperty('tools');
    expect(JSON.stringify(body)).toContain('answer with exactly one JSON object');
  },
  'agent.type': async () => {
    const outcomeFor = async (config: string) =>
      (await runInMemory({ realModels: true, config })).outcome.code;
    expect([await outcomeFor('{}'), await outcomeFor('agent: { type: mock }')]).toEqual([
      'no_model',
      'pull_request_opened',
    ]);
  },
  'agent.default': async () => {
    const { view } = await runInMemory({
      body: '@conductor what is a?',
      config: `${CONFIG}agent: { default: reviewer }`,
      scenes: ANSWER,
    });
    expect(view.agent?.name).toBe('reviewer');
  },
  'agent.models': async () => {
    const models = 'models: { a: { provider: anthropic, model: x }, b: { provider: openai, model: y } }\n';
    const { outcome } = await runInMemory({ realModels: true, config: `${models}agent: { models: [b] }` });
    expect(outcome.message).toContain('OPENAI_API_KEY');
  },
  output: async () => {
    const codeFor = async (output: string) =>
      (await runInMemory({ config: `${CONFIG}output: ${output}`, body: '@conductor change one' })).outcome
        .code;
    expect([await codeFor('pr'), await codeFor('patch'), await codeFor('comment')]).toEqual([
      'pull_request_opened',
      'patch_shown',
      'answered',
    ]);
  },
  style: async () => {
    const scenes = [{ when: ['Four spaces'], turns: EDIT_A }, ...ANSWER];
    const codeFor = async (style: string) =>
      (await runInMemory({ config: `${CONFIG}${style}`, body: '@conductor change one', scenes })).outcome
        .code;
    expect([
      await codeFor(''),
      await codeFor('style: Four spaces'),
      await codeFor('style: [No tabs, Four spaces]'),
    ]).toEqual(['answered', 'pull_request_opened', 'pull_request_opened']);
  },
  'follow_up.changes_requested': async () => {
    const kindFor = (config: string) =>
      handleEvent('pull_request_review', changesRequested(), intake(config)).kind;
    expect([kindFor(''), kindFor('follow_up: { changes_requested: true }')]).toEqual(['ignored', 'command']);
  },
  'follow_up.failing_checks': async () => {
    const kindFor = (config: string) => handleEvent('check_suite', failedSuite(), intake(config)).kind;
    expect([kindFor(''), kindFor('follow_up: { failing_checks: true }')]).toEqual(['ignored', 'command']);
  },
  'policy.auto.merge': async () => {
    const merges = async (merge: boolean) => {
      const auto = { enabled: true, paths: ['**'], merge };
      const { events } = await runInMemory({ config: `${CONFIG}policy: ${JSON.stringify({ auto })}` });
      return events.some(({ fact }) => fact.kind === 'written' && fact.written.thing === 'auto_merge');
    };
    expect([await merges(true), await merges(false)]).toEqual([true, false]);
  },
  'policy.approvals.required': async () => {
    const { view } = await runInMemory({ config: `${CONFIG}policy: { approvals: { required: 3 } }` });
    expect(view.verdict?.approvals[0]?.required).toBe(3);
  },
  'policy.approvals.from': async () => {
    const { view } = await runInMemory({
      config: `${CONFIG}policy: { approvals: { from: ['permission:admin'] } }`,
    });
    expect(view.verdict?.approvals[0]?.from).toEqual(['permission:admin']);
  },
  'policy.approvals.expires_hours': async () => {
    const whyFor = (config: string) => {
      const parsed = parseConfig(config);
      if (!parsed.ok) throw new Error(config);
      const expiresHours = parsed.config.policy.approvals.expires_hours;
      return standingOf([SAID], { ...WEIGHING, expiresHours }).notCounted.map(({ code }) => code);
    };
    expect([whyFor(''), whyFor('policy: { approvals: { expires_hours: 2 } }')]).toEqual([[], ['expired']]);
  },
  'session.timeout_minutes': async () => {
    const slow = [{ turns: [{ delay_ms: 60_000, tool_calls: [] }] }];
    const { outcome } = await runInMemory({
      config: `${CONFIG}session: { timeout_minutes: 1 }`,
      scenes: slow,
      minuteMs: 20,
    });
    expect(outcome).toMatchObject({ state: 'stopped', code: 'timed_out' });
  },
  'session.max_participants': async () => {
    const threadRuns = { agents: async () => ['reviewer', 'security'] } as unknown as ThreadRuns;
    const codeFor = async (config: string) =>
      (await runInMemory({ config: `${CONFIG}${config}`, threadRuns })).outcome.code;
    expect([await codeFor(''), await codeFor('session: { max_participants: 2 }')]).toEqual([
      'pull_request_opened',
      'too_many_participants',
    ]);
  },
  // What becomes of the number is shown in tests/storage and tests/flow.
  'security.rate_limit_per_minute': async () => {
    expect((await intakeOf('security: { rate_limit_per_minute: 3 }\n')).commandsPerMinute).toBe(3);
  },
  // What jobs write there is shown in tests/flow/action-ledger.test.ts.
  'audit.branch': async () => {
    const branchFor = async (config: string) => (await intakeOf(config)).ledgerBranch;
    expect([await branchFor(''), await branchFor('audit: { branch: conductor/state }')]).toEqual([
      null,
      'conductor/state',
    ]);
    for (const branch of ['main', 'conductor/12-rounding', 'conductor/a/b', 'conductor/'])
      expect(parseConfig(`audit: { branch: ${branch} }`).ok).toBe(false);
  },
  'session.max_turns': async () => {
    expect((await runInMemory({ config: `${CONFIG}session: { max_turns: 1 }` })).outcome.code).toBe(
      'turn_limit',
    );
  },
  'budget.per_run_usd': async () => {
    expect((await runInMemory({ config: `${CONFIG}budget: { per_run_usd: 0.001 }` })).outcome.code).toBe(
      'budget_reached',
    );
  },
  'budget.per_thread_usd': async () => {
    const { outcome } = await runInMemory({ config: `${CONFIG}budget: { per_thread_usd: 0.001 }` });
    expect(outcome.message).toContain('for this thread');
  },
  'budget.per_day_usd': async () => {
    const { outcome } = await runInMemory({ config: `${CONFIG}budget: { per_day_usd: 0.001 }` });
    expect(outcome.message).toContain('for today');
  },
  'budget.unpriced': async () => {
    const codeFor = async (config: string) => (await runInMemory({ price: null, config })).outcome.code;
    expect([await codeFor(CONFIG), await codeFor(`${CONFIG}budget: { unpriced: allow }`)]).toEqual([
      'model_unpriced',
      'pull_request_opened',
    ]);
  },
  'change_limits.max_files': async () => {
    expect(await verdictWith('change_limits: { max_files: 1 }', TWO_FILES)).toContain('change-limits');
  },
  'change_limits.max_lines_changed': async () => {
    expect(await verdictWith('change_limits: { max_lines_changed: 1 }')).toContain('change-limits');
  },
  'change_limits.max_deletions': async () => {
    const deletion = [
      { tool_calls: [{ name: 'delete_file', input: { path: 'src/a.js' } }] },
      { tool_calls: [{ name: 'finish', input: { summary: 'Gone.' } }] },
    ];
    expect(await verdictWith('change_limits: { max_deletions: 0 }', deletion)).toContain('file-contents');
    expect(await verdictWith('change_limits: { max_deletions: 1 }', deletion)).not.toContain('file-contents');
  },
  'change_limits.max_file_kib': async () => {
    const large = [
      { tool_calls: [{ name: 'write_file', input: { path: 'src/b.js', content: 'x'.repeat(1_500) } }] },
      { tool_calls: [{ name: 'finish', input: { summary: 'Large.' } }] },
    ];
    expect(await verdictWith('change_limits: { max_file_kib: 1 }', large)).toContain('file-contents');
    expect(await verdictWith('change_limits: { max_file_kib: 2 }', large)).not.toContain('file-contents');
  },
  'policy.ask': async () => {
    const codeFor = async (permission: string) => {
      const config = `policy: { ask: [{ paths: ["src/**"], permission: ${permission}, otherwise: block }] }`;
      return (await runInMemory({ config: `${CONFIG}${config}` })).outcome.code;
    };
    expect([await codeFor('write'), await codeFor('admin')]).toEqual(['pull_request_opened', 'policy_block']);
  },
  'policy.when_allowed.labels': async () => {
    expect(await codeWhen('labels: [agents-welcome]')).toBe('policy_block');
    expect(await codeWhen('labels: []')).toBe('pull_request_opened');
  },
  'policy.when_allowed.days': async () => {
    const [today, others] = daysOf(new Date(requestOf({}).asking.createdAt));
    expect([await codeWhen(`days: [${today}]`), await codeWhen(`days: [${others}]`)]).toEqual([
      'pull_request_opened',
      'policy_block',
    ]);
  },
  'policy.when_allowed.hours': async () => {
    expect(await codeWhen('hours: "00:00-24:00"')).toBe('pull_request_opened');
    expect(await codeWhen('hours: "00:00-00:00"')).toBe('policy_block');
  },
  'policy.when_allowed.time_zone': async () => {
    const zones = ['Pacific/Kiritimati', 'Pacific/Midway']; // 25 hours apart: never on one day
    const [today] = daysOf(new Date(requestOf({}).asking.createdAt));
    const codes = await Promise.all(zones.map((zone) => codeWhen(`days: [${today}], time_zone: ${zone}`)));
    expect(codes).toContain('policy_block');
  },
  'policy.licenses.allow': async () => {
    const lock = JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0', license: 'GPL-3.0' } } });
    const turns = [
      { tool_calls: [{ name: 'write_file', input: { path: 'package-lock.json', content: lock } }] },
      { tool_calls: [{ name: 'finish', input: { summary: 'A package.' } }] },
    ];
    const codeFor = async (allow: string) => {
      const config = `${CONFIG}policy: { licenses: { allow: [${allow}] } }`;
      return (await runInMemory({ config, scenes: [{ turns }] })).outcome.code;
    };
    expect([await codeFor('GPL-3.0'), await codeFor('MIT')]).toEqual(['pull_request_opened', 'policy_block']);
  },
  'policy.rules': async () => {
    const codeFor = async (agent: string) => {
      const config = `${CONFIG}policy: { rules: [{ name: r, when: { agents: [${agent}] }, then: block }] }`;
      return (await runInMemory({ config })).outcome.code;
    };
    expect([await codeFor('coder'), await codeFor('reviewer')]).toEqual([
      'policy_block',
      'pull_request_opened',
    ]);
  },
  'policy.auto.enabled': async () => {
    expect(await verdictWith('policy: { auto: { enabled: true, paths: ["src/**"] } }')).toBe('auto');
  },
  'policy.auto.paths': async () => {
    expect(await verdictWith('policy: { auto: { enabled: true, paths: ["docs/**"] } }')).toContain(
      'auto-paths',
    );
  },
  'policy.auto.max_files': async () => {
    expect(
      await verdictWith('policy: { auto: { enabled: true, paths: ["src/**"], max_files: 1 } }', TWO_FILES),
    ).toContain('auto-paths');
  },
  'policy.auto.max_lines_changed': async () => {
    expect(
      await verdictWith('policy: { auto: { enabled: true, paths: ["src/**"], max_lines_changed: 1 } }'),
    ).toContain('auto-paths');
  },
  'policy.forbidden_paths': async () => {
    const { outcome } = await runInMemory({ config: `${CONFIG}policy: { forbidden_paths: ["src/**"] }` });
    expect(outcome.code).toBe('policy_block');
  },
  'policy.protected_paths': async () => {
    const auto = 'auto: { enabled: true, paths: ["src/**"] }';
    expect(await verdictWith(`policy: { ${auto}, protected_paths: ["src/**"] }`)).toContain(
      'protected-paths',
    );
  },
};

async function codeWhen(when: string) {
  const config = `${CONFIG}policy: { when_allowed: { ${when} } }`;
  return (await runInMemory({ config })).outcome.code;
}

/** The day of the week in UTC, and all others. */
function daysOf(now: Date): [today: string, others: string] {
  const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
  const today = days[now.getUTCDay()]!;
  return [today, days.filter((day) => day !== today).join(', ')];
}

const ANSWER = [{ turns: [{ tool_calls: [{ name: 'finish', input: { summary: 'It is one.' } }] }] }];
const TWO_FILES = [
  { tool_calls: [{ name: 'write_file', input: { path: 'src/b.js', content: 'b\n' } }] },
  { tool_calls: [{ name: 'write_file', input: { path: 'src/c.js', content: 'c\n' } }] },
  { tool_calls: [{ name: 'finish', input: { summary: 'Two files.' } }] },
];

/** Reaches a repository that has this config, and nothing else. */
function repositoryWith(config: string): Connect {
  const source = {
    fetch: async () => COMMIT,
    workspaceAt: async () => memoryWorkspace(COMMIT, { '.github/conductor.yml': config }),
    close: () => undefined,
  };
  return (async () => ({ source })) as unknown as Connect;
}

describe('the configuration', () => {
  const keys = leavesOf(z.toJSONSchema(configSchema, { io: 'input' }));

  it('S0-17: each key of the schema is shown to change something', () => {
    expect(keys.toSorted()).toEqual(Object.keys(PROOFS).sort());
  });

  for (const [key, proof] of Object.entries(PROOFS)) it(`S0-17: ${key} changes what happens`, proof);
});

/** What is known of a repository with this config before a run exists. */
function intakeOf(config: string) {
  const source = {
    fetch: async () => COMMIT,
    workspaceAt: async () => memoryWorkspace(COMMIT, { '.github/conductor.yml': config }),
    close: () => undefined,
  };
  const connect = (async () => ({ source })) as unknown as Connect;
  return repositoryConfigs(connect, HOST_DEFAULTS, systemClock).of(requestOf({}).repository, 1);
}

/** Dotted names of the keys that hold a value; `*` stands for a name that people choose. */
function leavesOf(schema: unknown, path: readonly string[] = []): string[] {
  const { properties, additionalProperties } = schema as {
    properties?: Record<string, unknown>;
    additionalProperties?: unknown;
  };
  if (properties)
    return Object.entries(properties).flatMap(([key, child]) => leavesOf(child, [...path, key]));
  if (typeof additionalProperties === 'object') return leavesOf(additionalProperties, [...path, '*']);
  return [path.join('.')];
}

/** A run of a scripted model from the config, whose two turns report 1,000 tokens of each kind. */
function scripted(entry: string) {
  const usage = { input: 1000, output: 1000, cache_read: 1000, cache_write: 1000 };
  const turns = EDIT_A.map((turn) => ({ ...turn, usage }));
  return runInMemory({
    realModels: true,
    config: `models: { m: { provider: scripted, ${entry} } }`,
    files: { '.github/conductor/mock.yml': JSON.stringify({ version: 1, scenes: [{ turns }] }) },
  });
}

/** What the model of this entry is sent first: its vendor is a server here, which refuses the key. */
async function firstRequest(entry: string) {
  const received: { path: string; headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString() || '{}');
    received.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(401).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = entry.includes('anthropic') ? address : `${address}/v1`;
  await runInMemory({
    realModels: true,
    config: `models: { m: { ${entry}, model: x, base_url: "${url}", price: { input: 1, output: 1 } } }`,
    variables: { OPENAI_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' },
  });
  server.close();
  const [first] = received;
  if (first === undefined) throw new Error(`Nothing was sent for ${entry}.`);
  return first;
}

async function verdictWith(section: string, turns: readonly unknown[] = EDIT_A): Promise<string> {
  const { view } = await runInMemory({ config: `${CONFIG}${section}`, scenes: [{ turns }] });
  const { verdict, rules } = view.verdict ?? { verdict: 'none', rules: [] };
  if (verdict === 'auto') return 'auto';
  return rules
    .filter((rule) => rule.verdict === verdict)
    .map(({ rule }) => rule)
    .join(' ');
}

function intake(text: string) {
  const parsed = parseConfig(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const { trigger, security } = parsed.config;
  return { trigger, allowedBots: security.allowed_bots, wanted: wantedBy(parsed.config) };
}

function comment(body: string, type: string, id: number) {
  const user = { id, login: 'somebody', type };
  return {
    action: 'created',
    repository: { id: 1, name: 'web', default_branch: 'main', owner: { login: 'acme' } },
    issue: { number: 1, title: 't', html_url: 'https://github.com/acme/web/issues/1', state: 'open', user },
    comment: {
      id: 1,
      node_id: 'IC_1',
      html_url: 'https://github.com/acme/web/issues/1#issuecomment-1',
      body,
      created_at: '',
      user,
    },
    sender: user,
  };
}
