import { findPaths } from './find-paths.ts';
import type { Rule } from './rule.ts';

/**
 * Files that look like settings and are programs: a tool runs them when somebody installs, builds, tests, commits or
 * only opens the folder. Manifests and lock files are the business of `dependency-files`.
 */
const PROGRAMS: readonly string[] = [
  // Package managers, and what they are told to download from.
  '**/{.npmrc,.yarnrc,.yarnrc.yml,.pnpmfile.cjs,.pnp.cjs,bunfig.toml,.pypirc,pip.conf,.bundle/config}',
  '**/.yarn/{plugins,releases,sdks}/**',
  '**/.cargo/{config,config.toml}',
  // Hooks.
  '**/{.husky,.githooks,.git-hooks,githooks}/**',
  '**/{.pre-commit-config,.pre-commit-hooks,lefthook,.lefthook,.overcommit}.{yml,yaml}',
  // Editors, shells, tool versions.
  '**/{.vscode,.devcontainer,.idea/runConfigurations,.zed,.fleet}/**',
  '**/{.devcontainer.json,.envrc,.tool-versions,mise.toml,.mise.toml,.gitconfig,*.code-workspace}',
  // Builds.
  '**/{Makefile,Makefile.am,Makefile.in,GNUmakefile,*.mk,Justfile,Taskfile.yml,Rakefile,*.rake,Vagrantfile,Procfile,Earthfile,Tiltfile}',
  '**/{Dockerfile*,*.dockerfile,Containerfile*,docker-compose*,docker-bake*,compose.yml,compose.yaml}',
  '**/{*.gradle,*.gradle.kts,gradle.properties,gradlew*,gradle/wrapper/**,mvnw*,.mvn/**,build.xml}',
  '**/{build.rs,CMakeLists.txt,*.cmake,meson.build,configure,configure.ac,*.gemspec}',
  '**/{BUILD,BUILD.bazel,WORKSPACE,WORKSPACE.bazel,MODULE.bazel,.bazelrc,*.bzl}',
  // Python runs these by their names.
  '**/{setup.py,conftest.py,noxfile.py,fabfile.py,tox.ini,sitecustomize.py,usercustomize.py,*.pth}',
  // Settings of JavaScript tools that are code.
  '**/*.{config,conf,setup}.{js,cjs,mjs,jsx,ts,cts,mts,tsx}',
  '**/.{eslintrc,babelrc,prettierrc,stylelintrc,mocharc,lintstagedrc,commitlintrc}.{js,cjs,mjs,ts}',
  '**/{Gruntfile,gulpfile,jakefile}.{js,cjs,mjs,ts}',
  // Where it is served from.
  '{vercel.json,netlify.toml,fly.toml,render.yaml,app.json,wrangler.toml,wrangler.json}',
];

export const executableConfig: Rule = {
  name: 'executable-config',
  title: () => 'Settings that are run as programs (hooks, builds, editors, tools) need a person.',
  find: findPaths(
    PROGRAMS,
    'is run by a tool on somebody’s machine or in a build',
    'A person has to read what it would run, and approve the change.',
  ),
};
