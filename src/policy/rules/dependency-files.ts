import { shownPath } from '../../changes/paths.ts';
import { touchedPaths } from '../facts.ts';
import { strictMatcher } from '../globs.ts';
import type { Finding, Rule } from './rule.ts';

/** Manifests and lock files: what they name is downloaded and run on the next install, install scripts included. */
const DEPENDENCIES = strictMatcher([
  '**/{package,composer,deno}.json',
  '**/{package-lock,npm-shrinkwrap}.json',
  '**/{yarn,composer,deno,bun,poetry,uv,Cargo,Gemfile,Pipfile}.lock',
  '**/{pnpm-lock,pnpm-workspace}.yaml',
  '**/{.npmrc,.yarnrc,.yarnrc.yml,.pnpmfile.cjs,bun.lockb,bunfig.toml}',
  '**/{requirements*.txt,pyproject.toml,setup.py,setup.cfg,Pipfile,go.mod,go.sum,Cargo.toml,Gemfile}',
  '**/{pom.xml,build.gradle,build.gradle.kts,settings.gradle,settings.gradle.kts}',
  '**/.husky/**',
]);

/** A change of what a repository installs needs a person. */
export const dependencyFiles: Rule = {
  name: 'dependency-files',
  title: () => 'Manifests, lock files and install settings need a person.',

  find(facts) {
    return touchedPaths(facts).flatMap<Finding>((path) => {
      if (DEPENDENCIES(path) === null) return [];
      return [
        {
          verdict: 'review',
          path,
          message: `${shownPath(path)} decides what is downloaded and run on an install.`,
          fix: 'A person has to look at the packages and scripts that it names.',
        },
      ];
    });
  },
};
