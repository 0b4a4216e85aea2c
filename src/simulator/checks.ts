import { canSee, covers } from './access.ts';
import type { Act } from './act.ts';
import { emit } from './events.ts';
import { readCommit } from './git/objects.ts';
import { renderCheckRunForEvent, renderCheckSuite, suiteState } from './render/checks.ts';
import { renderEventCommit } from './render/git.ts';
import { type App, type CheckRun, type CheckSuite, type Repository, timestamp } from './state.ts';

/** The one suite of an App at a commit, made when there is none yet. */
export function suiteOf(
  act: Act,
  repository: Repository,
  app: App,
  head: { sha: string; branch: string | null; before: string | null },
): CheckSuite {
  const known = repository.checkSuites.find((suite) => suite.app === app && suite.headSha === head.sha);
  if (known !== undefined) return known;
  const now = timestamp(act.world);
  const suite: CheckSuite = {
    id: act.world.ids.next('checkSuite'),
    app,
    headSha: head.sha,
    headBranch: head.branch,
    before: head.before,
    createdAt: now,
    updatedAt: now,
    runs: [],
  };
  repository.checkSuites.push(suite);
  return suite;
}

/** A check run that has begun and says nothing yet; it is in no suite before it is added. */
export function makeRun({ world }: Act, suite: CheckSuite, name: string): CheckRun {
  return {
    id: world.ids.next('checkRun'),
    suite,
    name,
    headSha: suite.headSha,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: timestamp(world),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
    actions: [],
    log: null,
  };
}

/** After a push GitHub opens a suite for every App here that may write checks, and asks it to begin. */
export async function requestSuites(
  act: Act,
  repository: Repository,
  head: { sha: string; branch: string; before: string | null },
): Promise<void> {
  for (const installation of act.world.installations.values()) {
    const { app } = installation;
    const reach = {
      kind: 'installation',
      app,
      account: app.bot,
      installation,
      permissions: {},
      repositoryIds: null,
      token: '',
    } as const;
    if (!covers(app.permissions, 'checks:write') || !canSee(reach, repository)) continue;
    const isNew = !repository.checkSuites.some((suite) => suite.app === app && suite.headSha === head.sha);
    const suite = suiteOf(act, repository, app, head);
    if (isNew) await emitSuite(act, repository, suite, 'requested');
  }
}

/** Tells of a check run: to everyone that it came or ended, to its own App alone that somebody pressed something. */
export function emitRun(
  act: Act,
  repository: Repository,
  run: CheckRun,
  action: 'created' | 'completed' | 'rerequested' | 'requested_action',
  details: Readonly<Record<string, unknown>> = {},
): void {
  const pressed = action === 'rerequested' || action === 'requested_action';
  const payload = { check_run: renderCheckRunForEvent(act.world, repository, run), ...details };
  emit(act, repository, 'check_run', action, payload, pressed ? run.suite.app : null);
}

export async function emitSuite(
  act: Act,
  repository: Repository,
  suite: CheckSuite,
  action: 'requested' | 'rerequested' | 'completed',
): Promise<void> {
  const commit = renderEventCommit(
    act.world,
    repository,
    await readCommit(repository.directory, suite.headSha),
  );
  const { repository: _, ...rendered } = renderCheckSuite(act.world, repository, suite, commit);
  emit(
    act,
    repository,
    'check_suite',
    action,
    { check_suite: rendered },
    action === 'completed' ? null : suite.app,
  );
}

/** Tells what a check run's new state means: that it ended, and perhaps its suite with it. */
export async function emitCompletion(act: Act, repository: Repository, run: CheckRun): Promise<void> {
  if (run.status !== 'completed') return;
  emitRun(act, repository, run, 'completed');
  run.suite.updatedAt = timestamp(act.world);
  if (suiteState(run.suite).status === 'completed') await emitSuite(act, repository, run.suite, 'completed');
}
