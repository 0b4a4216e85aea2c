import { type Answer, numberParam, onRepository, type RepositoryCall, type Route } from '../call.ts';
import { notFound } from '../refusal.ts';
import { checkRunsOf } from '../state.ts';

/** What a workflow's job printed, by way of a redirect to an address that asks for no token. */
export const jobLogRoutes: readonly Route[] = [
  onRepository(
    'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
    { app: 'actions:read', user: 'read' },
    redirect,
  ),
];

/** The id of a job is that of its check run. */
function redirect(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const id = numberParam(call, 'job_id');
  const run = checkRunsOf(repository).find((candidate) => candidate.id === id);
  if (run === undefined || run.log === null) throw notFound();
  return { status: 302, headers: { location: world.api(`/job-logs/${world.jobLogs.issue(run.log)}`) } };
}
