import type { Act } from './act.ts';
import type { Actor } from './actor.ts';
import { emitCompletion, emitRun, makeRun, suiteOf } from './checks.ts';
import { emit } from './events.ts';
import { repositoryNamed } from './find.ts';
import { lookUp, readCommit } from './git/objects.ts';
import { listRefs } from './git/refs.ts';
import { renderEventCommit } from './render/git.ts';
import { renderWorkflow, renderWorkflowRun } from './render/workflows.ts';
import type { Services } from './services.ts';
import { ownerOf } from './setup/people.ts';
import {
  type Account,
  type Annotation,
  type App,
  type CheckConclusion,
  type CheckRun,
  type CheckSuite,
  isPull,
  type Repository,
  timestamp,
  type WorkflowRun,
} from './state.ts';

/** One job of a build, as it ended. */
export interface CiJob {
  readonly name: string;
  readonly conclusion: CheckConclusion;
  readonly title?: string;
  readonly summary?: string;
  readonly text?: string;
  readonly annotations?: readonly (Pick<Annotation, 'path' | 'start_line' | 'message'> &
    Partial<Annotation>)[];
  /** What the job printed: only GitHub Actions keeps it. */
  readonly log?: string;
}

/** Somebody else's continuous integration: it acts as an App that is not ours. */
export interface Ci {
  /**
   * Runs jobs at a commit to their end: check runs begin and end, then their suite, then the workflow run. A second
   * report at the same commit is another attempt. The ids of check runs are those of their jobs, as on GitHub.
   */
  report(
    headSha: string,
    ...jobs: readonly CiJob[]
  ): Promise<{ checkRunIds: number[]; checkSuiteId: number; workflowRunId: number | null }>;
}

export interface CiSetup {
  /** GitHub Actions unless the slug of an App is given that was added; that App has no workflow runs and no logs. */
  ci(repository: string, appSlug?: string): Ci;
}

export function createCi({ world, alone, publish }: Pick<Services, 'world' | 'alone' | 'publish'>): CiSetup {
  return {
    ci(fullName, appSlug = world.actionsApp.slug) {
      const repository = repositoryNamed(world, fullName);
      const app = [...world.apps.values()].find(({ slug }) => slug === appSlug);
      if (app === undefined) throw new Error(`The simulator has no App ${appSlug}: add it first.`);
      return {
        async report(headSha, ...jobs) {
          const act: Act = { world, actor: byApp(app, repository), emissions: [] };
          const result = await alone(repository, () => runJobs(act, repository, app, headSha, jobs));
          publish(act.emissions, Promise.resolve());
          return result;
        },
      };
    },
  };
}

/** Who GitHub says did it; it starts no workflow for what a job reports. */
function byApp(app: App, repository: Repository): Actor {
  return { kind: 'job', app, account: app.bot, permissions: {}, repository };
}

async function runJobs(act: Act, repository: Repository, app: App, sha: string, jobs: readonly CiJob[]) {
  const [info] = await lookUp(repository.directory, [sha]);
  if (info?.type !== 'commit') throw new Error(`${repository.fullName} has no commit ${sha}.`);
  const branch = (await listRefs(repository.directory, 'refs/heads/')).find((ref) => ref.sha === sha);
  const suite = suiteOf(act, repository, app, {
    sha,
    branch: branch?.name.slice('refs/heads/'.length) ?? null,
    before: null,
  });
  const runs = jobs.map((job) => begin(act, repository, suite, job));
  for (const [index, run] of runs.entries()) {
    end(act, run, jobs[index]!);
    await emitCompletion(act, repository, run);
  }
  const isActions = app === act.world.actionsApp;
  const workflowRun = isActions ? await tellWorkflow(act, repository, suite) : null;
  return {
    checkRunIds: runs.map(({ id }) => id),
    checkSuiteId: suite.id,
    workflowRunId: workflowRun?.id ?? null,
  };
}

function begin(act: Act, repository: Repository, suite: CheckSuite, { name }: CiJob): CheckRun {
  const run = makeRun(act, suite, name);
  run.status = 'in_progress';
  suite.runs.push(run);
  emitRun(act, repository, run, 'created');
  return run;
}

function end({ world }: Act, run: CheckRun, job: CiJob): void {
  run.status = 'completed';
  run.conclusion = job.conclusion;
  run.completedAt = timestamp(world);
  run.title = job.title ?? null;
  run.summary = job.summary ?? null;
  run.text = job.text ?? null;
  run.log = run.suite.app === world.actionsApp ? (job.log ?? '') : null;
  run.annotations.push(
    ...(job.annotations ?? []).map((annotation) => ({
      end_line: annotation.start_line,
      start_column: null,
      end_column: null,
      annotation_level: 'failure',
      title: null,
      raw_details: null,
      ...annotation,
    })),
  );
}

/** Unlike the checks, this is told as the doing of whoever caused the workflow, and starts workflows of its own. */
async function tellWorkflow(act: Act, repository: Repository, suite: CheckSuite): Promise<WorkflowRun> {
  const { world } = act;
  const known = repository.workflowRuns.find((run) => run.suite === suite);
  const account = causeOf(act, repository, suite);
  const run: WorkflowRun = known ?? {
    id: world.ids.next('workflowRun'),
    number: repository.workflowRuns.length + 1,
    attempt: 0,
    suite,
    actor: account,
    createdAt: timestamp(world),
  };
  if (known === undefined) repository.workflowRuns.push(run);
  run.attempt += 1;
  const commit = await readCommit(repository.directory, suite.headSha);
  const told: Act = { ...act, actor: { kind: 'user', account } };
  emit(told, repository, 'workflow_run', 'completed', {
    workflow_run: renderWorkflowRun(world, repository, run, renderEventCommit(world, repository, commit)),
    workflow: renderWorkflow(world, repository),
  });
  return run;
}

/** Who opened the pull request whose head this is; else who acts for the repository's owner. */
function causeOf({ world }: Act, repository: Repository, { headSha }: CheckSuite): Account {
  const pull = [...repository.threads.values()]
    .filter(isPull)
    .find((thread) => thread.pull.head.sha === headSha);
  return pull?.author ?? ownerOf(world, repository.owner);
}
