import { z } from 'zod';
import { pullNumbered } from '../commands/request.ts';
import { asking, ignored, type ReadEvent } from './handled.ts';
import { type Envelope, envelope, repositoryRef } from './payload.ts';

const pullRequest = z.object({
  number: z.int().min(1),
  head: z.object({ ref: z.string(), sha: z.string() }),
});
const completed = z.object({
  head_sha: z.string().min(1),
  conclusion: z.string().nullish(),
  updated_at: z.string().nullish(),
  /** GitHub names those of this repository only, never a fork's. */
  pull_requests: z.array(pullRequest),
});
const suitePayload = envelope.extend({
  check_suite: completed.extend({ app: z.object({ slug: z.string().nullish() }).nullish() }),
});
const workflowPayload = envelope.extend({ workflow_run: completed });

const FAILED = ['failure', 'timed_out'];
const NOBODY = { id: 0, login: '', isBot: false };

/** All checks that one App ran on a commit are done. Source: the `check_suite` webhook. */
export function checkSuite(input: unknown): ReadEvent {
  const parsed = z.safeParse(suitePayload, input);
  if (!parsed.success) return ignored('malformed_payload');
  const { check_suite: suite } = parsed.data;
  return checksAsking(parsed.data, suite, suite.app?.slug ?? 'unknown', FAILED);
}

/**
 * A workflow is done: what a workflow itself can start on, since it hears of no suites of GitHub Actions. Checks that a
 * job's token posts stand in the same suite as the jobs: Conductor's own, which wait for a person, hide that jobs failed.
 */
export function workflowRun(input: unknown): ReadEvent {
  const parsed = z.safeParse(workflowPayload, input);
  if (!parsed.success) return ignored('malformed_payload');
  return checksAsking(parsed.data, parsed.data.workflow_run, 'github-actions', [
    ...FAILED,
    'action_required',
  ]);
}

/**
 * Failing checks of a pull request's head, as an event that asks. What the payload does not tell (who asked for that
 * pull request, what it says, whether it is Conductor's own) is looked up before there is a run. It is named by pull
 * request, commit and App, so that however many suites fail there, one run comes of it.
 */
function checksAsking(
  payload: Envelope,
  { head_sha: sha, conclusion, updated_at: at, pull_requests: pulls }: z.output<typeof completed>,
  app: string,
  conclusions: readonly string[],
): ReadEvent {
  if (payload.action !== 'completed') return ignored('unsupported_action');
  const pull = pulls.find(({ head }) => head.sha === sha);
  if (!pull || !conclusions.includes(conclusion ?? '')) return ignored('no_failing_checks');
  return asking({
    action: payload.action,
    installationId: payload.installation?.id ?? null,
    repository: repositoryRef(payload.repository),
    thread: pullNumbered(pull.number),
    asker: NOBODY,
    asking: {
      kind: 'checks',
      id: 0,
      nodeId: `${pull.number}@${sha}/${app}`,
      url: '',
      body: 'The checks of this pull request fail.',
      createdAt: at ?? '',
    },
    cause: 'failing_checks',
    head: { ref: pull.head.ref, sha },
  });
}
