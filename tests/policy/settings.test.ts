import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { globProblem } from '../../src/policy/globs.ts';
import { judge } from '../../src/policy/judge.ts';
import { changeLimitsSchema, defaultSettings, policySchema } from '../../src/policy/settings.ts';
import { create } from '../changes/build.ts';
import { factsOf } from './build.ts';

describe('settings', () => {
  it('are those of the design when nothing is said', () => {
    expect(defaultSettings()).toEqual({
      change_limits: { max_files: 20, max_lines_changed: 800, max_deletions: 5, max_file_kib: 256 },
      policy: {
        auto: { enabled: false, paths: ['docs/**'], max_files: 2, max_lines_changed: 50, merge: true },
        forbidden_paths: ['.github/workflows/**'],
        protected_paths: [],
        approvals: { required: 1, from: ['owners'], expires_hours: 168 },
        ask: [],
        when_allowed: { labels: [], days: [], hours: '', time_zone: 'UTC' },
        licenses: { allow: [] },
        rules: [],
      },
    });
  });

  it('take the example of the design, and a part of it', () => {
    const approvals = { required: 1, from: ['owners', 'team:acme/leads', 'permission:maintain'] };
    expect(policySchema.parse({ approvals }).approvals).toMatchObject(approvals);
    expect(policySchema.parse({ auto: { enabled: true } }).auto.paths).toEqual(['docs/**']);
  });

  it.each([
    [{ autos: {} }],
    [{ auto: { enable: true } }],
    [{ auto: { enabled: 'yes' } }],
    [{ approvals: { required: 0 } }],
    [{ approvals: { from: [] } }],
    [{ approvals: { from: ['everyone'] } }],
    [{ approvals: { from: ['permission:read'] } }],
    [{ forbidden_paths: 'src/**' }],
    [{ forbidden_paths: ['/src/**'] }],
    [{ __proto__: null, constructor: {} }],
    [{ ask: [{ paths: ['src/**'] }] }],
    [{ ask: [{ paths: [], permission: 'write' }] }],
    [{ ask: [{ paths: ['src/**'], permission: 'read' }] }],
    [{ when_allowed: { hours: '9-17' } }],
    [{ when_allowed: { hours: '24:00-25:00' } }],
    [{ when_allowed: { days: ['Monday'] } }],
    [{ when_allowed: { time_zone: 'Europe/Atlantis' } }],
    [{ licenses: { allow: ['MIT OR ISC'] } }],
  ])('refuse %j', (policy) => {
    expect(policySchema.safeParse(policy).success).toBe(false);
  });

  it('describe every key, since the docs are made from it', () => {
    const undescribed: string[] = [];
    const visit = (schema: unknown, name: string): void => {
      type Properties = Record<string, unknown>;
      const node = schema as {
        description?: string;
        properties?: Properties;
        items?: { properties?: Properties };
      };
      if (!node.description) undescribed.push(name);
      for (const [key, child] of Object.entries(node.properties ?? node.items?.properties ?? {}))
        visit(child, `${name}.${key}`);
    };
    visit(z.toJSONSchema(changeLimitsSchema, { io: 'input' }), 'change_limits');
    visit(z.toJSONSchema(policySchema, { io: 'input' }), 'policy');
    expect(undescribed).toEqual([]);
  });
});

describe('globs', () => {
  it.each([
    'docs/**',
    '**/*.md',
    '*.{js,ts}',
    'src/[a-z]*.ts',
    'a b/ü.md',
    '.github/**',
    '**',
    'a/{b,{c,d}}/e',
    '+x(1)',
  ])('%s is usable', (glob) => {
    expect(globProblem(glob)).toBeNull();
  });

  it.each([
    '',
    '/docs/**',
    'docs/',
    './docs/**',
    'docs/../x',
    'docs//x',
    '!docs/**',
    'docs\\**',
    'a\0b',
    'x'.repeat(257),
    '{a,b}'.repeat(7),
    '{1..100000}',
    '{{{{a,b},c},d},e}',
    '{a,..}/x',
  ])('%j is refused', (glob) => {
    expect(globProblem(glob)).not.toBeNull();
  });

  it('64 KiB of hostile globs are evaluated in under a second, or refused', async () => {
    const hostile = [
      '*a'.repeat(120),
      '**/*a'.repeat(40),
      '**/a/'.repeat(50).concat('b'),
      '[a-z]*'.repeat(40),
      '{a,b,c,d,e,f,g,h}{a,b,c,d,e,f,g,h}*a*a*a*a',
      '?*'.repeat(120),
      '*(a|*(b|*(c)))'.repeat(10),
      '{'.repeat(3).concat('a,b', '}'.repeat(3)),
    ];
    const long = 'a'.repeat(250);
    const paths = [
      long,
      `${'a/'.repeat(1_900)}c`,
      `${'ab/'.repeat(80)}${long}`,
      ...Array.from({ length: 20 }, (_, n) => `f${n}/${long}`),
    ];
    const facts = await factsOf(
      paths.map((path) => create(path)),
      {},
    );
    for (const glob of hostile) {
      const count = Math.min(200, Math.floor(65_536 / 3 / glob.length));
      const globs = Array.from({ length: count }, (_, n) =>
        glob.replace(/a/, String.fromCharCode(97 + (n % 26))),
      );
      const started = process.cpuUsage();
      const parsed = policySchema.safeParse({
        forbidden_paths: globs,
        protected_paths: globs,
        auto: { enabled: true, paths: globs },
      });
      if (parsed.success) judge(facts, { change_limits: changeLimitsSchema.parse({}), policy: parsed.data });
      const { user, system } = process.cpuUsage(started);
      expect((user + system) / 1000, glob).toBeLessThan(1_000);
    }
  });
});
