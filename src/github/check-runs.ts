import type { CommandRequest } from '../commands/request.ts';
import type { CheckContent } from '../messages/check-runs.ts';
import type { Effect, Written } from '../runs/run-events.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';

/** Posts check runs on a commit over REST, once for each name and `externalId`. */
export async function putChecks(
  read: Client,
  client: Client,
  repository: CommandRequest['repository'],
  headCommit: string,
  externalId: string,
  contents: readonly CheckContent[],
): Promise<Written[]> {
  const { owner, name: repo } = repository;
  try {
    const { data } = await read.checks.listForRef({ owner, repo, ref: headCommit, per_page: 100 });
    const writes: Written[] = [];
    for (const content of contents) {
      const existing = data.check_runs.find(
        (check) => check.name === content.name && check.external_id === externalId,
      );
      if (existing) {
        writes.push({ thing: 'check_run', how: 'adopted', name: content.name, url: existing.html_url });
        continue;
      }
      const { data: created } = await client.checks.create({
        owner,
        repo,
        name: content.name,
        head_sha: headCommit,
        external_id: externalId,
        status: 'completed',
        conclusion: content.conclusion,
        output: {
          title: content.title,
          summary: content.summary,
          text: content.text,
          annotations: [...content.annotations],
        },
        ...(content.actions.length > 0 && { actions: [...content.actions] }),
      });
      writes.push({ thing: 'check_run', how: 'created', name: content.name, url: created.html_url });
    }
    return writes;
  } catch (error) {
    throw translate(error, 'posting the check runs');
  }
}

/**
 * The same, for what a run says at its end. Check runs are the window of the record, not the record: one that can't be
 * posted ends nothing.
 */
export async function postChecks(...content: Parameters<typeof putChecks>): Promise<readonly Effect[]> {
  try {
    return (await putChecks(...content)).map((written) => ({ kind: 'written', written }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ kind: 'effect_failed', thing: 'check_run', code: 'check_not_posted', message }];
  }
}

/** A check run as GraphQL takes it, without the repository. */
export function checkInput(content: CheckContent, headSha: string, externalId: string) {
  return {
    headSha,
    externalId,
    name: content.name,
    status: 'COMPLETED',
    conclusion: content.conclusion.toUpperCase(),
    ...(content.actions.length > 0 && { actions: content.actions }),
    output: {
      title: content.title,
      summary: content.summary,
      text: content.text,
      annotations: content.annotations.map((annotation) => ({
        path: annotation.path,
        location: { startLine: annotation.start_line, endLine: annotation.end_line },
        annotationLevel: annotation.annotation_level.toUpperCase(),
        title: annotation.title,
        message: annotation.message,
      })),
    },
  };
}
