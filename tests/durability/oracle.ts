import { execFileSync } from 'node:child_process';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { untold } from './retold.ts';
import { type AskedFor, outcomeIn, statusesOf, type World } from './world.ts';

/**
 * The one judge of every durability test: looks at what stands on GitHub in the end, and at every call that led there,
 * and says what is wrong. Empty: for each request exactly one outcome, one status comment, at most one notice, one
 * branch and one pull request, or one commit on a branch of Conductor's, each check once; nothing written for a request that was refused, nor after a stop; nothing
 * forced; and a ledger that is whole, and retells all that was recorded of every run. Ends the processes of the App.
 */
export async function whatIsWrong(world: World): Promise<string[]> {
  const { simulator, asked } = world;
  const wrong: string[] = [];
  const byRepository = Map.groupBy(asked, ({ repository }) => repository);
  for (const [repository, requests] of byRepository) {
    const seen = await seenIn(simulator, repository);
    for (const request of requests)
      wrong.push(
        ...wrongWith(simulator, request, seen).map(
          (what) => `${repository}#${request.thread} ${request.run}: ${what}`,
        ),
      );
    wrong.push(...strangers(requests, seen), ...afterStop(simulator, requests, seen));
  }
  wrong.push(...forced(simulator));
  // Embedded, the database can be looked into when all who work with it are gone.
  await world.stopAll();
  wrong.push(...(await world.look(untold)));
  return wrong;
}

type Seen = Awaited<ReturnType<typeof seenIn>>;

async function seenIn(simulator: Simulator, repository: string) {
  return {
    pulls: await simulator.pulls(repository),
    checks: await simulator.checkRuns(repository),
    branches: Object.keys(await simulator.branches(repository)).filter((name) =>
      name.startsWith('conductor/'),
    ),
    commits: execFileSync('git', ['log', '--branches', '--format=%B%x00'], {
      cwd: simulator.gitDirectory(repository),
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    }).split('\0'),
  };
}

function wrongWith(
  simulator: Simulator,
  request: AskedFor,
  { pulls, checks, branches, commits }: Seen,
): string[] {
  const wrong: string[] = [];
  const expect = (what: string, found: number, least: number, most: number) => {
    if (found < least || found > most)
      wrong.push(`${found} ${what}, not ${least === most ? least : `${least} to ${most}`}`);
  };
  const statuses = statusesOf(simulator, request);
  expect('status comments', statuses.length, 1, 1);
  const outcome = outcomeIn(statuses[0] ?? '');
  if (outcome === null) wrong.push('no outcome');

  const comments = simulator.comments(request.repository, request.thread).map(({ body }) => body ?? '');
  expect(
    'notices',
    comments.filter((body) => body.startsWith(`<!-- conductor:notice run=${request.run} -->`)).length,
    0,
    1,
  );

  const opened = outcome?.code === 'pull_request_opened';
  const committed = opened || outcome?.code === 'commit_pushed';
  const mayWrite = committed || outcome?.state === 'stopped' || outcome?.state === 'failed';
  const own = pulls.filter(({ body }) =>
    body?.startsWith(`<!-- conductor:pull-request run=${request.run} -->`),
  );
  expect('pull requests', own.length, opened ? 1 : 0, mayWrite ? 1 : 0);
  const suffix = request.run.slice(-6);
  expect(
    'branches',
    branches.filter((name) => name.endsWith(suffix)).length,
    opened ? 1 : 0,
    mayWrite ? 1 : 0,
  );
  for (const name of ['conductor/policy', 'conductor/audit']) {
    const found = checks.filter((check) => check.name === name && check.external_id === request.run).length;
    expect(`${name} checks`, found, committed ? 1 : 0, mayWrite ? 1 : 0);
  }
  const made = commits.filter((message) => message.includes(`Conductor-Run: ${request.run}\n`)).length;
  expect('commits', made, committed ? 1 : 0, mayWrite ? 1 : 0);
  return wrong;
}

/** A stop ends what is under way within this time. */
const STOP_WITHIN_MS = 5_000;

/** What a stopped run made when the thread had long been told that it was stopped. */
function afterStop(simulator: Simulator, requests: readonly AskedFor[], { pulls, checks }: Seen): string[] {
  const stoppedAt = new Map<string, number>();
  for (const { repository, thread, run } of requests) {
    const told = simulator
      .comments(repository, thread)
      .find(({ body }) => body?.startsWith(`<!-- conductor:status run=${run} -->`));
    if (outcomeIn(told?.body ?? '')?.code !== 'stopped_runs') continue;
    for (const [named] of told?.body?.matchAll(/\br[0-9a-f]{12}\b/g) ?? [])
      if (named !== run) stoppedAt.set(named, Date.parse(told?.created_at ?? ''));
  }
  const late = (run: string | undefined, at: string | null) =>
    Date.parse(at ?? '') > (stoppedAt.get(run ?? '') ?? Number.POSITIVE_INFINITY) + STOP_WITHIN_MS;
  return [
    ...pulls
      .filter(({ body, created_at }) =>
        late(/^<!-- conductor:pull-request run=(\w+) -->/.exec(body ?? '')?.[1], created_at),
      )
      .map(({ number }) => `pull request #${number} was opened after its run was stopped`),
    ...checks
      .filter(({ external_id, started_at }) => late(external_id ?? undefined, started_at))
      .map(({ name, external_id }) => `check ${name} of ${external_id} was posted after its run was stopped`),
  ];
}

/** What stands there and belongs to no request. */
function strangers(requests: readonly AskedFor[], { pulls, checks }: Seen): string[] {
  const runs = new Set(requests.map(({ run }) => run));
  return [
    ...pulls
      .filter(
        ({ body }) => !runs.has(/^<!-- conductor:pull-request run=(\w+) -->/.exec(body ?? '')?.[1] ?? ''),
      )
      .map(({ number, user }) =>
        user?.login === 'conductor[bot]' ? `pull request #${number} was never asked for` : '',
      ),
    ...checks
      .filter(({ external_id }) => external_id?.startsWith('r') && !runs.has(external_id))
      .map(({ name, external_id }) => `check ${name} for ${external_id} was never asked for`),
  ].filter((what) => what !== '');
}

const MOVES_REFS = ['deleteRef', 'updateRef', 'updateRefs'];

/** No ref is deleted, nor moved but for one more commit on a branch of Conductor's own. That none is lost, git says. */
function forced(simulator: Simulator): string[] {
  return simulator.calls
    .filter(({ actor }) => actor === 'conductor[bot]')
    .filter(
      ({ route, path, fields }) =>
        fields?.some((field) => MOVES_REFS.includes(field)) ||
        /^DELETE .*\/git\/refs/.test(route) ||
        (/^PATCH .*\/git\/refs/.test(route) &&
          !decodeURIComponent(path).includes('/git/refs/heads/conductor/')),
    )
    .map(({ method, path }) => `${method} ${path} moves a ref`);
}
