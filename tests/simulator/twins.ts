import { expect } from 'vitest';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { type Arranged, arrange, ask, REPO } from './arrange.ts';

/** Two worlds with the same past: what is done in one by REST is done in the other by GraphQL. */
export interface Twins {
  readonly rest: Arranged;
  readonly graphql: Arranged;
  /** Something that happens in both, the same way. */
  both<T>(work: (at: Arranged) => Promise<T>): Promise<T>;
  /** As the App: fails where either refuses, or where one event or one thing is not the same in both. */
  twin(
    byRest: (app: Arranged['app']) => Promise<unknown>,
    query: string,
    variables: object,
  ): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

const NOW = () => new Date('2026-11-21T12:00:00Z');

export async function arrangeTwins(): Promise<Twins> {
  const [rest, graphql] = await Promise.all([arrange({ now: NOW }), arrange({ now: NOW })]);
  return {
    rest,
    graphql,
    async both(work) {
      // One after the other: @octokit/auth-app takes two Apps of the same ids for one while it waits for a token.
      const first = await work(rest);
      await work(graphql);
      return first;
    },
    async twin(byRest, query, variables) {
      await byRest(rest.app);
      const { data, errors } = await ask(graphql, query, variables);
      expect(errors).toEqual([]);
      expect(await snapshot(graphql.github)).toEqual(await snapshot(rest.github));
      return data;
    },
    async close() {
      await Promise.all([rest.github.close(), graphql.github.close()]);
    },
  };
}

/** All that can be seen of a world, without its address. */
async function snapshot(github: Simulator): Promise<unknown> {
  await github.settled();
  const issues = github.issues(REPO);
  const pulls = await github.pulls(REPO);
  const seen = {
    issues,
    pulls,
    comments: issues.map(({ number }) => github.comments(REPO, number)),
    reactions: issues.map(({ number }) => [
      github.reactions(REPO, number),
      ...github.comments(REPO, number).map(({ id }) => github.reactions(REPO, number, id)),
    ]),
    reviews: pulls.map(({ number }) => [github.reviews(REPO, number), github.reviewComments(REPO, number)]),
    checkRuns: await github.checkRuns(REPO),
    branches: await github.branches(REPO),
    events: github.events,
  };
  return JSON.parse(JSON.stringify(seen).replaceAll(new URL(github.url).host, 'github'));
}
