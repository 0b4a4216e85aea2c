import { appOf } from '../actor.ts';
import {
  type Answer,
  created,
  ok,
  onRepository,
  optionalObjects,
  optionalText,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { readActions, readConclusion, readOutput } from '../check-input.ts';
import { emitCompletion, emitRun, makeRun, suiteOf } from '../checks.ts';
import { checkRunOf, checkSuiteOf, commitParam } from '../find.ts';
import { lookUp } from '../git/objects.ts';
import { listRefs } from '../git/refs.ts';
import { pageAnswer, paginate } from '../pagination.ts';
import { latestRuns } from '../protections.ts';
import { Refusal, unprocessable, unserved } from '../refusal.ts';
import { renderAnnotation, renderCheckRun } from '../render/checks.ts';
import { type App, type CheckRun, checkRunsOf, timestamp } from '../state.ts';

const RUNS = '/repos/{owner}/{repo}/check-runs';
const READ = { app: 'checks:read', user: 'read' } as const;
const WRITE = { app: 'checks:write', user: 'read' } as const;
const FIELDS = [
  'name',
  'details_url',
  'external_id',
  'status',
  'started_at',
  'conclusion',
  'completed_at',
  'output',
  'actions',
];
const FILTERS = { query: ['check_name', 'status', 'filter', 'app_id'] };

/** Check runs: only an App makes them, and only the App that made one changes it. */
export const checkRunRoutes: readonly Route[] = [
  onRepository(`POST ${RUNS}`, WRITE, create, { body: [...FIELDS, 'head_sha'] }),
  onRepository(`GET ${RUNS}/{check_run_id}`, READ, (call) =>
    ok(renderCheckRun(call.world, call.repository, checkRunOf(call))),
  ),
  onRepository(`PATCH ${RUNS}/{check_run_id}`, WRITE, update, { body: FIELDS }),
  onRepository(`GET ${RUNS}/{check_run_id}/annotations`, READ, (call) => {
    const run = checkRunOf(call);
    return pageAnswer(call, run.annotations, (annotation) =>
      renderAnnotation(call.world, call.repository, run, annotation),
    );
  }),
  onRepository(`POST ${RUNS}/{check_run_id}/rerequest`, { ...WRITE, user: 'write' }, (call) => {
    emitRun(call, call.repository, checkRunOf(call), 'rerequested');
    return created({});
  }),
  onRepository(
    'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
    READ,
    async (call) => listRuns(call, await runsAt(call)),
    FILTERS,
  ),
  onRepository(
    'GET /repos/{owner}/{repo}/check-suites/{check_suite_id}/check-runs',
    READ,
    (call) => listRuns(call, checkSuiteOf(call).runs),
    FILTERS,
  ),
];

/** The App behind the actor; people may not write checks. */
function appIn(call: RepositoryCall): App {
  const app = appOf(call.actor);
  if (app === null) throw new Refusal(403, 'You must authenticate via a GitHub App.');
  return app;
}

async function create(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const app = appIn(call);
  const name = requiredText(call, 'name');
  const headSha = requiredText(call, 'head_sha');
  const [info] = /^[0-9a-f]{40}$/.test(headSha) ? await lookUp(repository.directory, [headSha]) : [null];
  if (info?.type !== 'commit') throw unprocessable(`No commit found for SHA: ${headSha}`);
  const branch = (await listRefs(repository.directory, 'refs/heads/')).find((ref) => ref.sha === headSha);
  const fields = fieldsIn(call);
  const suite = suiteOf(call, repository, app, {
    sha: headSha,
    branch: branch?.name.slice('refs/heads/'.length) ?? null,
    before: null,
  });
  const run = makeRun(call, suite, name);
  apply(call, run, fields);
  suite.runs.push(run);
  emitRun(call, repository, run, 'created');
  await emitCompletion(call, repository, run);
  return created(renderCheckRun(world, repository, run));
}

async function update(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const app = appIn(call);
  const run = checkRunOf(call);
  if (run.suite.app !== app)
    throw new Refusal(
      403,
      `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
    );
  const wasCompleted = run.status === 'completed';
  const fields = fieldsIn(call);
  const name = optionalText(call, 'name');
  if (name !== undefined && name !== null) run.name = name;
  apply(call, run, fields);
  if (!wasCompleted) await emitCompletion(call, repository, run);
  return ok(renderCheckRun(world, repository, run));
}

/** Reads and checks all of the request before anything of it is applied. */
function fieldsIn(call: RepositoryCall) {
  const status = optionalText(call, 'status') ?? undefined;
  if (status !== undefined && !['queued', 'in_progress', 'completed'].includes(status))
    throw unserved(`status=${status}`);
  const conclusion = readConclusion(optionalText(call, 'conclusion') ?? undefined);
  if (status === 'completed' && conclusion === undefined) {
    throw unprocessable('Invalid request.\n\n"conclusion" wasn\'t supplied for a completed check run.');
  }
  const output = readOutput(call.body.output);
  return {
    // A conclusion completes the run, whatever else the request says of its status.
    status: conclusion === undefined ? (status as CheckRun['status'] | undefined) : ('completed' as const),
    conclusion,
    output,
    actions: readActions(optionalObjects(call, 'actions')),
    externalId: optionalText(call, 'external_id') ?? undefined,
    detailsUrl: optionalText(call, 'details_url') ?? undefined,
    startedAt: optionalText(call, 'started_at') ?? undefined,
    completedAt: optionalText(call, 'completed_at') ?? undefined,
  };
}

function apply(call: RepositoryCall, run: CheckRun, fields: ReturnType<typeof fieldsIn>): void {
  const { output } = fields;
  run.externalId = fields.externalId ?? run.externalId;
  run.detailsUrl = fields.detailsUrl ?? run.detailsUrl;
  run.startedAt = fields.startedAt ?? run.startedAt;
  run.actions = fields.actions ?? run.actions;
  run.status = fields.status ?? run.status;
  if (run.status === 'completed') {
    run.conclusion = fields.conclusion ?? run.conclusion;
    run.completedAt = fields.completedAt ?? run.completedAt ?? timestamp(call.world);
  } else {
    run.conclusion = null;
    run.completedAt = null;
  }
  if (output === undefined) return;
  run.title = output.title ?? run.title;
  run.summary = output.summary;
  run.text = output.text ?? run.text;
  run.annotations.push(...output.annotations);
}

async function runsAt(call: RepositoryCall): Promise<CheckRun[]> {
  const sha = await commitParam(call);
  const { repository, query } = call;
  if (query.get('filter') === 'all') return checkRunsOf(repository).filter((run) => run.headSha === sha);
  return latestRuns(repository, sha);
}

function listRuns(call: RepositoryCall, runs: readonly CheckRun[]): Answer {
  const { query } = call;
  const name = query.get('check_name');
  const status = query.get('status');
  const appId = query.get('app_id');
  const shown = runs
    .filter((run) => name === null || run.name === name)
    .filter((run) => status === null || run.status === status)
    .filter((run) => appId === null || String(run.suite.app.id) === appId)
    .toSorted((a, b) => b.id - a.id);
  const { items, headers } = paginate(call, shown);
  const body = {
    total_count: shown.length,
    check_runs: items.map((run) => renderCheckRun(call.world, call.repository, run)),
  };
  return { status: 200, body, headers };
}
