import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultConfig, parseConfig } from '../../src/config/parse-config.ts';

/** The first problem as people see it: line, column, path, message. */
function problem(text: string): string {
  const parsed = parseConfig(text);
  if (parsed.ok) return 'valid';
  const { line, column, path, message } = parsed.problems[0] ?? {
    line: 0,
    column: 0,
    path: '',
    message: 'none',
  };
  return `${line}:${column} ${path} - ${message}`;
}
const entry = (keys: string) => `models:\n  m: { provider: openai, model: x, ${keys} }\n`;

describe('S0-17: a config is read strictly, or not at all', () => {
  it('an empty file, or one of comments, is the default config', () => {
    for (const text of ['', '\n', '# nothing\n', '{}', '\ufeff']) {
      expect(parseConfig(text)).toEqual({ ok: true, config: defaultConfig() });
    }
  });

  it('the defaults are the cautious ones', () => {
    expect(defaultConfig()).toMatchObject({
      trigger: 'conductor',
      agent: { type: 'llm', default: 'coder', models: [] },
      budget: { per_run_usd: 5, unpriced: 'refuse' },
      policy: {
        auto: { enabled: false },
        forbidden_paths: ['.github/workflows/**'],
        approvals: { required: 1 },
      },
      security: { allowed_bots: [] },
    });
  });

  it('one key does not reset its neighbours', () => {
    const parsed = parseConfig('session: { max_turns: 3 }');
    expect(parsed.ok && parsed.config.session).toEqual({
      timeout_minutes: 30,
      max_participants: 8,
      max_turns: 3,
    });
  });

  it.each([
    ['polcy: {}', '1:1 polcy - there is no key `polcy`; did you mean `policy`?'],
    [
      'policy:\n  auto:\n    max_fles: 2',
      '3:5 policy.auto.max_fles - there is no key `policy.auto.max_fles`; did you mean `max_files`?',
    ],
    [
      entry('base_ulr: x'),
      '2:36 models.m.base_ulr - there is no key `models.m.base_ulr`; did you mean `base_url`?',
    ],
    ['session:\n  max_turns: many', '2:14 session.max_turns - `session.max_turns` must be a number'],
    ['session: { max_turns: 1.5 }', '1:23 session.max_turns - `session.max_turns` must be a whole number'],
    ['session: { max_turns: 0 }', '1:23 session.max_turns - `session.max_turns` must be at least 1'],
    ['budget: { per_run_usd: -1 }', '1:24 budget.per_run_usd - `budget.per_run_usd` must be more than 0'],
    ['budget: { per_run_usd: .inf }', '1:24 budget.per_run_usd - `budget.per_run_usd` must be a number'],
    ['agent: { type: lm }', '1:16 agent.type - `agent.type` must be one of `llm`, `mock`'],
    ['session:\n', '1:1 session - `session` is empty; give it a value or remove it'],
    [
      'models:\n  m: { model: x }',
      '2:6 models.m.provider - `models.m.provider` is missing; it is one of `anthropic`, `openai`, `openai-compatible`, `bedrock`, `scripted`',
    ],
    ['- a', '1:1  - the file must be a section of keys'],
    [
      'security: { allowed_bots: [1, bob] }',
      '1:31 security.allowed_bots.1 - `security.allowed_bots.1` must be a number',
    ],
    [
      'trigger: "@conductor"',
      '1:10 trigger - `trigger` must be lower-case letters, digits and dashes, without the `@`',
    ],
  ])('%j is refused at its place', (text, expected) => {
    expect(problem(text)).toBe(expected);
  });

  it('every mistake is told, not only the first', () => {
    const parsed = parseConfig('sesion: {}\nbudget: { per_run_usd: -1 }\nagent: { type: x }');
    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path).sort()).toEqual([
      'agent.type',
      'budget.per_run_usd',
      'sesion',
    ]);
  });

  it.each([
    ['trigger: a\ntrigger: b', 'Map keys must be unique'],
    ['agent:\n\ttype: mock', 'Tabs are not allowed'],
    ['trigger: a\n---\ntrigger: b', 'second document'],
    ['<<: { trigger: a }', 'merge keys'],
    ['__proto__: { trigger: a }', '`__proto__` cannot be a key'],
    ['models: { constructor: { provider: openai, model: x } }', '`constructor` cannot be a key'],
    ['trigger: *nowhere', 'alias'],
    [`policy: &p {}\nx: [${'*p, '.repeat(21)}]`, 'more than 20 aliases'],
    ['? [a]\n: b', 'a key must be plain text'],
    ['trigger: !!js/function a', 'Unresolved tag'],
    ['trigger: "open', 'not valid YAML'],
    [`a: ${'['.repeat(2_000)}`, 'not valid YAML'],
    [`a: ${'['.repeat(200)}${']'.repeat(200)}`, 'nested too deeply'],
    [`# ${'x'.repeat(65_536)}`, 'over 64 KiB'],
  ])('%.40j is doubtful YAML: %s', (text, message) => {
    expect(problem(text)).toContain(message);
  });

  it('whatever the file says, it is answered', () => {
    const pieces = fc.constantFrom(
      'a',
      'policy',
      'models',
      ':',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '"',
      '|',
      '?',
      '!!',
      '#',
      '---',
      '~',
      '1',
      '\0',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const parsed = parseConfig(parts.join(''));
        if (parsed.ok) return;
        expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { line, column } of parsed.problems)
          expect(Math.min(line, column)).toBeGreaterThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('S0-17: keys that only make sense together', () => {
  it('a model that is named has to exist', () => {
    expect(problem(`${entry('')}agent: { models: [mm] }`)).toBe(
      '3:19 agent.models.0 - there is no model `mm` under `models`; configured: m',
    );
    expect(
      problem('models: { claude: { provider: anthropic, model: x } }\nagent: { models: [cluade] }'),
    ).toContain('did you mean `claude`?');
    expect(problem('agent: { models: [m] }')).toContain('none is configured');
  });

  it.each([
    ['http://models.example/v1', 'must be `https`'],
    ['http://127.0.0.1.example/v1', 'must be `https`'],
    ['ftp://models.example', 'must be `https`'],
    ['https://user:secret@models.example', 'must not carry'],
    ['models.example', 'is not an address'],
  ])('S0-17: a key is not sent to %s', (url, message) => {
    const told = problem(entry(`base_url: "${url}"`));
    expect(told).toMatch(/^2:\d+ models\.m\.base_url - /);
    expect(told).toContain(message);
  });

  it.each([
    'https://models.example/v1',
    'http://127.0.0.1:11434/v1',
    'http://localhost:8080',
    'http://[::1]:1/v1',
  ])('%s is a fine address', (url) => {
    expect(problem(entry(`base_url: "${url}"`))).toBe('valid');
  });

  it.each([
    'PRIVATE_KEY',
    'WEBHOOK_SECRET',
    'DATABASE_URL',
    'GITHUB_TOKEN',
    'ACTIONS_RUNTIME_TOKEN',
    'INPUT_APP_PRIVATE_KEY',
  ])('S0-17: %s is not a model’s key', (variable) => {
    expect(problem(entry(`api_key_env: ${variable}`))).toContain('not a model’s key');
    expect(problem(entry('api_key_env: LOCAL_KEY'))).toBe('valid');
  });

  it('a script is for scripted models, and lies in the repository', () => {
    expect(problem(entry('script: a.yml'))).toContain('`scripted` only');
    const scripted = (script: string) =>
      problem(`models: { m: { provider: scripted, model: x, script: "${script}" } }`);
    expect(scripted('.github/conductor/mock.yml')).toBe('valid');
    for (const path of ['/etc/passwd', '../x', 'a/../../x', 'a/..'])
      expect(scripted(path)).toContain('not a path');
    expect(
      problem('models: { m: { provider: scripted, model: x, base_url: "https://a.example" } }'),
    ).toContain('scripted');
    expect(problem('models: { m: { provider: openai-compatible, model: x } }')).toContain(
      'needs a `base_url`',
    );
  });
});
