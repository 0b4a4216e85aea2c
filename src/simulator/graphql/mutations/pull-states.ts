import { demand } from '../../access.ts';
import type { Act } from '../../act.ts';
import { accountOf } from '../../actor.ts';
import { demandKeeper, disableAutoMerge, enableAutoMerge, setDraft } from '../../pull-states.ts';
import { pullNode } from '../find-node.ts';
import { unknownHere } from '../refusals.ts';
import { accountSource, type PullSource } from '../sources.ts';
import type { Fields, View } from '../view.ts';
import { mutation } from './mutation.ts';

interface PullInput {
  readonly pullRequestId: string;
}

interface AutoMergeInput extends PullInput {
  readonly mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE' | null;
  readonly commitHeadline?: string | null;
  readonly commitBody?: string | null;
  readonly expectedHeadOid?: string | null;
  readonly authorEmail?: string | null;
}

/** What REST has no call for. */
export const pullStateMutations: Fields<unknown> = {
  markPullRequestReadyForReview: mutation((input: PullInput, view) => changeDraft(view, input, false)),
  convertPullRequestToDraft: mutation((input: PullInput, view) => changeDraft(view, input, true)),
  disablePullRequestAutoMerge: mutation(async (input: PullInput, view) => {
    const source = await alone(view, input.pullRequestId, async (act, { repository, thread }) => {
      demand(act.actor, repository, { app: ['contents:write'], user: 'write' });
      await disableAutoMerge(act, repository, thread);
    });
    return { pullRequest: source, actor: accountSource(accountOf(view.actor)) };
  }),
  enablePullRequestAutoMerge: mutation(async (input: AutoMergeInput, view) => {
    if (input.authorEmail || input.expectedHeadOid)
      throw unknownHere('enablePullRequestAutoMerge(authorEmail, expectedHeadOid)');
    const source = await alone(view, input.pullRequestId, async (act, { repository, thread }) => {
      demand(act.actor, repository, { app: ['contents:write'], user: 'write' });
      await enableAutoMerge(act, repository, thread, {
        method: WORDS[input.mergeMethod ?? 'MERGE'],
        title: input.commitHeadline ?? null,
        text: input.commitBody ?? null,
      });
    });
    return { pullRequest: source, actor: accountSource(accountOf(view.actor)) };
  }),
};

const WORDS = { MERGE: 'merge', SQUASH: 'squash', REBASE: 'rebase' } as const;

async function changeDraft(view: View, { pullRequestId }: PullInput, draft: boolean) {
  const source = await alone(view, pullRequestId, async (act, { repository, thread }) => {
    demandKeeper(act, repository, thread);
    await setDraft(act, repository, thread, draft);
  });
  return { pullRequest: source };
}

/** Changes a pull request that the actor may change, in its repository's turn. */
async function alone(
  view: View,
  id: string,
  work: (act: Act, source: PullSource) => Promise<void>,
): Promise<PullSource> {
  const source = await pullNode(view, id);
  demand(view.actor, source.repository, { app: ['pull_requests:write'], user: 'read' });
  await view.services.alone(source.repository, () => work(view, source));
  return source;
}
