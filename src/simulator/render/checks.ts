import { nodeId } from '../ids.ts';
import type {
  Annotation,
  CheckRun,
  CheckSuite,
  CommitStatus,
  PullThread,
  Repository,
  World,
} from '../state.ts';
import { renderApp, renderUser } from './accounts.ts';
import { renderPullMinimal } from './pulls.ts';
import { renderRepository } from './repositories.ts';
import type { Schemas } from './schemas.ts';

/** GitHub's `check-run`. */
export function renderCheckRun(world: World, repository: Repository, run: CheckRun) {
  const self = world.api(`/repos/${repository.fullName}/check-runs/${run.id}`);
  const html = world.web(`/${repository.fullName}/runs/${run.id}`);
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CR', run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url: self,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${self}/annotations`,
    },
    check_suite: { id: run.suite.id },
    app: renderApp(world, run.suite.app),
    pull_requests: pullsAt(repository, run.headSha).map((thread) =>
      renderPullMinimal(world, repository, thread),
    ),
  } satisfies Schemas['check-run'];
}

/** The check run as its events carry it: with its suite, and with its buttons. */
export function renderCheckRunForEvent(world: World, repository: Repository, run: CheckRun) {
  const { suite } = run;
  const pulls = pullsAt(repository, run.headSha).map((thread) =>
    renderPullMinimal(world, repository, thread),
  );
  return {
    ...renderCheckRun(world, repository, run),
    check_suite: {
      id: suite.id,
      node_id: nodeId('CS', suite.id),
      head_branch: suite.headBranch,
      head_sha: suite.headSha,
      ...suiteState(suite),
      url: world.api(`/repos/${repository.fullName}/check-suites/${suite.id}`),
      before: suite.before,
      after: suite.headSha,
      pull_requests: pulls,
      app: renderApp(world, suite.app),
      created_at: suite.createdAt,
      updated_at: suite.updatedAt,
    },
  };
}

/** GitHub's `check-annotation`. */
export function renderAnnotation(
  world: World,
  repository: Repository,
  run: CheckRun,
  annotation: Annotation,
): Schemas['check-annotation'] {
  return {
    ...annotation,
    blob_href: world.web(`/${repository.fullName}/blob/${run.headSha}/${annotation.path}`),
  };
}

/** GitHub's `check-suite`; `commit` is its head commit as events carry commits. */
export function renderCheckSuite<C>(world: World, repository: Repository, suite: CheckSuite, commit: C) {
  const self = world.api(`/repos/${repository.fullName}/check-suites/${suite.id}`);
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    ...suiteState(suite),
    url: self,
    before: suite.before,
    after: suite.headSha,
    pull_requests: pullsAt(repository, suite.headSha).map((thread) =>
      renderPullMinimal(world, repository, thread),
    ),
    app: renderApp(world, suite.app),
    repository: renderRepository(world, repository),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
    head_commit: commit,
    latest_check_runs_count: suite.runs.length,
    check_runs_url: `${self}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  };
}

/** GitHub's `status`, the answer to creating one and an entry of the list. */
export function renderStatus(world: World, repository: Repository, status: CommitStatus): Schemas['status'] {
  return { ...renderSimpleStatus(world, repository, status), creator: renderUser(world, status.creator) };
}

/** GitHub's `simple-commit-status`, an entry of the combined status. */
export function renderSimpleStatus(
  world: World,
  repository: Repository,
  status: CommitStatus,
): Schemas['simple-commit-status'] {
  return {
    url: world.api(`/repos/${repository.fullName}/statuses/${status.sha}`),
    avatar_url: renderUser(world, status.creator).avatar_url,
    id: status.id,
    node_id: nodeId('SC', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}

/** A suite is what its runs are: unfinished while one is, else as bad as the worst. */
export function suiteState(suite: CheckSuite): Pick<Schemas['check-suite'], 'status' | 'conclusion'> {
  if (suite.runs.length === 0) return { status: 'queued', conclusion: null };
  if (suite.runs.some((run) => run.status !== 'completed'))
    return { status: 'in_progress', conclusion: null };
  const worst = WORST_FIRST.find((conclusion) => suite.runs.some((run) => run.conclusion === conclusion));
  return { status: 'completed', conclusion: worst ?? 'success' };
}

const WORST_FIRST = [
  'action_required',
  'timed_out',
  'failure',
  'cancelled',
  'success',
  'neutral',
  'skipped',
] as const;

/** The open pull requests of a repository's own branches whose head a commit is: those of forks are left out. */
export function pullsAt(repository: Repository, sha: string): PullThread[] {
  return [...repository.threads.values()].filter(
    (thread): thread is PullThread =>
      thread.pull !== null &&
      thread.state === 'open' &&
      thread.pull.head.sha === sha &&
      thread.pull.head.repository === repository,
  );
}
