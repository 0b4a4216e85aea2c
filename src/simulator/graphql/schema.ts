import { buildASTSchema, type GraphQLSchema, parse } from 'graphql';
import definitions from './schema.json' with { type: 'json' };

/**
 * GitHub's whole public schema, cut out of @octokit/graphql-schema by scripts/extract-graphql.ts: what GitHub
 * refuses as unknown is unknown here too, whether or not the simulator has an answer.
 */
export function buildSchema(): GraphQLSchema {
  const document = parse(definitions.join('\n'), { noLocation: true });
  // It is GitHub's, and known to be valid: to check it again costs more than to build it.
  return buildASTSchema(document, { assumeValid: true, assumeValidSDL: true });
}
