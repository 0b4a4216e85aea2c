import { demand } from '../../access.ts';
import { nodeId } from '../../ids.ts';
import { latestRuns, latestStatuses } from '../../protections.ts';
import { renderCheckRun, suiteState } from '../../render/checks.ts';
import { type CheckRun, isPull, type Repository } from '../../state.ts';
import { connect, type PageArguments } from '../connections.ts';
import { unknownHere } from '../refusals.ts';
import {
  accountSource,
  type CheckRunSource,
  type CheckSuiteSource,
  type CommitSource,
  commitSource,
  pullSource,
  repositorySource,
  runSource,
  type StatusSource,
  suiteSource,
} from '../sources.ts';
import type { Fields, View } from '../view.ts';

interface SuiteFilter {
  readonly filterBy?: { readonly appId?: number | null; readonly checkName?: string | null } | null;
}
interface RunFilter {
  readonly filterBy?: {
    readonly appId?: number | null;
    readonly checkName?: string | null;
    readonly checkType?: 'ALL' | 'LATEST' | null;
    readonly status?: string | null;
    readonly statuses?: readonly string[] | null;
    readonly conclusions?: readonly string[] | null;
  } | null;
}

/** What a commit says of checks. */
export const commitCheckFields: Fields<CommitSource> = {
  checkSuites: ({ repository, sha }, args: PageArguments & SuiteFilter, view) => {
    demandChecks(view, repository);
    const { appId, checkName } = args.filterBy ?? {};
    const suites = repository.checkSuites
      .filter(({ headSha }) => headSha === sha)
      .filter(({ app }) => typeof appId !== 'number' || app.id === appId)
      .filter(({ runs }) => !checkName || runs.some(({ name }) => name === checkName));
    return connect(
      args,
      suites.map((suite) => suiteSource(repository, suite)),
    );
  },
  statusCheckRollup: (source, _, view) => {
    demandChecks(view, source.repository);
    demand(view.actor, source.repository, { app: ['statuses:read'], user: 'read' });
    return rollupOf(source);
  },
};

export const suiteFields: Fields<CheckSuiteSource> = {
  id: ({ suite }) => nodeId('CS', suite.id),
  databaseId: ({ suite }) => suite.id,
  repository: ({ repository }) => repositorySource(repository),
  app: ({ suite }) => ({ __typename: 'App', app: suite.app }),
  commit: ({ repository, suite }) => commitSource(repository, suite.headSha),
  status: ({ suite }) => (suiteState(suite).status ?? 'queued').toUpperCase(),
  conclusion: ({ suite }) => suiteState(suite).conclusion?.toUpperCase() ?? null,
  createdAt: ({ suite }) => suite.createdAt,
  updatedAt: ({ suite }) => suite.updatedAt,
  matchingPullRequests: ({ repository, suite }, args: PageArguments) =>
    connect(
      args,
      [...repository.threads.values()]
        .filter(isPull)
        .filter(({ state, pull }) => state === 'open' && pull.head.sha === suite.headSha)
        .map((thread) => pullSource(repository, thread)),
    ),
  checkRuns: ({ repository, suite }, args: PageArguments & RunFilter) =>
    connect(
      args,
      filterRuns(suite.runs, args).map((run) => runSource(repository, run)),
    ),
};

export const runFields: Fields<CheckRunSource> = {
  id: ({ run }) => nodeId('CR', run.id),
  databaseId: ({ run }) => run.id,
  repository: ({ repository }) => repositorySource(repository),
  checkSuite: ({ repository, run }) => suiteSource(repository, run.suite),
  name: ({ run }) => run.name,
  status: ({ run }) => run.status.toUpperCase(),
  conclusion: ({ run }) => run.conclusion?.toUpperCase() ?? null,
  externalId: ({ run }) => run.externalId,
  title: ({ run }) => run.title,
  summary: ({ run }) => run.summary,
  text: ({ run }) => run.text,
  startedAt: ({ run }) => run.startedAt,
  completedAt: ({ run }) => run.completedAt,
  url: ({ repository, run }, _, { world }) => renderCheckRun(world, repository, run).html_url,
  permalink: ({ repository, run }, _, { world }) => renderCheckRun(world, repository, run).html_url,
  detailsUrl: ({ repository, run }, _, { world }) => renderCheckRun(world, repository, run).details_url,
  isRequired: (
    { repository, run },
    args: { pullRequestNumber?: number | null; pullRequestId?: string | null },
  ) => {
    if (args.pullRequestId) throw unknownHere('CheckRun.isRequired(pullRequestId)');
    const base = repository.threads.get(args.pullRequestNumber ?? 0)?.pull?.base.ref;
    const required = repository.protections.get(base ?? '')?.checks?.required ?? [];
    return required.some(
      ({ context, appId }) => context === run.name && (appId ?? run.suite.app.id) === run.suite.app.id,
    );
  },
  annotations: ({ run }, args: PageArguments) =>
    connect(
      args,
      run.annotations.map((annotation) => ({
        path: annotation.path,
        annotationLevel: annotation.annotation_level.toUpperCase(),
        title: annotation.title,
        message: annotation.message,
        rawDetails: annotation.raw_details,
        location: {
          start: { line: annotation.start_line, column: annotation.start_column },
          end: { line: annotation.end_line, column: annotation.end_column },
        },
      })),
    ),
};

export const statusFields: Fields<StatusSource> = {
  id: ({ status }) => nodeId('SC', status.id),
  context: ({ status }) => status.context,
  state: ({ status }) => status.state.toUpperCase(),
  description: ({ status }) => status.description,
  targetUrl: ({ status }) => status.targetUrl,
  createdAt: ({ status }) => status.createdAt,
  creator: ({ status }) => accountSource(status.creator),
};

function demandChecks(view: View, repository: Repository): void {
  demand(view.actor, repository, { app: ['checks:read'], user: 'read' });
}

function filterRuns(runs: readonly CheckRun[], { filterBy }: RunFilter): CheckRun[] {
  const { appId, checkName, checkType, status, statuses, conclusions } = filterBy ?? {};
  const latest = new Map(runs.map((run) => [run.name, run]));
  return runs
    .filter((run) => checkType === 'ALL' || latest.get(run.name) === run)
    .filter((run) => typeof appId !== 'number' || run.suite.app.id === appId)
    .filter((run) => !checkName || run.name === checkName)
    .filter((run) => !status || run.status.toUpperCase() === status)
    .filter((run) => !statuses || statuses.includes(run.status.toUpperCase()))
    .filter((run) => !conclusions || conclusions.includes(run.conclusion?.toUpperCase() ?? ''));
}

/** All checks and statuses of a commit as one: what stands beside a commit on GitHub's pages. Null without any. */
function rollupOf({ repository, sha }: CommitSource) {
  const runs = latestRuns(repository, sha);
  const statuses = latestStatuses(repository, sha);
  if (runs.length + statuses.length === 0) return null;
  const states = [...runs.map(stateOf), ...statuses.map(({ state }) => state.toUpperCase())];
  const contexts = [
    ...runs.map((run) => runSource(repository, run)),
    ...statuses.map((status): StatusSource => ({ __typename: 'StatusContext', repository, status })),
  ];
  return {
    __typename: 'StatusCheckRollup',
    state: WORST_FIRST.find((state) => states.includes(state)) ?? 'SUCCESS',
    commit: commitSource(repository, sha),
    contexts: (args: PageArguments) => connect(args, contexts),
  };
}

const WORST_FIRST = ['ERROR', 'FAILURE', 'PENDING'];
const PASSING: readonly unknown[] = ['success', 'neutral', 'skipped'];

function stateOf({ status, conclusion }: CheckRun): string {
  if (status !== 'completed') return 'PENDING';
  return PASSING.includes(conclusion) ? 'SUCCESS' : 'FAILURE';
}
