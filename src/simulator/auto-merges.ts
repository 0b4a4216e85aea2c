import type { Act, Emission } from './act.ts';
import { mergePull } from './merging.ts';
import { isDueToMerge } from './pull-states.ts';
import { openPulls } from './pulls.ts';
import { Refusal } from './refusal.ts';
import type { Services } from './services.ts';
import type { PullThread, Repository } from './state.ts';

/** After these, what an auto-merge waits for may be there. */
const MAY_END_WAITING = new Set([
  'check_run',
  'check_suite',
  'status',
  'pull_request_review',
  'pull_request',
]);

/**
 * Merges what has been told to merge by itself, once nothing holds it any longer: what GitHub does behind a pull
 * request's back. Returns when all that these events have made due is merged.
 */
export async function mergeWhatIsDue(
  { world, alone, publish }: Pick<Services, 'world' | 'alone' | 'publish'>,
  emissions: readonly Emission[],
): Promise<void> {
  const touched = emissions
    .filter(({ event }) => MAY_END_WAITING.has(event))
    .map(({ repository }) => repository);
  for (const repository of new Set(touched)) {
    const waiting = repository === null ? [] : openPulls(repository, ({ pull }) => pull.autoMerge !== null);
    for (const thread of waiting) await mergeIfDue(repository as Repository, thread);
  }

  async function mergeIfDue(repository: Repository, thread: PullThread): Promise<void> {
    const { autoMerge } = thread.pull;
    if (autoMerge === null) return;
    const act: Act = { world, actor: { kind: 'user', account: autoMerge.by }, emissions: [] };
    await alone(repository, async () => {
      if (!(await isDueToMerge(act, repository, thread))) return;
      await mergePull(act, repository, thread, autoMerge).catch((error: unknown) => {
        // Somebody was faster; it is tried again at the next event.
        if (!(error instanceof Refusal)) throw error;
      });
    });
    publish(act.emissions, Promise.resolve());
  }
}
