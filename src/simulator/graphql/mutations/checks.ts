import { checkRunsOf } from '../../state.ts';
import { nodeOfType } from '../find-node.ts';
import { runSource } from '../sources.ts';
import type { Fields } from '../view.ts';
import { idOf, mutation } from './mutation.ts';

const RUNS = '/repos/{owner}/{repo}/check-runs';

interface RunInput {
  readonly name?: string | null;
  readonly detailsUrl?: string | null;
  readonly externalId?: string | null;
  readonly status?: string | null;
  readonly startedAt?: string | null;
  readonly conclusion?: string | null;
  readonly completedAt?: string | null;
  readonly output?: OutputInput | null;
  readonly actions?: readonly object[] | null;
}

interface OutputInput {
  readonly title: string;
  readonly summary: string;
  readonly text?: string | null;
  readonly annotations?: readonly AnnotationInput[] | null;
}

interface AnnotationInput {
  readonly path: string;
  readonly location: {
    readonly startLine: number;
    readonly endLine: number;
    readonly startColumn?: number | null;
    readonly endColumn?: number | null;
  };
  readonly annotationLevel: string;
  readonly message: string;
  readonly title?: string | null;
  readonly rawDetails?: string | null;
}

export const checkMutations: Fields<unknown> = {
  createCheckRun: mutation(
    async (
      { repositoryId, headSha, ...input }: RunInput & { repositoryId: string; headSha: string },
      view,
    ) => {
      const { repository } = await nodeOfType(view, repositoryId, 'Repository');
      const body = { head_sha: headSha, ...asRest(input) };
      const answer = await view.rest(`POST ${RUNS}`, repository, { body });
      const run = checkRunsOf(repository).find(({ id }) => id === idOf(answer.body))!;
      return { checkRun: runSource(repository, run) };
    },
  ),
  updateCheckRun: mutation(async ({ checkRunId, ...input }: RunInput & { checkRunId: string }, view) => {
    const { repository, run } = await nodeOfType(view, checkRunId, 'CheckRun');
    const params = { check_run_id: run.id };
    await view.rest(`PATCH ${RUNS}/{check_run_id}`, repository, { params, body: asRest(input) });
    return { checkRun: runSource(repository, run) };
  }),
};

/** The same request in REST's words: small letters, and names with underscores. */
function asRest(input: RunInput & { readonly repositoryId?: never }): Record<string, unknown> {
  const { name, detailsUrl, externalId, status, startedAt, conclusion, completedAt, output, actions } = input;
  return given({
    name,
    details_url: detailsUrl,
    external_id: externalId,
    status: status?.toLowerCase(),
    started_at: startedAt,
    conclusion: conclusion?.toLowerCase(),
    completed_at: completedAt,
    output: output ? outputAsRest(output) : undefined,
    actions: actions ?? undefined,
  });
}

function outputAsRest({ title, summary, text, annotations }: OutputInput): Record<string, unknown> {
  return given({ title, summary, text, annotations: annotations?.map(annotationAsRest) });
}

function annotationAsRest({ location, annotationLevel, rawDetails, ...same }: AnnotationInput) {
  return given({
    ...same,
    annotation_level: annotationLevel.toLowerCase(),
    raw_details: rawDetails,
    start_line: location.startLine,
    end_line: location.endLine,
    start_column: location.startColumn,
    end_column: location.endColumn,
  });
}

/** Without what was not said. */
function given(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null),
  );
}
