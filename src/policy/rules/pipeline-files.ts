import { findPaths } from './find-paths.ts';
import type { Rule } from './rule.ts';

/**
 * What a service runs on its own when something is pushed, often with secrets at hand: composite actions, and the
 * pipelines of everybody but GitHub. Workflow files themselves are blocked by `forbidden-paths`.
 */
const PIPELINES: readonly string[] = [
  '.github/actions/**',
  '**/action.{yml,yaml}',
  '.github/dependabot.{yml,yaml}',
  '{.gitlab-ci.yml,.gitlab/**}',
  '{.circleci,.buildkite,.woodpecker,.semaphore,.teamcity,.harness,.tekton}/**',
  '{.gitea,.forgejo}/workflows/**',
  '**/*azure-pipelines*.{yml,yaml}',
  '{.azure-pipelines,.pipelines,.azuredevops}/**',
  '**/Jenkinsfile*',
  '{.travis,.drone,.woodpecker,.cirrus,.appveyor,appveyor,.codeship,wercker}.{yml,yaml}',
  'bitbucket-pipelines.{yml,yaml}',
  '**/{buildspec*,cloudbuild*}.{yml,yaml,json}',
  '{codemagic,bitrise,.vela,.screwdriver,screwdriver}.{yml,yaml}',
];

export const pipelineFiles: Rule = {
  name: 'pipeline-files',
  title: () => 'Composite actions and the pipelines of other services need a person.',
  find: findPaths(
    PIPELINES,
    'is run by a build service, which may hold secrets',
    'A person has to read what it would run, and approve the change.',
  ),
};
