import { type Answer, created, ok, onRepository, type RepositoryCall, type Route } from '../call.ts';
import { emitSuite } from '../checks.ts';
import { checkSuiteOf, commitParam } from '../find.ts';
import { readCommit } from '../git/objects.ts';
import { paginate } from '../pagination.ts';
import { renderCheckSuite } from '../render/checks.ts';
import { renderEventCommit } from '../render/git.ts';
import type { CheckSuite } from '../state.ts';

const READ = { app: 'checks:read', user: 'read' } as const;

/** Check suites: one for each App and commit. */
export const checkSuiteRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/check-suites/{check_suite_id}', READ, async (call) =>
    ok(await render(call, checkSuiteOf(call))),
  ),
  onRepository(
    'POST /repos/{owner}/{repo}/check-suites/{check_suite_id}/rerequest',
    { app: 'checks:write', user: 'write' },
    async (call) => {
      await emitSuite(call, call.repository, checkSuiteOf(call), 'rerequested');
      return created({});
    },
  ),
  onRepository('GET /repos/{owner}/{repo}/commits/{ref}/check-suites', READ, list, {
    query: ['app_id', 'check_name'],
  }),
];

async function render(call: RepositoryCall, suite: CheckSuite) {
  const commit = await readCommit(call.repository.directory, suite.headSha);
  return renderCheckSuite(
    call.world,
    call.repository,
    suite,
    renderEventCommit(call.world, call.repository, commit),
  );
}

async function list(call: RepositoryCall): Promise<Answer> {
  const sha = await commitParam(call);
  const appId = call.query.get('app_id');
  const name = call.query.get('check_name');
  const suites = call.repository.checkSuites.filter(
    (suite) =>
      suite.headSha === sha &&
      (appId === null || String(suite.app.id) === appId) &&
      (name === null || suite.runs.some((run) => run.name === name)),
  );
  const { items, headers } = paginate(call, suites);
  const body = {
    total_count: suites.length,
    check_suites: await Promise.all(items.map((suite) => render(call, suite))),
  };
  return { status: 200, body, headers };
}
