import { auditCheck, type CheckContent, policyCheck } from '../messages/check-runs.ts';
import { marker } from '../messages/markers.ts';
import { statusComment } from '../messages/status-comment.ts';
import type { Effect, Written } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { lastWrite, type RunView } from '../runs/run-view.ts';
import { checkInput, putChecks } from './check-runs.ts';
import { translate } from './errors.ts';
import { askGraphql, GraphqlMissing, problemError, problemOf } from './graphql.ts';
import { commentOf, nodesOf, type Told } from './thread.ts';
import { MESSAGES, type MessageNode, type Nodes } from './thread-document.ts';
import type { Writing } from './writing.ts';

/**
 * What stands when a run is over: its check runs on the commit that it made, its status comment, and, where a comment on
 * a line asked and was done, that thread resolved. One request; over REST one for each.
 */
export async function sayLastWord(writing: Writing, run: RunId, view: RunView): Promise<readonly Effect[]> {
  const { thread } = writing;
  // Whoever opened the pull request may have posted its checks too.
  if (lastWrite(view, 'pull_request')?.how === 'adopted') thread.forget();
  const { told } = await thread.state();
  try {
    if (told) return await atOnce(writing, run, view, told);
  } catch (error) {
    thread.forget();
    if (!(error instanceof GraphqlMissing)) throw translate(error, 'saying how the run ended');
  }
  return overRest(writing, run, view);
}

/** One mutation of the document. */
interface Part {
  readonly alias: string;
  readonly field: string;
  readonly type: string;
  readonly select: string;
  readonly input: object;
}

const POSTED = 'checkRun { url }';
const COMMENT = 'fullDatabaseId id url';
/** What stands in the thread once our comment does: another job may have said the same. */
const NEWEST = `comments(last: 60) { ${MESSAGES} }`;
const STANDING = `subject { ... on Issue { ${NEWEST} } ... on PullRequest { ${NEWEST} } }`;

async function atOnce(writing: Writing, run: RunId, view: RunView, told: Told): Promise<readonly Effect[]> {
  const { client, comments, place, trigger } = writing;
  const commit = lastWrite(view, 'commit');
  const tip = told.branch ?? told.pull?.tip ?? null;
  const standing = tip !== null && tip.commit === commit?.name ? tip.checks : [];
  const isOurs = ({ name }: CheckContent) =>
    standing.find((check) => check.name === name && check.externalId === run);
  const contents = commit ? checksOf(view) : [];
  const adopted = contents.flatMap((content) => isOurs(content) ?? []);
  const missing = contents.filter((content) => !isOurs(content));

  const status = marker('status', run);
  const body = statusComment(view, trigger);
  const existing = await comments.find(status);
  const resolving = commit && told.pull?.own ? await place.reviewThread() : null;
  const parts: Part[] = missing.map((content, index) => ({
    alias: `check${index}`,
    field: 'createCheckRun',
    type: 'CreateCheckRunInput',
    select: POSTED,
    input: { repositoryId: told.repository, ...checkInput(content, commit?.name ?? '', run) },
  }));
  if (resolving && !resolving.resolved)
    parts.push({
      alias: 'resolved',
      field: 'resolveReviewThread',
      type: 'ResolveReviewThreadInput',
      select: 'thread { isResolved }',
      input: { threadId: resolving.id },
    });
  const inThread = writing.request.asking.kind !== 'review_comment';
  if (inThread && existing?.body !== body)
    parts.push(
      existing
        ? {
            alias: 'comment',
            field: 'updateIssueComment',
            type: 'UpdateIssueCommentInput',
            select: `issueComment { ${COMMENT} }`,
            input: { id: existing.nodeId, body },
          }
        : {
            alias: 'comment',
            field: 'addComment',
            type: 'AddCommentInput',
            select: `commentEdge { node { ${COMMENT} } } ${writing.rivals ? STANDING : ''}`,
            input: { subjectId: told.subject, body },
          },
    );

  const answer =
    parts.length === 0 ? NOTHING : await askGraphql<Answers>(client, documentOf(parts), inputsOf(parts));
  const effects: Effect[] = adopted.map(({ name, url }) => written('check_run', 'adopted', name, url));
  for (const [index, { name }] of missing.entries()) {
    const alias = `check${index}`;
    const url = answer.data[alias]?.checkRun?.url;
    effects.push(
      url ? written('check_run', 'created', name, url) : checkFailed(problemOf(answer, alias)?.message),
    );
  }
  if (!inThread || existing?.body === body) {
    const put = await comments.put(status, body);
    return [...effects, written('comment', put.how, 'status', put.url)];
  }
  const said = answer.data.comment;
  const node = said?.commentEdge?.node ?? said?.issueComment;
  if (!node) {
    const problem = problemOf(answer, 'comment') ?? { message: 'no answer' };
    throw problemError(problem, 'writing the status comment');
  }
  const made = { id: Number(node.fullDatabaseId), nodeId: node.id, url: node.url, body };
  const there = nodesOf(said?.subject?.comments).map(commentOf);
  const kept = existing ? made : await comments.withdraw(status, made, there);
  comments.noted(status, { ...kept, body });
  return [...effects, written('comment', existing ? 'updated' : 'created', 'status', kept.url)];
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

const NOTHING = { data: {} as Partial<Answers>, problems: [] };

function documentOf(parts: readonly Part[]): string {
  const variables = parts.map(({ alias, type }) => `$${alias}: ${type}!`);
  const fields = parts.map(
    ({ alias, field, select }) => `${alias}: ${field}(input: $${alias}) { ${select} }`,
  );
  return `mutation LastWord(${variables.join(', ')}) {\n  ${fields.join('\n  ')}\n}`;
}

const inputsOf = (parts: readonly Part[]) =>
  Object.fromEntries(parts.map(({ alias, input }) => [alias, input]));

async function overRest(writing: Writing, run: RunId, view: RunView): Promise<readonly Effect[]> {
  const { client, request, comments, trigger } = writing;
  const commit = lastWrite(view, 'commit');
  const effects: Effect[] = [];
  if (commit) {
    const posted = await putChecks(client, request.repository, commit.name, run, checksOf(view)).catch(
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (typeof posted === 'string') effects.push(checkFailed(posted));
    else effects.push(...posted.map((each): Effect => ({ kind: 'written', written: each })));
  }
  const put = await comments.put(marker('status', run), statusComment(view, trigger));
  return [...effects, written('comment', put.how, 'status', put.url)];
}

const checksOf = (view: RunView) =>
  [policyCheck(view), auditCheck(view)].filter((content) => content !== null);

/** Check runs are the window of the record, not the record: one that can't be posted ends nothing. */
const checkFailed = (message = 'GitHub gave no reason.'): Effect => ({
  kind: 'effect_failed',
  thing: 'check_run',
  code: 'check_not_posted',
  message,
});

function written(thing: Written['thing'], how: Written['how'], name: string, url: string): Effect {
  return { kind: 'written', written: { thing, how, name, url } };
}
