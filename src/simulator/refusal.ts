/** One entry of the `errors` list in GitHub's 422 answers. */
export interface FieldError {
  readonly resource: string;
  readonly field: string;
  readonly code: 'missing' | 'missing_field' | 'invalid' | 'already_exists' | 'unprocessable' | 'custom';
  readonly message?: string;
  readonly value?: string | number | null;
}

/**
 * A request that GitHub would answer with an error. Thrown by handlers and turned into the answer in
 * one place, the server; anything else that is thrown is a bug in the simulator.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The role that a person lacks for this: GraphQL has a sentence of its own for it. */
  readonly lackedRole: string | null;

  constructor(
    status: number,
    message: string,
    more: { headers?: Record<string, string>; body?: Record<string, unknown>; lackedRole?: string } = {},
  ) {
    super(message);
    this.status = status;
    this.headers = more.headers ?? {};
    this.lackedRole = more.lackedRole ?? null;
    this.body = { message, ...more.body, documentation_url: DOCUMENTATION, status: String(status) };
  }
}

const DOCUMENTATION = 'https://docs.github.com/rest';

export function notFound(): Refusal {
  return new Refusal(404, 'Not Found');
}

/** The 403 for a person who is too little in the repository. */
export function lacksRole(wanted: string): Refusal {
  return new Refusal(403, `Must have ${wanted} rights to Repository.`, { lackedRole: wanted });
}

/** A 422 whose `message` is GitHub's own sentence and which has no `errors`. */
export function unprocessable(message: string): Refusal {
  return new Refusal(422, message);
}

/** A 422 "Validation Failed" with its list of fields. */
export function invalid(...errors: FieldError[]): Refusal {
  return new Refusal(422, 'Validation Failed', { body: { errors } });
}

/** The 501 that stands where GitHub's behaviour is unknown or not built. */
export function unserved(what: string): Refusal {
  return new Refusal(501, `Conductor's simulator does not serve ${what}: it refuses rather than guesses.`);
}
