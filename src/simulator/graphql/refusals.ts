import type { GraphQLError, GraphQLFormattedError } from 'graphql';
import { Refusal } from '../refusal.ts';

/** A field that GitHub would refuse: null, and an entry of `errors` with GitHub's `type`. */
export class FieldRefusal extends Error {
  readonly type: string | null;

  constructor(type: string | null, message: string) {
    super(message);
    this.type = type;
  }
}

/** GitHub's words for an id, a number or a name that leads nowhere. */
export function unresolved(what: string): FieldRefusal {
  return new FieldRefusal('NOT_FOUND', `Could not resolve to ${what}.`);
}

export function unprocessableField(message: string): FieldRefusal {
  return new FieldRefusal('UNPROCESSABLE', message);
}

/** What stands in place of an answer that the simulator has not. */
export function unknownHere(what: string): FieldRefusal {
  return new FieldRefusal(
    'NOT_SERVED',
    `Conductor's simulator does not know ${what}: it refuses rather than guesses.`,
  );
}

/** One entry of `errors`, in GitHub's shape: its `type` stands beside the message, not in extensions. */
export function formatError(error: GraphQLError): GraphQLFormattedError & { type?: string } {
  const { message, locations, path } = error;
  const place = {
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
  };
  const cause = error.originalError;
  if (cause === undefined) return { ...place, message };
  if (cause instanceof FieldRefusal) return typed(cause.type, cause.message, place);
  if (cause instanceof Refusal) return typed(typeOf(cause), messageOf(cause), place);
  // A value that the schema does not allow is found by graphql-js itself, and is our bug as well.
  return { ...place, message: `This is a bug in Conductor's simulator: ${cause.stack ?? message}` };
}

function typed(type: string | null, message: string, place: object) {
  return { ...(type === null ? {} : { type }), ...place, message };
}

/** GitHub's types for what REST has statuses for. */
function typeOf({ status }: Refusal): string {
  if (status === 401 || status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  return status === 501 ? 'NOT_SERVED' : 'UNPROCESSABLE';
}

/** REST lists what is wrong below "Validation Failed"; GraphQL says it in one sentence. */
function messageOf({ message, body }: Refusal): string {
  const errors: unknown[] = Array.isArray(body.errors) ? body.errors : [];
  const sentences = errors.map((error) => {
    if (typeof error === 'string') return error;
    const { message: own, field, code } = error as { message?: string; field?: string; code?: string };
    return own ?? `${field} is ${code === 'missing_field' ? 'missing' : code}`;
  });
  return sentences.length === 0 ? message : sentences.join(', ');
}
