import type { GraphQLResolveInfo } from 'graphql';
import type { Act } from '../act.ts';
import type { Answer } from '../call.ts';
import type { Cut } from '../cut.ts';
import type { Services } from '../services.ts';
import type { Repository } from '../state.ts';

/** One document under way: what every resolver is given. */
export interface View extends Act {
  readonly services: Services;
  /** Does in a repository what a route of the REST API does, with the same checks and the same events. */
  readonly rest: (route: string, repository: Repository, given?: RestInput) => Promise<Answer>;
  /** The fault that ended the document; no further field has an effect. */
  cut: Cut | null;
}

export interface RestInput {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/**
 * Answers one field of one type. Arguments have been validated by the schema, so each field names those it reads.
 * A method, so that it may.
 */
export type Field<Source> = {
  resolve(source: Source, args: never, view: View, info: GraphQLResolveInfo): unknown;
}['resolve'];

/** The fields of a type that the simulator answers; any other is refused by name. */
export type Fields<Source> = Readonly<Record<string, Field<Source>>>;

/** A value that is found when it is first asked for, once. */
export function once<T>(find: () => Promise<T>): () => Promise<T> {
  let found: Promise<T> | undefined;
  return () => (found ??= find());
}
