import { RequestError } from '@octokit/request-error';
import { ends, type Outcome, outcome } from '../runs/outcome.ts';

/** A GitHub answer that nobody asked about by value: carries a code for the record (null: its status's) and a sentence for people. */
export class GitHubError extends Error {
  readonly code: string;
  readonly status: number;
  /** The same request may succeed later: GitHub was away, or the connection broke. */
  readonly transient: boolean;

  constructor(code: string | null, status: number, message: string) {
    super(message);
    this.name = 'GitHubError';
    this.code = code ?? codeFor(status);
    this.status = status;
    // Octokit gives a connection that broke the status 500.
    this.transient = status >= 500;
  }
}

/** The status of a failed request; null when the error is not GitHub's. */
export function statusOf(error: unknown): number | null {
  return error instanceof RequestError || error instanceof GitHubError ? error.status : null;
}

/** Translates a failed request once: what happened in a sentence, and a stable code. Other errors pass as they are. */
export function translate(error: unknown, doing: string): unknown {
  if (!(error instanceof RequestError)) return error;
  const said = error.message.replace(/ - https?:\/\/\S+$/, '').slice(0, 300);
  return new GitHubError(null, error.status, `GitHub answered ${error.status} while ${doing}: ${said}`);
}

/** The outcome of a write that GitHub refused for good (403, 404, 409, 422); null: not of that kind, throw it. */
export function refusedWrite(
  error: unknown,
  doing: string,
): { readonly ok: false; readonly outcome: Outcome } | null {
  const status = statusOf(error);
  if (status === null || ![403, 404, 409, 422].includes(status)) return null;
  const translated = translate(error, doing);
  const message = translated instanceof Error ? translated.message : String(translated);
  const next =
    status === 403
      ? 'Check the permissions that app.yml lists, that branch rules let Conductor create branches and, for the Action, that “Allow GitHub Actions to create and approve pull requests” is on.'
      : 'Ask again; the run starts from the branch as it is then.';
  return ends(outcome('failed', codeFor(status), message, next));
}

function codeFor(status: number): string {
  if (status === 401) return 'github_unauthorized';
  if (status === 403) return 'github_forbidden';
  if (status === 404) return 'github_not_found';
  if (status === 409) return 'github_conflict';
  if (status === 422) return 'github_refused';
  if (status === 429) return 'github_rate_limited';
  return 'github_unavailable';
}
