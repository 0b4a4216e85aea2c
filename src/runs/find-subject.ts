import { ends, outcome, type StepResult, value } from './outcome.ts';
import type { Run } from './run.ts';
import { pause } from './step-policy.ts';
import type { Subject } from './subject.ts';

/** Settles what the run is about. Ends it where an undo, a base that moved, or a recheck leaves nothing to do. */
export async function findSubject(run: Run): Promise<StepResult<Subject>> {
  if (run.request.cause === 'base_moved') return movedPull(run);
  if (run.request.cause === 'recheck') return openPull(run);
  if (run.request.command.verb === 'undo') return pullToUndo(run);
  return value({ kind: 'thread' });
}

const NAMED = /^#?(\d{1,9})\b/;

/** Which pull request is to be undone: the one that was named, the thread's own, or an issue's newest. */
async function pullToUndo(run: Run): Promise<StepResult<Subject>> {
  const { thread, command } = run.request;
  const { ownPulls } = run.ports;
  const named = NAMED.exec(command.text);
  const number = named
    ? Number(named[1])
    : thread.kind === 'pull_request'
      ? thread.number
      : await run.step('newest-of-issue', () => ownPulls.newestOf(thread.number));
  if (number === null)
    return refuse(
      'nothing_to_undo',
      `There is no pull request of Conductor’s that came from #${thread.number}.`,
      'Name it: `undo #12`.',
    );

  const pull = await run.step('pull-to-undo', () => ownPulls.find(number));
  if (pull === null)
    return refuse('nothing_to_undo', `There is no pull request #${number} here.`, 'Name one: `undo #12`.');
  if (!pull.own)
    return refuse(
      'not_own',
      `#${number} is not a pull request of Conductor’s, so Conductor does not undo it.`,
      'Use GitHub’s Revert button, or git revert.',
    );
  if (pull.state === 'closed')
    return refuse(
      'nothing_to_undo',
      `#${number} was closed without being merged: nothing of it is in.`,
      null,
    );
  return value({ kind: 'undo', pull });
}

/** Milliseconds between two looks: after a push to its base, GitHub tries a merge when it is first asked for it. */
const LOOK_AGAIN_MS = [2_000, 5_000, 15_000];

/** The pull request whose base moved. Ends the run, silently, where it merges all the same. */
async function movedPull(run: Run): Promise<StepResult<Subject>> {
  const { ownPulls, clock, control } = run.ports;
  const { number } = run.request.thread;
  const pull = await run.step('moved-pull', async () => {
    let found = await ownPulls.find(number);
    for (const waitMs of LOOK_AGAIN_MS) {
      if (found?.state !== 'open' || found.merges !== null) break;
      await pause(clock, waitMs, control.signal);
      found = await ownPulls.find(number);
    }
    return found;
  });
  if (!pull?.own || pull.state !== 'open' || pull.merges !== false) return nothingToFollow(number);
  return value({ kind: 'base_moved', pull });
}

/** A pull request that was merged or closed since the recheck was asked for has nothing to hold any more. */
async function openPull(run: Run): Promise<StepResult<Subject>> {
  const { number } = run.request.thread;
  const pull = await run.step('open-pull', () => run.ports.ownPulls.find(number));
  if (pull?.own && pull.state === 'open') return value({ kind: 'thread' });
  await run.step('no-recheck', () => run.ports.recheckAt(null));
  return ends({
    ...outcome('done', 'nothing_to_recheck', `#${number} is not open any more.`, null),
    silent: true,
  });
}

/** Nobody asked, so nobody is told. */
export const nothingToFollow = (number: number) =>
  ends({
    ...outcome('done', 'nothing_to_follow', `#${number} needs nothing because of its base.`, null),
    silent: true,
  });

const refuse = (code: string, message: string, next: string | null) =>
  ends(outcome('refused', code, message, next));
