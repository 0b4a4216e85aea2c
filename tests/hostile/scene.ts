import type { CiJob } from '../../src/simulator/ci.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { Says } from './attack.ts';
import type { HostileVendor } from './hostile-vendor.ts';
import type { Ledger } from './ledger.ts';

type Verdict = 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';

/** What people, strangers and machines can do about the pull request of an attack. What they say goes into the ledger. */
export interface Scene {
  readonly pull: number;
  /** The thread in which it was asked for. */
  readonly thread: number;
  readonly form: 'app' | 'action';
  head(): Promise<{ readonly sha: string; readonly ref: string }>;
  /** What an approval of the head has to name, by its newest policy check: 64 hex digits; none: empty. */
  digest(): Promise<string>;
  /** Words that are meant to be no approval, whatever they look like. Gives the comment's number. */
  say(by: string, body: string, where?: number): Promise<number>;
  /** A yes in a comment to what a digest stands for; by default to what stands. */
  approve(by: string, digest?: string): Promise<number>;
  deny(by: string, why?: string): Promise<number>;
  review(by: string, event: Verdict, body?: string, line?: string): Promise<void>;
  press(by: string, button: 'approve' | 'deny'): Promise<void>;
  /** Whatever was an opinion there is none any more, and none comes of it. */
  edit(by: string, id: number, body: string): Promise<void>;
  remove(by: string, id: number): Promise<void>;
  push(by: string, branch: string, files: Readonly<Record<string, string | null>>): Promise<void>;
  open(by: string, head: string, base: string): Promise<void>;
  /** Another setting on `main` that decides over approvals, and is one of no law. */
  loosen(by: string, hours: number): Promise<void>;
  /** One more request of the person who asked, of a model that says this. */
  ask(body: string, say: Says): Promise<void>;
  /** Whatever runs next hears this. */
  arm(say: Says): Promise<void>;
  fail(job: Omit<CiJob, 'conclusion'>): Promise<void>;
  /** A check of another App's, or of any workflow's. */
  forgeCheck(summary: string): Promise<void>;
  comments(where?: number): readonly string[];
}

export interface Stage {
  readonly github: Simulator;
  readonly vendor: HostileVendor;
  readonly repository: string;
  readonly slug: string;
  readonly form: 'app' | 'action';
}

/** What the newest policy check of Conductor's on a commit shows. */
export async function policyCheckOn({ github, repository, slug }: Stage, commit: string) {
  const all = await github.checkRuns(repository);
  return all.findLast(
    ({ name, head_sha, app }) => name === 'conductor/policy' && head_sha === commit && app?.slug === slug,
  );
}

/** By its form alone: the suite takes no word of Conductor's for what it means. */
export const digestIn = (text: string | null | undefined) =>
  /`sha256:([0-9a-f]{64})`/.exec(text ?? '')?.[1] ?? '';

/** `asker`: who asked for the pull request, and so takes part in it. */
export function openScene(stage: Stage, ledger: Ledger, pull: number, thread: number): Scene {
  const { github, vendor, repository: repo, form } = stage;
  const head = async () => (await github.pull(repo, pull)).head;
  const check = async () => policyCheckOn(stage, (await head()).sha);
  const digest = async () => digestIn((await check())?.output.summary);
  const person = (by: string) => {
    ledger.actors.add(by);
    ledger.causes += 1;
    return github.as(by);
  };
  const takesPart = (by: string) =>
    void ledger.makers.set(pull, new Set([...(ledger.makers.get(pull) ?? ['ada']), by]));
  const note = (by: string, says: 'yes' | 'no', of: string, id: number) =>
    void ledger.opinions.push({ by, says, id, state: ledger.shown.get(of) ?? null, withdrawn: false });
  const withdraw = (id: number) => {
    for (const opinion of ledger.opinions) if (opinion.id === id) opinion.withdrawn = true;
  };
  const say = async (by: string, body: string, where = pull) =>
    (await person(by).comment({ repo, number: where, body })).id;
  const arm = async (says: Says) => vendor.arm(says, (await head()).sha, await digest());

  return {
    ...{ pull, thread, form, head, digest, say, arm },
    async approve(by, of) {
      const named = of ?? (await digest());
      const id = await say(by, `@conductor approve ${named.slice(0, 12)}`);
      note(by, 'yes', named, id);
      return id;
    },
    async deny(by, why = '') {
      const of = await digest();
      if (why) takesPart(by);
      const id = await say(by, `@conductor deny ${why}`);
      note(by, 'no', of, id);
      return id;
    },
    async review(by, event, body = '', line) {
      const of = await digest();
      const comments = line ? [{ path: 'src/billing/rate.js', line: 1, body: line }] : [];
      const { id } = await person(by).review({ repo, number: pull, event, body, comments });
      if (event === 'APPROVE') note(by, 'yes', of, id);
      if (event !== 'REQUEST_CHANGES') return;
      note(by, 'no', of, id);
      takesPart(by);
    },
    async press(by, button) {
      const found = await check();
      if (!found?.actions.some(({ identifier }) => identifier === button)) return;
      ledger.actors.add(by);
      ledger.pressed.add(by);
      ledger.causes += 1;
      note(by, button === 'approve' ? 'yes' : 'no', await digest(), -1);
      await github.pressCheckAction(by, Number(found.id), button);
    },
    async edit(by, id, body) {
      withdraw(id);
      await person(by).editComment({ repo, id, body });
    },
    async remove(by, id) {
      withdraw(id);
      await person(by).deleteComment({ repo, id });
    },
    async push(by, branch, files) {
      const { sha } = await person(by).push({ repo, branch, files });
      ledger.theirs.set(`refs/heads/${branch}`, sha);
      if (branch === (await head()).ref) takesPart(by);
    },
    async loosen(by, hours) {
      const path = '.github/conductor.yml';
      const config = JSON.parse((await github.fileAt(repo, 'main', path)) ?? '{}');
      const policy = { ...config.policy, approvals: { expires_hours: hours } };
      const files = { [path]: JSON.stringify({ ...config, policy }) };
      const { sha } = await person(by).push({ repo, branch: 'main', files });
      ledger.theirs.set('refs/heads/main', sha);
      // Every open pull request is judged anew, and brought along where it does not merge.
      ledger.causes += 2 * (await github.pulls(repo)).length;
    },
    async open(by, from, base) {
      // What stood under that head before is judged anew, too.
      ledger.causes += 1;
      await person(by).openPull({ repo, head: from, base, title: 'The same once more' });
    },
    async ask(body, says) {
      await arm(says);
      ledger.asked += 1;
      await say('ada', body);
    },
    async fail(job) {
      ledger.causes += 1;
      await github.ci(repo).report((await head()).sha, { ...job, conclusion: 'failure' });
    },
    async forgeCheck(summary) {
      const token = github.jobToken(repo, { checks: 'write' });
      const body = {
        ...{ name: 'conductor/policy', head_sha: (await head()).sha },
        ...{ status: 'completed', conclusion: 'success', output: { title: 'auto: fine', summary } },
      };
      const answer = await fetch(`${github.url}/repos/${repo}/check-runs`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`the check was not made: ${answer.status} ${await answer.text()}`);
    },
    comments: (where = pull) => github.comments(repo, where).map(({ body }) => body ?? ''),
  };
}
