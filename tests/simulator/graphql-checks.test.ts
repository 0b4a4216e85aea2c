import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, REPO, WEB } from './arrange.ts';
import { arrangeTwins, type Twins } from './twins.ts';

let twins: Twins;
let repositoryId: string;
let sha: string;
beforeAll(async () => {
  twins = await arrangeTwins();
  const { data } = await ask(
    twins.graphql,
    '{ repository(owner: "acme", name: "web") { id defaultBranchRef { target { oid } } } }',
  );
  repositoryId = data.repository.id;
  sha = data.repository.defaultBranchRef.target.oid;
});
afterAll(() => twins.close());

describe('a check run', () => {
  const CREATE = `mutation ($input: CreateCheckRunInput!) { createCheckRun(input: $input) { checkRun {
    id databaseId name status conclusion title summary text externalId
    annotations(first: 5) { nodes { path annotationLevel message title location { start { line } end { line } } } }
    checkSuite { app { slug databaseId } status } } } }`;
  const annotation = { path: 'src/price.ts', message: 'cut', title: 'Rounding' };

  it('made by GraphQL is the one that REST would have made', async () => {
    const data = await twins.twin(
      (app) =>
        app.rest.checks.create({
          ...WEB,
          name: 'conductor/run',
          head_sha: sha,
          status: 'in_progress',
          external_id: 'r1',
          output: {
            title: 'Running',
            summary: 'Half way.',
            text: 'details',
            annotations: [{ ...annotation, start_line: 1, end_line: 2, annotation_level: 'warning' }],
          },
          actions: [{ label: 'Stop', description: 'Stop the run', identifier: 'stop' }],
        }),
      CREATE,
      {
        input: {
          repositoryId,
          name: 'conductor/run',
          headSha: sha,
          status: 'IN_PROGRESS',
          externalId: 'r1',
          output: {
            title: 'Running',
            summary: 'Half way.',
            text: 'details',
            annotations: [
              { ...annotation, location: { startLine: 1, endLine: 2 }, annotationLevel: 'WARNING' },
            ],
          },
          actions: [{ label: 'Stop', description: 'Stop the run', identifier: 'stop' }],
        },
      },
    );
    const [run] = await twins.graphql.github.checkRuns(REPO);
    expect(data.createCheckRun).toEqual({
      checkRun: {
        id: run?.node_id,
        databaseId: run?.id,
        name: 'conductor/run',
        status: 'IN_PROGRESS',
        conclusion: null,
        title: 'Running',
        summary: 'Half way.',
        text: 'details',
        externalId: 'r1',
        annotations: {
          nodes: [
            { ...annotation, annotationLevel: 'WARNING', location: { start: { line: 1 }, end: { line: 2 } } },
          ],
        },
        checkSuite: { app: { slug: 'conductor', databaseId: 4242 }, status: 'IN_PROGRESS' },
      },
    });
  });

  it('is completed as by REST, and within the same limits', async () => {
    const [run] = await twins.graphql.github.checkRuns(REPO);
    const UPDATE =
      'mutation ($input: UpdateCheckRunInput!) { updateCheckRun(input: $input) { checkRun { status conclusion completedAt } } }';
    const done = { repositoryId, checkRunId: run?.node_id, conclusion: 'SUCCESS' };
    await twins.twin(
      (app) => app.rest.checks.update({ ...WEB, check_run_id: Number(run?.id), conclusion: 'success' }),
      UPDATE,
      { input: done },
    );
    const long = { title: 'x', summary: 'x'.repeat(65_536) };
    expect((await ask(twins.graphql, UPDATE, { input: { ...done, output: long } })).errors[0]?.message).toBe(
      'output.summary exceeds a maximum of 65535 characters',
    );
  });

  it('is for Apps: a person has no GraphQL for it either', async () => {
    const input = { repositoryId, name: 'mine', headSha: sha };
    const byBob = await ask(twins.graphql, CREATE, { input }, twins.graphql.github.userToken('bob'));
    expect(byBob.errors).toMatchObject([
      { type: 'FORBIDDEN', message: 'You must authenticate via a GitHub App.' },
    ]);
  });
});

describe('the checks of a commit', () => {
  const READ = `query ($oid: GitObjectID!) { repository(owner: "acme", name: "web") { object(oid: $oid) { ... on Commit {
    checkSuites(first: 9, filterBy: { appId: 4242 }) { nodes { app { slug } conclusion checkRuns(first: 9) { nodes { name conclusion } } } }
    statusCheckRollup { state contexts(first: 9) { totalCount nodes { __typename ... on CheckRun { name } ... on StatusContext { context state creator { login } } } } } } } } }`;
  const read = async (token?: string) => ask(twins.graphql, READ, { oid: sha }, token);

  it('are as bad as the worst of them, statuses included', async () => {
    const { app } = twins.graphql;
    expect((await read()).data.repository.object.statusCheckRollup.state).toBe('SUCCESS');
    await app.rest.repos.createCommitStatus({ ...WEB, sha, state: 'pending', context: 'ci' });
    expect((await read()).data.repository.object.statusCheckRollup.state).toBe('PENDING');
    await app.rest.checks.create({ ...WEB, name: 'lint', head_sha: sha, conclusion: 'failure' });
    const { object } = (await read()).data.repository;
    expect(object).toEqual({
      checkSuites: {
        nodes: [
          {
            app: { slug: 'conductor' },
            conclusion: 'FAILURE',
            checkRuns: {
              nodes: [
                { name: 'conductor/run', conclusion: 'SUCCESS' },
                { name: 'lint', conclusion: 'FAILURE' },
              ],
            },
          },
        ],
      },
      statusCheckRollup: {
        state: 'FAILURE',
        contexts: {
          totalCount: 3,
          nodes: [
            { __typename: 'CheckRun', name: 'conductor/run' },
            { __typename: 'CheckRun', name: 'lint' },
            { __typename: 'StatusContext', context: 'ci', state: 'PENDING', creator: { login: 'conductor' } },
          ],
        },
      },
    });
  });

  it('are not for an App that may not read checks', async () => {
    const narrow = await twins.graphql.app.auth({ type: 'installation', permissions: { contents: 'read' } });
    const { data, errors } = await read((narrow as { token: string }).token);
    expect(data.repository.object).toEqual({ checkSuites: null, statusCheckRollup: null });
    expect(errors.map(({ type, message }) => [type, message])).toEqual([
      ['FORBIDDEN', 'Resource not accessible by integration'],
      ['FORBIDDEN', 'Resource not accessible by integration'],
    ]);
  });
});
