import { type DocumentNode, type GraphQLSchema, parse, validate } from 'graphql';
import { buildSchema } from '../../src/simulator/graphql/schema.ts';

let schema: GraphQLSchema | undefined;

/**
 * Every way in which a document is not one that GitHub's public schema allows, and every error of the answer that is
 * not of GitHub's shape. That the data of an answer is as the schema has it is graphql-js's own doing.
 */
export function graphqlProblems(request: unknown, response: unknown): string[] {
  schema ??= buildSchema();
  const { query } = request as { readonly query: string };
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    return [`request: ${(error as Error).message}`];
  }
  const { errors = [] } = (response ?? {}) as { readonly errors?: readonly { readonly message?: unknown }[] };
  return [
    ...validate(schema, document).map(({ message }) => `request: ${message}`),
    ...errors
      .filter(({ message }) => typeof message !== 'string')
      .map(() => 'response: an error has no message'),
    ...errors
      .filter(({ message }) => String(message).startsWith("This is a bug in Conductor's simulator"))
      .map(({ message }) => `response: ${message}`),
  ];
}
