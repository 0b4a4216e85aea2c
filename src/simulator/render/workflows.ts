import { nodeId } from '../ids.ts';
import type { Repository, WorkflowRun, World } from '../state.ts';
import { renderUser } from './accounts.ts';
import { pullsAt, suiteState } from './checks.ts';
import { renderPullMinimal } from './pulls.ts';
import { renderRepository } from './repositories.ts';
import type { Schemas } from './schemas.ts';

/** The one workflow that every repository has here: CI, on pushes. */
const WORKFLOW = { id: 1, name: 'CI', path: '.github/workflows/ci.yml' };

/** GitHub's `workflow`, as events carry it. */
export function renderWorkflow(world: World, repository: Repository): Schemas['workflow'] {
  const web = world.web(`/${repository.fullName}`);
  return {
    ...WORKFLOW,
    node_id: nodeId('W', `${repository.id}:${WORKFLOW.id}`),
    state: 'active',
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url: world.api(`/repos/${repository.fullName}/actions/workflows/${WORKFLOW.id}`),
    html_url: `${web}/blob/${repository.defaultBranch}/${WORKFLOW.path}`,
    badge_url: `${web}/workflows/${WORKFLOW.name}/badge.svg`,
  };
}

/** GitHub's `workflow-run`; `commit` is its head commit as events carry commits. */
export function renderWorkflowRun(
  world: World,
  repository: Repository,
  run: WorkflowRun,
  commit: NonNullable<Schemas['workflow-run']['head_commit']>,
): Schemas['workflow-run'] {
  const { id, suite, actor, attempt } = run;
  const api = world.api(`/repos/${repository.fullName}`);
  const self = `${api}/actions/runs/${id}`;
  const { status, conclusion } = suiteState(suite);
  return {
    id,
    name: WORKFLOW.name,
    path: WORKFLOW.path,
    node_id: nodeId('WFR', id),
    check_suite_id: suite.id,
    check_suite_node_id: nodeId('CS', suite.id),
    check_suite_url: `${api}/check-suites/${suite.id}`,
    head_branch: suite.headBranch,
    head_sha: suite.headSha,
    display_title: commit.message.split('\n')[0] ?? '',
    run_number: run.number,
    run_attempt: attempt,
    event: 'push',
    status,
    conclusion,
    workflow_id: WORKFLOW.id,
    workflow_url: `${api}/actions/workflows/${WORKFLOW.id}`,
    url: self,
    html_url: world.web(`/${repository.fullName}/actions/runs/${id}`),
    pull_requests: pullsAt(repository, suite.headSha).map((thread) =>
      renderPullMinimal(world, repository, thread),
    ),
    created_at: run.createdAt,
    updated_at: suite.updatedAt,
    run_started_at: run.createdAt,
    actor: renderUser(world, actor),
    triggering_actor: renderUser(world, actor),
    jobs_url: `${self}/jobs`,
    logs_url: `${self}/logs`,
    artifacts_url: `${self}/artifacts`,
    cancel_url: `${self}/cancel`,
    rerun_url: `${self}/rerun`,
    previous_attempt_url: attempt > 1 ? `${self}/attempts/${attempt - 1}` : null,
    head_commit: commit,
    repository: renderRepository(world, repository),
    head_repository: renderRepository(world, repository),
  };
}
