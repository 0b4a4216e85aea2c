import { type GraphQLFieldResolver, type GraphQLTypeResolver, getNamedType, isObjectType } from 'graphql';
import { checkPage, type PageArguments } from './connections.ts';
import { appFields, botFields, userFields } from './fields/accounts.ts';
import { commitCheckFields, runFields, statusFields, suiteFields } from './fields/checks.ts';
import {
  blobFields,
  changedFileFields,
  commitFields,
  refFields,
  tagFields,
  treeFields,
} from './fields/git.ts';
import { pullFields } from './fields/pulls.ts';
import { repositoryFields } from './fields/repository.ts';
import { discussionFields, reviewCommentFields, reviewFields } from './fields/reviews.ts';
import {
  commentFields,
  issueFields,
  labelFields,
  reactableFields,
  reactionFields,
} from './fields/threads.ts';
import { mutationFields } from './mutations/index.ts';
import { queryFields } from './query.ts';
import { unknownHere } from './refusals.ts';
import { topLevel } from './top-level.ts';
import type { Fields, View } from './view.ts';

/** Every field that is answered by more than being there; the types of GitHub's schema that stand in no row are plain data. */
export const FIELDS: Readonly<Record<string, Fields<never>>> = {
  Query: topLevel('query', queryFields),
  Mutation: topLevel('mutation', mutationFields),
  Repository: repositoryFields,
  User: userFields,
  Bot: botFields,
  Organization: userFields,
  App: appFields,
  Label: labelFields,
  Issue: { ...issueFields, ...reactableFields },
  PullRequest: { ...pullFields, ...reactableFields },
  IssueComment: { ...commentFields, ...reactableFields },
  PullRequestReview: reviewFields,
  PullRequestReviewThread: discussionFields,
  PullRequestReviewComment: { ...reviewCommentFields, ...reactableFields },
  Reaction: reactionFields,
  Ref: refFields,
  Commit: { ...commitFields, ...commitCheckFields },
  Tree: treeFields,
  Blob: blobFields,
  Tag: tagFields,
  PullRequestChangedFile: changedFileFields,
  CheckSuite: suiteFields,
  CheckRun: runFields,
  StatusContext: statusFields,
};

/** Answers a field, or says that the simulator does not know it: nothing is null because nobody thought of it. */
export const resolveField: GraphQLFieldResolver<unknown, View> = (source, args, view, info) => {
  const { parentType, fieldName, returnType } = info;
  const named = getNamedType(returnType);
  if (isObjectType(named) && named.name.endsWith('Connection')) checkPage(fieldName, args as PageArguments);
  const fields = FIELDS[parentType.name];
  if (fields !== undefined) {
    const field = fields[fieldName];
    if (field === undefined) throw unknownHere(`${parentType.name}.${fieldName}`);
    return field(source as never, args as never, view, info);
  }
  const plain = source as Readonly<Record<string, unknown>>;
  if (!Object.hasOwn(plain, fieldName)) throw unknownHere(`${parentType.name}.${fieldName}`);
  const value = plain[fieldName];
  return typeof value === 'function' ? value(args) : value;
};

export const resolveType: GraphQLTypeResolver<unknown, View> = (source) =>
  (source as { readonly __typename: string }).__typename;
