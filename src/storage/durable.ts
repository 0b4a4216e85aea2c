import {
  DBOS,
  DBOSWorkflowConflictError,
  Error as DbosErrors,
  type WorkflowStatus,
} from '@dbos-inc/dbos-sdk';
import { ExecutionLost, type Steps } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import type { Storage } from './open-storage.ts';

/** Counts up only when runs that were begun before can't be gone on with by this version: see docs/adr/0010. */
const WORKFLOW_VERSION = '1';
const NAME = 'conductor-run';

/** One attempt at a run, as a workflow whose finished steps are remembered. */
export interface Workflow {
  readonly run: RunId;
  readonly attempt: number;
}

/** A step of a workflow that was recorded. */
export interface RecordedStep {
  readonly index: number;
  readonly name: string;
  readonly failed: boolean;
}

/** Executes workflows so that a crash costs at most the step it struck. One for each process: DBOS is global. */
export interface Durable {
  start(workflow: Workflow): Promise<void>;
  /** Goes on from step `index` of the attempt before, whose earlier results are kept. */
  startFrom(workflow: Workflow, index: number): Promise<void>;
  /** Goes on with what another process left, or begins it where that process never came to it. `over`: it is through. */
  resume(workflow: Workflow): Promise<'resumed' | 'over'>;
  cancel(workflow: Workflow): Promise<void>;
  steps(workflow: Workflow): Promise<readonly RecordedStep[]>;
  forget(workflows: readonly Workflow[]): Promise<void>;
  close(): Promise<void>;
}

/** What a workflow does. */
export type Body = (workflow: Workflow, steps: Steps) => Promise<void>;

let body: Body | null = null;

const execute = DBOS.registerWorkflow(
  async (): Promise<void> => {
    const workflow = parse(DBOS.workflowID ?? '');
    try {
      if (body === null) throw new Error('No runner is open in this process.');
      await body(workflow, steps);
    } catch (error) {
      // DBOS must see its own error, to park this execution until the owner has ended the workflow.
      throw error instanceof ExecutionLost && error.cause ? error.cause : error;
    }
  },
  { name: NAME, maxRecoveryAttempts: 1_000 },
);

const steps: Steps = {
  async run(name, work) {
    try {
      return await DBOS.runStep(work, { name });
    } catch (error) {
      if (isOwn(error)) throw new ExecutionLost(error);
      throw error;
    }
  },
};

/**
 * Launches DBOS on the storage's own connections. `replica` must be new for every process: DBOS takes whatever an
 * executor of the same name left for its own.
 */
export async function launchDurable(
  storage: Storage,
  replica: string,
  run: Body,
  log: (message: string) => void,
): Promise<Durable> {
  if (body !== null) throw new Error('This process executes durable runs already.');
  body = run;
  DBOS.setConfig({
    name: 'conductor',
    systemDatabaseUrl: storage.url,
    systemDatabasePool: storage.pool,
    executorID: replica,
    applicationVersion: WORKFLOW_VERSION,
    useListenNotify: false,
    enableOTLP: false,
    logger: quietLogger(log),
  });
  await DBOS.launch();

  async function start(workflow: Workflow): Promise<void> {
    await DBOS.startWorkflow(execute, { workflowID: idOf(workflow) })();
  }

  return {
    start,
    async startFrom(workflow, index) {
      const before = idOf({ run: workflow.run, attempt: workflow.attempt - 1 });
      await DBOS.forkWorkflow(before, index, { newWorkflowID: idOf(workflow) });
    },
    async resume(workflow) {
      const known = await DBOS.getWorkflowStatus(idOf(workflow));
      if (known === null) await start(workflow);
      else if (isOver(known)) return 'over';
      else await DBOS.resumeWorkflow(idOf(workflow));
      return 'resumed';
    },
    cancel: (workflow) => DBOS.cancelWorkflow(idOf(workflow)),
    async steps(workflow) {
      const recorded = (await DBOS.listWorkflowSteps(idOf(workflow))) ?? [];
      return recorded.map(({ functionID, name, error, output }) => ({
        index: functionID,
        name,
        failed: error !== null || hasFailed(output),
      }));
    },
    forget: (workflows) => DBOS.deleteWorkflows(workflows.map(idOf)),
    async close() {
      await DBOS.shutdown();
      body = null;
    },
  };
}

const idOf = ({ run, attempt }: Workflow) => `${run}.${attempt}`;

function parse(id: string): Workflow {
  const [run = '', attempt = ''] = id.split('.');
  return { run, attempt: Number(attempt) };
}

const isOver = ({ status }: WorkflowStatus) => !['PENDING', 'ENQUEUED', 'DELAYED'].includes(status);

/** A step whose result says that it failed, or that the run was told to stop there. See runs/run.ts and agents/model.ts. */
function hasFailed(output: unknown): boolean {
  if (typeof output !== 'object' || output === null) return false;
  if ('stop' in output) return true;
  const done: unknown = 'done' in output ? output.done : null;
  return typeof done === 'object' && done !== null && 'ok' in done && done.ok === false;
}

/** DBOS' own errors, as against what a step's work threw. */
function isOwn(error: unknown): boolean {
  return (
    error instanceof DBOSWorkflowConflictError ||
    error instanceof DbosErrors.DBOSWorkflowCancelledError ||
    error instanceof DbosErrors.DBOSUnexpectedStepError
  );
}

/** DBOS tells much; what concerns an operator are its warnings and errors, and those once. */
function quietLogger(log: (message: string) => void) {
  return {
    info: () => undefined,
    debug: () => undefined,
    warn: (entry: unknown) => log(String(entry)),
    error: (entry: unknown) => log(String(entry)),
  };
}
