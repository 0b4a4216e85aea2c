import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, REPO, WEB } from './arrange.ts';
import { arrangeTwins, type Twins } from './twins.ts';

let twins: Twins;
let issue: string;
beforeAll(async () => {
  twins = await arrangeTwins();
  await twins.both(async ({ github }) => {
    await github.as('alice').openIssue({ repo: REPO, title: 'A bug', body: 'It is.', labels: ['bug'] });
    await github.as('bob').comment({ repo: REPO, number: 1, body: 'me too' });
  });
  issue = twins.graphql.github.issue(REPO, 1).node_id;
});
afterAll(() => twins.close());

const byToken = (login: string) => twins.graphql.github.userToken(login);

describe('a comment', () => {
  it('made by GraphQL is the one that REST would have made, and is read back in the same answer', async () => {
    const data = await twins.twin(
      (app) => app.rest.issues.createComment({ ...WEB, issue_number: 1, body: 'On it.' }),
      `mutation ($subject: ID!) { addComment(input: { subjectId: $subject, body: "On it.", clientMutationId: "7" }) {
        clientMutationId
        commentEdge { node { databaseId fullDatabaseId body viewerDidAuthor lastEditedAt author { __typename login ... on Bot { databaseId } } } }
        subject { ... on Issue { comments(last: 1) { totalCount nodes { body } } } } } }`,
      { subject: issue },
    );
    const [made] = twins.graphql.github.comments(REPO, 1).slice(-1);
    expect(data.addComment).toEqual({
      clientMutationId: '7',
      commentEdge: {
        node: {
          databaseId: made?.id,
          fullDatabaseId: String(made?.id),
          body: 'On it.',
          viewerDidAuthor: true,
          lastEditedAt: null,
          author: { __typename: 'Bot', login: 'conductor', databaseId: made?.user?.id },
        },
      },
      subject: { comments: { totalCount: 2, nodes: [{ body: 'On it.' }] } },
    });
  });

  it('is edited, and says when', async () => {
    const { id, node_id } = twins.graphql.github.comments(REPO, 1).at(-1)!;
    const data = await twins.twin(
      (app) => app.rest.issues.updateComment({ ...WEB, comment_id: id, body: 'Done.' }),
      'mutation ($id: ID!) { updateIssueComment(input: { id: $id, body: "Done." }) { issueComment { body lastEditedAt } } }',
      { id: node_id },
    );
    expect(data.updateIssueComment).toEqual({
      issueComment: { body: 'Done.', lastEditedAt: '2026-11-21T12:00:00Z' },
    });
  });

  it('is hidden with a reason, by its author or who may write', async () => {
    const [{ node_id } = { node_id: '' }] = twins.graphql.github.comments(REPO, 1);
    const hide = (token?: string) =>
      ask(
        twins.graphql,
        'mutation ($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized minimizedReason } } }',
        { id: node_id },
        token,
      );
    expect((await hide(byToken('eve'))).errors[0]?.message).toBe(
      'eve does not have the correct permissions to execute `MinimizeComment`',
    );
    expect((await hide()).data.minimizeComment.minimizedComment).toEqual({
      isMinimized: true,
      minimizedReason: 'outdated',
    });
  });

  it('is deleted', async () => {
    const { id, node_id } = twins.graphql.github.comments(REPO, 1).at(-1)!;
    await twins.twin(
      (app) => app.rest.issues.deleteComment({ ...WEB, comment_id: id }),
      'mutation ($id: ID!) { deleteIssueComment(input: { id: $id }) { clientMutationId } }',
      { id: node_id },
    );
    const gone = await ask(twins.graphql, 'query ($id: ID!) { node(id: $id) { id } }', { id: node_id });
    expect(gone.errors[0]).toMatchObject({
      type: 'NOT_FOUND',
      message: `Could not resolve to a node with the global id of '${node_id}'.`,
    });
  });

  it('is refused on a locked thread, and where it is too long, in the words of REST', async () => {
    const add = (body: string, token?: string) =>
      ask(
        twins.graphql,
        'mutation ($subject: ID!, $body: String!) { addComment(input: { subjectId: $subject, body: $body }) { clientMutationId } }',
        { subject: issue, body },
        token,
      );
    expect((await add('x'.repeat(65_537))).errors).toMatchObject([
      {
        type: 'UNPROCESSABLE',
        message: 'body is too long (maximum is 65536 characters)',
        path: ['addComment'],
      },
    ]);
    await twins.both(({ github }) => github.as('alice').lock({ repo: REPO, number: 1 }));
    expect((await add('x')).errors).toMatchObject([
      { type: 'FORBIDDEN', message: 'Unable to create comment because issue is locked.' },
    ]);
    await twins.both(({ github }) => github.as('alice').unlock({ repo: REPO, number: 1 }));
  });
});

describe('a reaction', () => {
  const ADD = `mutation ($subject: ID!) { addReaction(input: { subjectId: $subject, content: EYES }) {
    reaction { content user { login } } subject { id reactions(first: 5, content: EYES) { totalCount } } } }`;

  it('to an issue or to a comment is the same as by REST, and is made once', async () => {
    for (const _ of [1, 2]) {
      const data = await twins.twin(
        (app) => app.rest.reactions.createForIssue({ ...WEB, issue_number: 1, content: 'eyes' }),
        ADD,
        { subject: issue },
      );
      expect(data.addReaction).toMatchObject({
        reaction: { content: 'EYES', user: { login: 'conductor[bot]' } },
        subject: { id: issue, reactions: { totalCount: 1 } },
      });
    }
    const { id, node_id } = twins.graphql.github.comments(REPO, 1)[0]!;
    await twins.twin(
      (app) => app.rest.reactions.createForIssueComment({ ...WEB, comment_id: id, content: 'eyes' }),
      ADD,
      { subject: node_id },
    );
  });

  it('is taken back by who gave it', async () => {
    const REMOVE =
      'mutation ($subject: ID!) { removeReaction(input: { subjectId: $subject, content: EYES }) { reaction { content } } }';
    const byBob = await ask(twins.graphql, REMOVE, { subject: issue }, byToken('bob'));
    expect(byBob.errors[0]?.type).toBe('UNPROCESSABLE');
    const [{ id } = { id: 0 }] = twins.graphql.github.reactions(REPO, 1);
    await twins.twin(
      (app) => app.rest.reactions.deleteForIssue({ ...WEB, issue_number: 1, reaction_id: id }),
      REMOVE,
      { subject: issue },
    );
    expect(twins.graphql.github.reactions(REPO, 1)).toEqual([]);
  });
});

describe('labels', () => {
  it('come and go as by REST', async () => {
    const { data } = await ask(
      twins.graphql,
      '{ repository(owner: "acme", name: "web") { bug: label(name: "bug") { id } docs: label(name: "documentation") { id name } none: label(name: "none") { id } } }',
    );
    expect(data.repository.none).toBeNull();
    await twins.twin(
      (app) => app.rest.issues.addLabels({ ...WEB, issue_number: 1, labels: ['documentation'] }),
      'mutation ($on: ID!, $ids: [ID!]!) { addLabelsToLabelable(input: { labelableId: $on, labelIds: $ids }) { labelable { labels(first: 9) { nodes { name } } } } }',
      { on: issue, ids: [data.repository.docs.id] },
    );
    await twins.twin(
      (app) => app.rest.issues.removeLabel({ ...WEB, issue_number: 1, name: 'bug' }),
      'mutation ($on: ID!, $ids: [ID!]!) { removeLabelsFromLabelable(input: { labelableId: $on, labelIds: $ids }) { labelable { __typename } } }',
      { on: issue, ids: [data.repository.bug.id] },
    );
    expect(twins.graphql.github.issue(REPO, 1).labels).toMatchObject([{ name: 'documentation' }]);
  });
});
