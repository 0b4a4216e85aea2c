import type { RepositoryRef } from '../commands/request.ts';
import type { FormerAudit } from '../messages/audit-check.ts';
import type { Client } from './client.ts';

/** A request for each commit: somebody who pushed more at once, on top of Conductor's, has it looked for no further. */
const MOST_LOOKED_AT = 10;

/**
 * The newest `conductor/audit` of Conductor's own on these commits, newest first; null: there is none. By the App that
 * Conductor writes as, and no other: in the Action without an App's credentials, that is every workflow's.
 */
export async function formerAudit(
  client: Client,
  { owner, name: repo }: RepositoryRef,
  commits: readonly string[],
  self: string,
): Promise<FormerAudit | null> {
  for (const commit of commits.slice(0, MOST_LOOKED_AT)) {
    const { data } = await client.checks.listForRef({
      owner,
      repo,
      ref: commit,
      check_name: 'conductor/audit',
      filter: 'all',
      per_page: 100,
    });
    const newest = data.check_runs
      .filter(({ app }) => app !== null && `${app.slug}[bot]` === self)
      // By number: two may stand within one second.
      .reduce<(typeof data.check_runs)[number] | null>((a, b) => (a && a.id > b.id ? a : b), null);
    if (newest) return { commit, summary: newest.output.summary ?? '', text: newest.output.text ?? '' };
  }
  return null;
}
