import type { Client } from './client.ts';
import { translate } from './errors.ts';

/** An event as its webhook would have told it. */
export interface MissedEvent {
  readonly name: 'issue_comment' | 'issues' | 'pull_request_review_comment';
  readonly payload: Readonly<Record<string, unknown>>;
}

/** A repository as the API lists it: its payloads carry the same. */
export interface ListedRepository {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string };
}

/**
 * The texts with an @ that were written in a repository's open threads since a point in time, as events: for what GitHub
 * would not deliver again because it is too old. Reviews' own texts are not listed for a whole repository, and are missed.
 */
export async function missedMentions(
  client: Client,
  repository: ListedRepository,
  installationId: number,
  since: Date,
): Promise<MissedEvent[]> {
  const at = { owner: repository.owner.login, repo: repository.name };
  const common = { action: 'created', repository, installation: { id: installationId } };
  const listing = {
    ...at,
    since: since.toISOString(),
    sort: 'created',
    direction: 'asc',
    per_page: 100,
  } as const;
  const isNew = (text: { created_at: string; body?: string | null }) =>
    Date.parse(text.created_at) >= since.getTime() && (text.body ?? '').includes('@');
  try {
    const missed: MissedEvent[] = [];
    for (const comment of (await client.paginate(client.issues.listCommentsForRepo, listing)).filter(isNew)) {
      const { data: issue } = await client.issues.get({ ...at, issue_number: numberIn(comment.issue_url) });
      if (issue.state === 'open')
        missed.push({ name: 'issue_comment', payload: { ...common, issue, comment } });
    }
    for (const comment of (await client.paginate(client.pulls.listReviewCommentsForRepo, listing)).filter(
      isNew,
    )) {
      const { data: pull } = await client.pulls.get({
        ...at,
        pull_number: numberIn(comment.pull_request_url),
      });
      if (pull.state === 'open')
        missed.push({
          name: 'pull_request_review_comment',
          payload: { ...common, pull_request: pull, comment },
        });
    }
    const opened = await client.paginate(client.issues.listForRepo, { ...listing, state: 'open' });
    for (const issue of opened.filter((each) => isNew(each) && !each.pull_request))
      missed.push({ name: 'issues', payload: { ...common, action: 'opened', issue } });
    return missed;
  } catch (error) {
    throw translate(error, `looking for missed mentions in ${at.owner}/${at.repo}`);
  }
}

const numberIn = (url: string | undefined) => Number(url?.split('/').at(-1));
