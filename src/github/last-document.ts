import type { CheckContent } from '../messages/check-runs.ts';
import type { Effect, Written } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { checkInput, postChecks } from './check-runs.ts';
import { askGraphql, type GraphqlAnswer, problemError, problemOf } from './graphql.ts';
import { commentOf, nodesOf, type Tip, type Told } from './thread.ts';
import type { OwnComment } from './thread-comments.ts';
import { MESSAGES, type MessageNode, type Nodes } from './thread-document.ts';
import type { Writing } from './writing.ts';

/** How a run ended, as it is to be told. */
export interface LastWord {
  readonly run: RunId;
  /** What its status comment starts with, and the whole of it. */
  readonly marker: string;
  readonly body: string;
  /** The commit that the run made; null: none. */
  readonly commit: string | null;
  /** No check run can stand on it yet. */
  readonly isBare: boolean;
  readonly checks: readonly CheckContent[];
}

/** One mutation of the document. */
interface Part {
  readonly alias: string;
  readonly field: string;
  readonly type: string;
  readonly select: string;
  readonly input: object;
}

/** Says all of it in one document; what stands already, by what was read of the thread, is left as it is. */
export async function sayInOneDocument(
  writing: Writing,
  word: LastWord,
  told: Told,
): Promise<readonly Effect[]> {
  const { read, client, comments, request } = writing;
  const tip = [told.branch, told.pull?.tip].find((each) => each?.commit === word.commit);
  // What was read of the thread does not show the commit, as when an undo was asked for elsewhere.
  const unseen = tip || word.isBare ? null : word.commit;
  const posted = unseen
    ? await postChecks(read, client, request.repository, unseen, word.run, word.checks)
    : [];
  const standing = standingChecks(word, tip);
  const missing = unseen ? [] : word.checks.filter(({ name }) => !standing.has(name));
  const existing = await comments.find(word.marker);
  // A comment on a line is answered under it, which takes a request of its own.
  const inThread = request.asking.kind !== 'review_comment' && existing?.body !== word.body;
  const parts = [
    ...missing.map((check, index) => checkPart(check, index, word, told)),
    ...(await resolvePart(writing, word, told)),
    ...(inThread ? [existing ? editPart(existing, word) : commentPart(writing, word, told)] : []),
  ];
  const answer =
    parts.length === 0 ? NOTHING : await askGraphql<Answers>(client, documentOf(parts), inputsOf(parts));
  return [
    ...posted,
    ...[...standing].map(([name, url]) => written('check_run', 'adopted', name, url)),
    ...missing.map(({ name }, index) => checkEffect(name, `check${index}`, answer)),
    inThread ? await commentEffect(writing, word, existing, answer) : await putComment(writing, word),
  ];
}

/** The check runs of this run that stand on its commit, and where. */
function standingChecks({ run, checks }: LastWord, tip: Tip | null | undefined): ReadonlyMap<string, string> {
  const own = (tip?.checks ?? []).filter(({ externalId }) => externalId === run);
  return new Map(
    own.flatMap(({ name, url }) => (checks.some((check) => check.name === name) ? [[name, url]] : [])),
  );
}

function checkPart(check: CheckContent, index: number, { commit, run }: LastWord, told: Told): Part {
  return {
    alias: `check${index}`,
    field: 'createCheckRun',
    type: 'CreateCheckRunInput',
    select: 'checkRun { url }',
    input: { repositoryId: told.repository, ...checkInput(check, commit ?? '', run) },
  };
}

/** The thread on a line that asked is done when what it asked for stands as a commit on Conductor's own branch. */
async function resolvePart({ place }: Writing, { commit }: LastWord, told: Told): Promise<readonly Part[]> {
  const asking = commit !== null && told.pull?.own ? await place.reviewThread() : null;
  if (asking === null || asking.resolved) return [];
  const select = 'thread { isResolved }';
  const input = { threadId: asking.id };
  return [
    { alias: 'resolved', field: 'resolveReviewThread', type: 'ResolveReviewThreadInput', select, input },
  ];
}

const COMMENT = 'fullDatabaseId id url';
/** What stands in the thread once our comment does: another job may have said the same. */
const NEWEST = `comments(last: 60) { ${MESSAGES} }`;
const STANDING = `subject { ... on Issue { ${NEWEST} } ... on PullRequest { ${NEWEST} } }`;

function commentPart({ rivals }: Writing, { body }: LastWord, told: Told): Part {
  return {
    alias: 'comment',
    field: 'addComment',
    type: 'AddCommentInput',
    select: `commentEdge { node { ${COMMENT} } } ${rivals ? STANDING : ''}`,
    input: { subjectId: told.subject, body },
  };
}

function editPart({ nodeId }: OwnComment, { body }: LastWord): Part {
  return {
    alias: 'comment',
    field: 'updateIssueComment',
    type: 'UpdateIssueCommentInput',
    select: `issueComment { ${COMMENT} }`,
    input: { id: nodeId, body },
  };
}

interface CommentNode {
  readonly fullDatabaseId: string;
  readonly id: string;
  readonly url: string;
}
type Answers = Readonly<
  Record<
    string,
    {
      readonly checkRun?: { readonly url: string } | null;
      readonly commentEdge?: { readonly node: CommentNode } | null;
      readonly subject?: { readonly comments: Nodes<MessageNode> } | null;
      readonly issueComment?: CommentNode | null;
    }
  >
>;

const NOTHING: GraphqlAnswer<Answers> = { data: {}, problems: [] };

function documentOf(parts: readonly Part[]): string {
  const variables = parts.map(({ alias, type }) => `$${alias}: ${type}!`);
  const fields = parts.map(
    ({ alias, field, select }) => `${alias}: ${field}(input: $${alias}) { ${select} }`,
  );
  return `mutation LastWord(${variables.join(', ')}) {\n  ${fields.join('\n  ')}\n}`;
}

const inputsOf = (parts: readonly Part[]) =>
  Object.fromEntries(parts.map(({ alias, input }) => [alias, input]));

/** Check runs are the window of the record, not the record: one that can't be posted ends nothing. */
function checkEffect(name: string, alias: string, answer: GraphqlAnswer<Answers>): Effect {
  const url = answer.data[alias]?.checkRun?.url;
  if (url) return written('check_run', 'created', name, url);
  const message = problemOf(answer, alias)?.message ?? 'GitHub gave no reason.';
  return { kind: 'effect_failed', thing: 'check_run', code: 'check_not_posted', message };
}

async function commentEffect(
  { comments }: Writing,
  { marker, body }: LastWord,
  existing: OwnComment | null,
  answer: GraphqlAnswer<Answers>,
): Promise<Effect> {
  const said = answer.data.comment;
  const node = said?.commentEdge?.node ?? said?.issueComment;
  if (!node) {
    const problem = problemOf(answer, 'comment') ?? { message: 'It gave no reason.' };
    throw problemError(problem, 'writing the status comment');
  }
  const made = { id: Number(node.fullDatabaseId), nodeId: node.id, url: node.url, body };
  const there = nodesOf(said?.subject?.comments).map(commentOf);
  const kept = existing ? made : await comments.withdraw(marker, made, there);
  comments.noted(marker, { ...kept, body });
  return written('comment', existing ? 'updated' : 'created', 'status', kept.url);
}

async function putComment({ comments }: Writing, { marker, body }: LastWord): Promise<Effect> {
  const { how, url } = await comments.put(marker, body);
  return written('comment', how, 'status', url);
}

function written(thing: Written['thing'], how: Written['how'], name: string, url: string): Effect {
  return { kind: 'written', written: { thing, how, name, url } };
}
