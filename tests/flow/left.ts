import { runIdOf } from '../../src/runs/run-id.ts';
import type { Stage } from './stage.ts';

/** What stands on GitHub because of one thread's runs. */
export async function leftBy(room: Stage, thread: number, self = 'conductor[bot]') {
  const { simulator, repository } = room;
  const pulls = (await simulator.pulls(repository)).filter(({ head }) =>
    head.ref.startsWith(`conductor/${thread}-`),
  );
  const branches = Object.keys(await simulator.branches(repository));
  const head = pulls[0] ? room.git('rev-parse', pulls[0].head.ref) : null;
  const own = simulator.comments(repository, thread).filter(({ user }) => user?.login === self);
  const status = own.filter(({ body }) => body?.startsWith('<!-- conductor:status'));
  return {
    branches: branches.filter((branch) => branch.startsWith(`conductor/${thread}-`)).length,
    pulls: pulls.length,
    checks: (await simulator.checkRuns(repository))
      .filter(({ head_sha }) => head_sha === head)
      .map(({ name }) => name)
      .sort(),
    status: status.map(({ body }) => /<sub>[a-z]+ · ([a-z_]+) · /.exec(body ?? '')?.[1]),
  };
}

/** One of everything: a run that opened its pull request. */
export const WHOLE = {
  branches: 1,
  pulls: 1,
  checks: ['conductor/audit', 'conductor/policy'],
  status: ['pull_request_opened'],
};

/** The run that the newest comment of a thread asks for, and the branch that it would make. */
export function expectedRun({ simulator, repository }: Stage, thread: number, slug: string) {
  const { payload } = simulator.events.at(-1) ?? {};
  const { id } = (payload as { readonly repository: { readonly id: number } }).repository;
  const nodeId = simulator.comments(repository, thread).at(-1)?.node_id ?? '';
  const run = runIdOf({ repository: { id }, asking: { kind: 'issue_comment', nodeId }, action: 'created' });
  return { run, branch: `conductor/${thread}-${slug}-${run.slice(-6)}` };
}
