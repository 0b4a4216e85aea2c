import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { type Answer, type Call, ok, optionalText, type RepositoryCall, type Route } from '../call.ts';
import { underFaults } from '../cut.ts';
import { perform } from '../perform.ts';
import { invalid, Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';
import type { Repository } from '../state.ts';
import { CREATES_CONTENT } from './mutations/index.ts';
import { formatError } from './refusals.ts';
import { resolveField, resolveType } from './resolve.ts';
import { buildSchema } from './schema.ts';
import type { RestInput, View } from './view.ts';

let schema: GraphQLSchema | undefined;

/** Answers one document: read, held against GitHub's schema, noted in the log, carried out. */
export async function executeDocument(
  services: Services,
  rest: readonly Route[],
  call: Call,
): Promise<Answer> {
  if (call.actor.kind === 'anonymous')
    throw new Refusal(401, 'This endpoint requires you to be authenticated.');
  if (call.actor.kind === 'app') throw new Refusal(401, 'A JSON web token could not be decoded');
  const text = optionalText(call, 'query');
  if (!text)
    return ok({ errors: [{ message: 'A query attribute must be specified and must be a string.' }] });
  schema ??= buildSchema();
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    return failed(error);
  }
  const problems = validate(schema, document);
  if (problems.length > 0) return ok({ errors: problems.map(formatError) });
  const operation = getOperationAST(document, optionalText(call, 'operationName'));
  if (!operation) return ok({ errors: [{ message: 'No operation named in `operationName` was found.' }] });
  note(call, document, operation);
  const run = () => carryOut(schema as GraphQLSchema, services, rest, call, document);
  const name = operation.name?.value;
  return name === undefined ? run() : underFaults(services.faults, `operation ${name}`, run);
}

async function carryOut(
  known: GraphQLSchema,
  services: Services,
  rest: readonly Route[],
  call: Call,
  document: DocumentNode,
): Promise<Answer> {
  const { world, actor, emissions, body } = call;
  const view: View = {
    world,
    actor,
    emissions,
    services,
    cut: null,
    rest: (route, repository, given) => askRest(services, rest, call, route, repository, given),
  };
  const { data, errors } = await execute({
    schema: known,
    document,
    rootValue: {},
    contextValue: view,
    variableValues: variablesIn(body.variables),
    operationName: optionalText(call, 'operationName') ?? null,
    fieldResolver: resolveField,
    typeResolver: resolveType,
  });
  if (view.cut !== null) throw view.cut;
  const told = errors === undefined ? {} : { errors: errors.map(formatError) };
  return ok(data === undefined ? told : { data, ...told });
}

/** A mutation that has a twin in REST is that twin. */
async function askRest(
  services: Services,
  routes: readonly Route[],
  call: Call,
  name: string,
  repository: Repository,
  { params = {}, body = {} }: RestInput = {},
): Promise<Answer> {
  const route = routes.find((candidate) => candidate.route === name);
  if (route === undefined) throw new Error(`There is no route ${name}.`);
  const { owner } = repository;
  const asked: Omit<RepositoryCall, 'repository'> = {
    ...call,
    method: route.method,
    path: `/repos/${repository.fullName}`,
    params: {
      ...Object.fromEntries(Object.entries(params).map(([key, value]) => [key, String(value)])),
      owner: owner.login,
      repo: repository.name,
    },
    query: new URLSearchParams(),
    body,
  };
  return perform(services, route, asked);
}

/** The log has one line for a document, and says what it asked for. */
function note(call: Call, document: DocumentNode, operation: OperationDefinitionNode): void {
  const fields = topLevelFields(document, operation.selectionSet.selections);
  const content = fields.some((field) => CREATES_CONTENT.has(field));
  Object.assign(call.logged, {
    operation: operation.name?.value ?? null,
    fields,
    kind: operation.operation === 'query' ? 'read' : content ? 'content' : 'write',
  });
}

function topLevelFields(
  document: DocumentNode,
  selections: OperationDefinitionNode['selectionSet']['selections'],
): string[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return topLevelFields(document, selection.selectionSet.selections);
    const fragment = document.definitions.find(
      (definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    );
    return fragment?.kind === Kind.FRAGMENT_DEFINITION
      ? topLevelFields(document, fragment.selectionSet.selections)
      : [];
  });
}

function variablesIn(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid({ resource: 'GraphQL', field: 'variables', code: 'invalid' });
}

function failed(error: unknown): Answer {
  if (error instanceof GraphQLError) return ok({ errors: [formatError(error)] });
  throw error;
}
