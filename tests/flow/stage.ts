import { execFileSync } from 'node:child_process';
import { type Rehearsal, rehearse } from '../../src/hosts/rehearsal.ts';
import type { RehearsedRun } from '../../src/hosts/rehearsed.ts';
import type { LoggedCall } from '../../src/simulator/call-log.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { closeLater } from '../closing.ts';
import { PEOPLE, type Story, scenarioOf } from './story.ts';
import { withoutGraphql } from './without-graphql.ts';

export interface StageOptions {
  readonly form?: 'app' | 'action';
  readonly webUrl?: string;
  readonly now?: () => Date;
  readonly record?: boolean;
  readonly statusEveryMs?: number;
  readonly runner?: 'durable' | 'memory';
  /** A GitHub without GraphQL. */
  readonly rest?: boolean;
}

export type Pull = Awaited<ReturnType<Simulator['pull']>>;
export type Check = Awaited<ReturnType<Simulator['checkRuns']>>[number];

/** What came of one comment. */
export interface Asked {
  readonly thread: number;
  readonly comment: number;
  /** Null: the comment started no run. */
  readonly run: RehearsedRun | null;
  /** The status comment's text; empty when there is none. */
  readonly status: string;
  /** The code in the status comment's last line: `pull_request_opened`, `policy_block`, … */
  readonly code: string | null;
  /** All that Conductor said in the thread since, the status comment included. */
  readonly comments: readonly string[];
  /** Those of them that are not the status comment. */
  readonly notices: readonly string[];
  readonly pull: Pull | null;
  /** Check runs made since. */
  readonly checks: readonly Check[];
  /** Branches made since. */
  readonly branches: readonly string[];
  /** Requests that Conductor made. */
  readonly calls: readonly LoggedCall[];
  /** Those of them that would leave more than words: trees, commits, branches, pull requests. */
  readonly changing: readonly LoggedCall[];
  /** Reactions on the comment, by Conductor. */
  readonly reactions: readonly string[];
}

export interface Stage extends Rehearsal {
  /** By ada; waits until Conductor has seen it. */
  openIssue(title?: string, body?: string): Promise<number>;
  /** Comments, waits until Conductor is done, and gives what came of it. Without a number: on an issue of its own. */
  ask(by: string, body: string, number?: number): Promise<Asked>;
  /** Does anything, waits, and gives what came of it in a thread. */
  during(number: number, act: () => Promise<{ id: number } | undefined>): Promise<Asked>;
  /** Runs git on the bare repository: for what the API does not show, and for what people can't do. */
  git(...args: string[]): string;
}

/** Builds the stage; it is taken down when the tests of the file are over. */
export async function stage(story: Story = {}, options: StageOptions = {}): Promise<Stage> {
  const rehearsal = await rehearse(scenarioOf(story), { form: 'app', ...options });
  if (options.rest) withoutGraphql(rehearsal.simulator);
  return onStage(rehearsal, story);
}

/** Puts a builder's words on a rehearsal that stands already. */
export function onStage(rehearsal: Rehearsal, story: Story): Stage {
  closeLater(() => rehearsal.close());
  const { simulator, repository } = rehearsal;
  const people = new Set(Object.keys(story.people ?? PEOPLE));

  async function openIssue(title = 'The total is wrong', body = 'It is a cent too low.'): Promise<number> {
    const { number } = await simulator.as('ada').openIssue({ repo: repository, title, body });
    await rehearsal.settled();
    return number;
  }

  async function during(number: number, act: () => Promise<{ id: number } | undefined>): Promise<Asked> {
    const before = {
      runs: rehearsal.runs().length,
      comments: simulator.comments(repository, number).length,
      checks: (await simulator.checkRuns(repository)).length,
      branches: Object.keys(await simulator.branches(repository)),
      calls: simulator.calls.length,
    };
    const comment = (await act())?.id ?? 0;
    await rehearsal.settled();

    const run = rehearsal.runs()[before.runs] ?? null;
    const own = simulator
      .comments(repository, number)
      .slice(before.comments)
      .filter(({ user }) => CONDUCTOR.includes(user?.login ?? ''))
      .map(({ body }) => body ?? '');
    const status = own.find((body) => body.startsWith('<!-- conductor:status')) ?? '';
    const branches = Object.keys(await simulator.branches(repository));
    const calls = simulator.calls.slice(before.calls).filter(({ actor }) => !people.has(actor));
    return {
      thread: number,
      comment,
      run,
      status,
      code: /<sub>[a-z]+ · ([a-z_]+) · /.exec(status)?.[1] ?? null,
      comments: own,
      notices: own.filter((body) => body !== status),
      pull: run?.pullRequest ? await simulator.pull(repository, run.pullRequest) : null,
      checks: (await simulator.checkRuns(repository)).slice(before.checks),
      branches: branches.filter((branch) => !before.branches.includes(branch)),
      calls,
      changing: calls.filter((call) => call.kind !== 'read' && call.status !== 404 && !isWords(call)),
      reactions: comment
        ? simulator
            .reactions(repository, number, comment)
            .map(({ content, user }) => `${content} ${user?.login}`)
        : [],
    };
  }

  return {
    ...rehearsal,
    git: (...args) =>
      execFileSync('git', ['--git-dir', simulator.gitDirectory(repository), ...args], {
        encoding: 'utf8',
      }).trim(),
    openIssue,
    during,
    async ask(by, body, number) {
      const thread = number ?? (await openIssue());
      return during(thread, () => simulator.as(by).comment({ repo: repository, number: thread, body }));
    },
  };
}

const CONDUCTOR = ['conductor[bot]', 'github-actions[bot]'];
/** Reactions, comments and check runs, over GraphQL and over REST. */
const isWords = ({ route, fields }: LoggedCall) =>
  fields ? fields.every((field) => WORD_FIELDS.includes(field)) : WORDS.test(route);
const WORD_FIELDS = [
  'addReaction',
  'addComment',
  'updateIssueComment',
  'resolveReviewThread',
  'createCheckRun',
];
const WORDS = /\/(reactions|comments|access_tokens|check-runs|comments\/\{comment_id\})$/;
