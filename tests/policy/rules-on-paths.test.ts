import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/changes/change-set.ts';
import { create, lines, remove, rename, swap } from '../changes/build.ts';
import { type Adversarial, sharedData } from '../changes/shared-data.ts';
import { FILES, open, saidBy, verdictOn } from './build.ts';

const adversarial = sharedData<Adversarial>('adversarial.json');
/** What adversarial.json calls the verdicts. */
const OUTCOME: Readonly<Record<string, string>> = { deny: 'block', needs_human: 'review', allow: 'auto' };

async function said(rule: string, changes: readonly Change[], settings = open()) {
  return saidBy(await verdictOn(changes, settings), rule);
}

describe('path-safety', () => {
  it('S0-30: ../../x and .git/config are blocked, each with its path and what to do', async () => {
    for (const path of ['../../x', '.git/config']) {
      const verdict = await verdictOn([create(path)]);
      expect(verdict.verdict).toBe('block');
      expect(saidBy(verdict, 'path-safety').reasons).toMatchObject([
        { verdict: 'block', path, message: expect.stringMatching(/./), fix: expect.stringMatching(/./) },
      ]);
    }
  });

  it('both ends of a rename, a deletion and an edit are looked at', async () => {
    for (const change of [
      rename('src/a.ts', '.git/hooks/x'),
      remove('a/../b'),
      swap('/etc/passwd', 'a', 'b'),
    ]) {
      expect((await said('path-safety', [change])).verdict).toBe('block');
    }
  });

  it('a new name that looks like a Windows short name needs a person', async () => {
    expect(await said('path-safety', [create('src/AUTHEN~1/x.ts')])).toMatchObject({ verdict: 'review' });
    expect(await said('path-safety', [create('src/draft~.ts')])).toMatchObject({ verdict: 'auto' });
  });

  it.skipIf(adversarial === null)('S0-30: hostile and ordinary paths have the stated outcome', async () => {
    const workflow = await verdictOn([create('.github/workflows/ci.yml')]);
    for (const { path, verdict } of adversarial!.paths) {
      const expected = OUTCOME[verdict] ?? workflow.verdict;
      expect((await verdictOn([create(path)], open(), {})).verdict, path).toBe(expected);
    }
  });
});

describe('file-modes', () => {
  it.skipIf(adversarial === null)('each mode has the stated outcome', async () => {
    for (const { mode, content = '', verdict } of adversarial!.modes) {
      expect((await verdictOn([create('src/b.ts', content, mode)])).verdict, mode).toBe(OUTCOME[verdict]);
    }
  });

  it.each(['120000', '160000', '040000', '100664', '100600', '777777', '000000'])(
    '%s is blocked',
    async (mode) => {
      const verdict = await verdictOn([create('src/b.ts', 'x', mode)]);
      expect(verdict.verdict).toBe('block');
      expect(saidBy(verdict, 'file-modes').reasons[0]).toMatchObject({
        path: 'src/b.ts',
        message: expect.stringMatching(/./),
      });
    },
  );

  it('a file that becomes executable, or no longer is, needs a person; one that stays so does not', async () => {
    expect(await said('file-modes', [create('b.sh', '', '100755')])).toMatchObject({ verdict: 'review' });
    expect(await said('file-modes', [remove('src/a.ts'), create('src/a.ts', 'x', '100755')])).toMatchObject({
      verdict: 'review',
    });
    expect(await said('file-modes', [remove('run.sh'), create('run.sh', 'x')])).toMatchObject({
      verdict: 'review',
    });
    expect(await said('file-modes', [remove('run.sh'), create('run.sh', 'x', '100755')])).toMatchObject({
      verdict: 'auto',
    });
    expect(await said('file-modes', [lines('run.sh', 1, 1, '#!/bin/bash')])).toMatchObject({
      verdict: 'auto',
    });
  });

  it('a mode is judged even when the change set does not apply', async () => {
    expect(await said('file-modes', [create('x', '', '120000'), remove('nothing')])).toMatchObject({
      verdict: 'block',
    });
    expect(await said('file-modes', [create('x', '', '100755'), remove('nothing')])).toMatchObject({
      verdict: 'review',
    });
  });
});

describe('path-collisions', () => {
  it.each([
    ['two new files', [create('new.md'), create('NEW.MD')]],
    ['a new and an old file', [create('readme.md')]],
    ['two spellings of an accent', [create('\u00fc.md'), create('u\u0308.md')]],
    ['an ignored character', [create('src/a\u200d.ts')]],
    ['a folder', [create('Docs/other.md')]],
    ['a file and a folder', [create('DOCS')]],
    ['a rename', [rename('src/a.ts', 'SRC/b.ts')]],
    ['letters that fold to two', [create('stra\u00dfe.md'), create('strasse.md')]],
  ])('%s of one name on macOS or Windows are blocked', async (_, changes) => {
    const files = { ...FILES, 'src/b.ts': 'x\n' };
    const verdict = await verdictOn(changes, open(), files);
    expect(saidBy(verdict, 'path-collisions')).toMatchObject({ verdict: 'block' });
    expect(verdict.verdict).toBe('block');
  });

  it('a name is free once the old one is gone', async () => {
    expect(await said('path-collisions', [rename('README.md', 'readme.md')])).toMatchObject({
      verdict: 'auto',
    });
    expect(await said('path-collisions', [remove('README.md'), create('readme.md')])).toMatchObject({
      verdict: 'auto',
    });
    expect(await said('path-collisions', [create('src/b.ts'), create('docs/b.ts')])).toMatchObject({
      verdict: 'auto',
    });
  });

  it("collisions that the base has already are not the change's fault", async () => {
    const files = { 'Docs/a.md': 'x\n', 'docs/b.md': 'x\n' };
    expect((await verdictOn([create('docs/c.md')], open(), files)).verdict).toBe('auto');
  });
});

describe('forbidden-paths', () => {
  const spellings = [
    '.github/workflows/ci.yml',
    '.github/workflows/deep/er.txt',
    '.github/workflows',
    '.GitHub/Workflows/ci.yml',
    '.github/workflows/x.YAML',
    '.github\\workflows\\x.yml',
    '.github/workflows/../workflows/x.yml',
    './.github/workflows/x.yml',
    '.github/workflows./x.yml',
    '.github/work\u200dflows/x.yml',
    'GITHUB~1/WORKFL~1/x.yml',
    '.github/workflows::$DATA/x.yml',
    '.github%2Fworkflows%2Fx.yml',
    '.github/workflow\u017f/x.yml',
  ];

  it.each(spellings)('S0-8: %j is a workflow, whatever the config says', async (path) => {
    const own = open({ forbidden_paths: ['infra/**'] });
    const verdict = await verdictOn([create(path)], own, {});
    expect(verdict.verdict).toBe('block');
    expect(saidBy(verdict, 'forbidden-paths').reasons).toMatchObject([{ verdict: 'block', path }]);
  });

  it('both ends of a rename, and a deletion', async () => {
    const settings = open({ forbidden_paths: ['secrets/**'] });
    const files = { 'secrets/key': 'k\n', a: 'a\n' };
    for (const change of [rename('a', 'secrets/a'), rename('secrets/key', 'b'), remove('secrets/key')]) {
      expect(saidBy(await verdictOn([change], settings, files), 'forbidden-paths').verdict).toBe('block');
    }
  });

  it('a file that comes and goes inside the change set is still named', async () => {
    expect(
      (await verdictOn([create('.github/workflows/x.yml'), remove('.github/workflows/x.yml'), create('b')]))
        .verdict,
    ).toBe('block');
  });

  it('a glob means its folder in any case, hidden files included, and a plain name what is below it', async () => {
    const settings = open({
      forbidden_paths: ['Infra/**', 'db/migrations', '*.pem', '{a,b}/x?.txt', 'old/GITHUB~1/**'],
    });
    const verdicts = await Promise.all(
      [
        'infra/.env',
        'INFRA/x',
        'db/migrations/1.sql',
        'db/migrations',
        'Key.PEM',
        'b/x1.txt',
        'old/GITHUB~1/x',
      ].map((path) => said('forbidden-paths', [create(path)], settings)),
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(Array.from(verdicts, () => 'block'));
    for (const path of ['infrastructure/x', 'db/migrations.md', 'sub/key.pem', 'b/x12.txt']) {
      expect((await said('forbidden-paths', [create(path)], settings)).verdict, path).toBe('auto');
    }
  });
});

describe('protected-paths', () => {
  it('needs an owner, and names the glob', async () => {
    const settings = open({ protected_paths: ['src/billing/**'] });
    const verdict = await verdictOn([create('SRC/Billing/tax.ts')], settings, {});
    expect(verdict.verdict).toBe('review');
    expect(saidBy(verdict, 'protected-paths').reasons[0]!.message).toContain('`src/billing/**`');
    expect((await verdictOn([create('src/other.ts')], settings)).verdict).toBe('auto');
  });

  it('S0-8: asks for the yes of an owner of just these files, whoever else may approve', async () => {
    const settings = open({ protected_paths: ['src/billing'], approvals: { from: ['permission:write'] } });
    const verdict = await verdictOn([create('src/billing/tax.ts'), create('src/other.ts')], settings, {});
    expect(verdict.approvals).toMatchObject([
      { rule: 'approvals', from: ['permission:write'] },
      { rule: 'protected-paths', required: 1, from: ['owners'], paths: ['src/billing/tax.ts'] },
    ]);
  });
});

describe('own-files', () => {
  it.each([
    '.github/conductor.yml',
    '.github/Conductor.YML',
    '.github/conductor/flows/nightly.yml',
    '.github/agents/coder.agent.md',
    '.mcp.json',
    '.claude/settings.json',
    '.cursor/rules/x.mdc',
    '.github/copilot-instructions.md',
    'CODEOWNERS',
    '.github/CODEOWNERS',
    'docs/CODEOWNERS',
    'docs/codeowners',
    'AGENTS.md',
    'packages/a/AGENTS.md',
    '.gitmodules',
    '.gitattributes',
    'src/.gitattributes',
  ])('%s is never changed without a person', async (path) => {
    const verdict = await verdictOn([create(path)], open(), {});
    expect(saidBy(verdict, 'own-files')).toMatchObject({ verdict: 'review', reasons: [{ path }] });
    expect(verdict.verdict).toBe('review');
  });

  it('nor moved away', async () => {
    expect((await verdictOn([rename('CODEOWNERS', 'docs/x')])).verdict).toBe('review');
  });
});

describe('files that are run', () => {
  const KINDS = ['own-files', 'pipeline-files', 'executable-config', 'dependency-files'];
  const FILES_OF: Readonly<Record<string, readonly string[]>> = {
    'pipeline-files': [
      '.github/actions/build/action.yml',
      'action.yaml',
      '.gitlab-ci.yml',
      '.circleci/config.yml',
      'ci/azure-pipelines-release.yml',
      'Jenkinsfile',
      '.buildkite/pipeline.yml',
      '.travis.yml',
      'bitbucket-pipelines.yml',
      '.github/dependabot.yml',
    ],
    'executable-config': [
      '.npmrc',
      '.yarnrc.yml',
      '.yarn/releases/yarn-4.cjs',
      '.husky/pre-commit',
      'Makefile',
      'docker/Dockerfile.prod',
      'docker-compose.yml',
      '.vscode/tasks.json',
      '.vscode/settings.json',
      '.devcontainer/devcontainer.json',
      '.envrc',
      '.pre-commit-config.yaml',
      'tests/conftest.py',
      'setup.py',
      'app/build.gradle.kts',
      'build.rs',
      '.mvn/extensions.xml',
      'gradle/wrapper/gradle-wrapper.properties',
      'vite.config.ts',
      'packages/a/eslint.config.mjs',
      'jest.config.js',
      'webpack.config.cjs',
      '.eslintrc.js',
      '.cargo/config.toml',
    ],
    'dependency-files': [
      'package.json',
      'packages/a/package-lock.json',
      'requirements-dev.txt',
      'Cargo.toml',
      'Cargo.lock',
      'go.mod',
      'go.sum',
      'Gemfile',
      'pyproject.toml',
      'pnpm-lock.yaml',
      'yarn.lock',
      'pom.xml',
    ],
  };

  it.each(Object.entries(FILES_OF).flatMap(([rule, paths]) => paths.map((path) => [path, rule])))(
    'SEC-16: %s needs a person, and only %s says so, in any spelling',
    async (path, rule) => {
      for (const spelling of [path!, path!.toUpperCase()]) {
        const verdict = await verdictOn([create(spelling)], open(), {});
        const saying = KINDS.filter((kind) => saidBy(verdict, kind).reasons.length > 0);
        expect([spelling, verdict.verdict, saying]).toEqual([spelling, 'review', [rule]]);
      }
    },
  );

  it('moving one away is looked at, too', async () => {
    expect((await verdictOn([rename('Makefile', 'x')], open(), { Makefile: 'all:\n' })).verdict).toBe(
      'review',
    );
  });

  it('a file that only sounds like one is let through', async () => {
    const names = [
      'src/package.json.ts',
      'docs/requirements.md',
      'src/config.ts',
      'docs/Makefile.md',
      'src/docker.ts',
    ];
    expect((await verdictOn(names.map((name) => create(name)))).verdict).toBe('auto');
  });

  it('S0-8: workflow files stay blocked, and are named once', async () => {
    const verdict = await verdictOn([create('.github/workflows/x.yml')], open(), {});
    expect(verdict.rules.flatMap(({ reasons }) => reasons.map(({ rule }) => rule))).toEqual([
      'forbidden-paths',
      'auto-paths',
    ]);
  });
});
