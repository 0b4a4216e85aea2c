import { marker } from '../messages/markers.ts';
import { pullRequestBody, pullRequestTitle } from '../messages/pull-request.ts';
import { type StepResult, value } from '../runs/outcome.ts';
import type { ApprovedChange } from '../runs/ports.ts';
import type { Written } from '../runs/run-events.ts';
import type { RunView } from '../runs/run-view.ts';
import { branchFor } from './branch-name.ts';
import { refusedWrite, statusOf, translate } from './errors.ts';
import type { Writing } from './writing.ts';

type Opened = { readonly number: number; readonly url: string; readonly written: Written };

/** Opens the pull request; a draft unless policy allowed the change by itself. One that this run opened before is kept. */
export async function openPullRequest(
  writing: Writing,
  change: ApprovedChange,
  view: RunView,
): Promise<StepResult<Opened>> {
  const { client, request } = writing;
  const { owner, name: repo } = request.repository;
  const head = branchFor(writing, change);
  try {
    const { data } = await client.pulls.create({
      owner,
      repo,
      head,
      base: change.base.branch,
      title: pullRequestTitle(request, change.undoes),
      body: pullRequestBody(view, request, change.undoes),
      draft: change.judgement !== 'auto',
      maintainer_can_modify: true,
    });
    return value(opened(data.number, data.html_url, 'created'));
  } catch (error) {
    const existing = statusOf(error) === 422 ? await findOwn(writing, head, change) : null;
    if (existing) {
      // Another job's words may stand over what this one has pushed.
      const body = pullRequestBody(view, request, change.undoes);
      if (existing.body !== body)
        await client.pulls.update({ owner, repo, pull_number: existing.number, body });
      return value(opened(existing.number, existing.html_url, 'adopted'));
    }
    const refusal = refusedWrite(error, 'opening the pull request');
    if (refusal) return refusal;
    throw translate(error, 'opening the pull request');
  }
}

/** The pull request that this very run opened from `head`; null when there is none. */
export async function findOwn({ read, request, identity }: Writing, head: string, change: ApprovedChange) {
  const { owner, name: repo } = request.repository;
  const { data } = await read.pulls.list({
    owner,
    repo,
    head: `${owner}:${head}`,
    state: 'all',
    per_page: 10,
  });
  return (
    data.find(
      (pull) =>
        pull.user?.login === identity.login && pull.body?.startsWith(marker('pull-request', change.run)),
    ) ?? null
  );
}

function opened(number: number, url: string, how: 'created' | 'adopted'): Opened {
  return { number, url, written: { thing: 'pull_request', how, name: `#${number}`, url } };
}
