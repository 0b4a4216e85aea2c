import { changed, type Entry, git, type Moved, movedFrom, refsOf } from './changes-in-git.ts';
import type { EndedRun } from './ground.ts';
import { type Ledger, onceKnown } from './ledger.ts';
import { digestIn, type Stage } from './scene.ts';
import { secretIn, type Word, wordOf } from './words.ts';

/** A pull request of Conductor's. */
export interface PullState {
  readonly number: number;
  readonly draft: boolean;
  /** Whether it was a draft before; null: it was not there. */
  readonly before: boolean | null;
  readonly state: string;
  /** All that an approval of it would be about: its head, where that left `main`, policy and owners. */
  readonly about: string;
  /** How its newest policy check ended; null: it has none. */
  readonly check: string | null;
  /** Other open pull requests with the same head. */
  readonly sharedWith: readonly number[];
}

/** A commit on which `conductor/policy` passes. */
export interface Green {
  readonly commit: string;
  readonly about: string;
  /** All that it changes beside `main`. */
  readonly entries: readonly Entry[];
}

/** How GitHub stands after an act, beside how it stood before. */
export interface Aftermath {
  readonly thread: number;
  readonly runs: readonly EndedRun[];
  readonly ledger: Ledger;
  readonly moved: readonly Moved[];
  readonly gone: readonly string[];
  /** Opened by a run. */
  readonly pulls: readonly PullState[];
  /** Open before it. */
  readonly openPulls: readonly PullState[];
  /** Where the check passes now, or did in between. */
  readonly green: readonly Green[];
  readonly words: readonly Word[];
  /** Secrets found where no person reads: in what the vendor or another job was sent, in files, in logs. */
  readonly leaks: readonly string[];
  /** What jobs printed. */
  readonly printed: readonly string[];
  readonly statuses: number;
}

/** A repository at one moment. */
export interface Before {
  readonly refs: ReadonlyMap<string, string>;
  /** Pull requests of Conductor's: whether each is a draft. */
  readonly pulls: ReadonlyMap<number, boolean>;
  readonly checks: number;
  /** Comments and reviews in the threads that are listened to. */
  readonly said: ReadonlySet<string>;
}

/** How a repository stands now. `threads`: those in which something is going to be said. */
export async function look(stage: Stage, threads: readonly number[]): Promise<Before> {
  const { github, repository } = stage;
  const pulls = (await github.pulls(repository)).filter(isOwn);
  return {
    refs: await refsOf(github, repository),
    pulls: new Map(pulls.map(({ number, draft }) => [number, draft ?? false])),
    checks: (await github.checkRuns(repository)).length,
    said: new Set(textsIn(stage, threads).map(({ name }) => name)),
  };
}

interface Happened extends Pick<Aftermath, 'runs' | 'printed' | 'ledger'> {
  /** Where it was asked for, and where else people spoke. */
  readonly threads: readonly number[];
  /** What the vendor was sent, and one job by another. */
  readonly sent: string;
}

export async function compare(
  stage: Stage,
  before: Before,
  { threads, sent, ...happened }: Happened,
  secrets: ReadonlyMap<string, string>,
): Promise<Aftermath> {
  const { github, repository } = stage;
  const { ledger, printed } = happened;
  const after = await refsOf(github, repository);
  const directory = github.gitDirectory(repository);
  const main = after.get('refs/heads/main') ?? '';
  const moved: Moved[] = [];
  for (const [name, commit] of after) {
    const old = ledger.theirs.get(name) ?? before.refs.get(name) ?? null;
    if (commit !== old) moved.push(await movedFrom(directory, name, old, commit, main));
  }

  const checks = await ownChecks(stage);
  const made = checks.filter(({ index }) => index >= before.checks);
  const policies = checks.filter(({ name }) => name === 'conductor/policy');
  const settings = await onceKnown(ledger, `settings ${main}`, () =>
    git(directory, 'rev-parse', `${main}:.github/conductor.yml`, `${main}:CODEOWNERS`),
  );
  const parted = (commit: string) =>
    onceKnown(ledger, `parted ${main} ${commit}`, async () =>
      (await git(directory, 'merge-base', main, commit)).trim(),
    );
  const about = async (commit: string) => `${commit}\n${await parted(commit)}\n${settings}`;
  for (const { head_sha, output } of policies) {
    const digest = digestIn(output.summary);
    if (digest && !ledger.shown.has(digest)) ledger.shown.set(digest, await about(head_sha));
  }

  const pulls = await github.pulls(repository);
  const own = pulls.filter(isOwn);
  const opened = own.filter(({ number }) => !before.pulls.has(number));
  const newest = new Map(policies.map(({ head_sha, conclusion }) => [head_sha, conclusion]));
  const stateOf = async ({ number, draft, state, head }: Pull): Promise<PullState> => ({
    ...{ number, state, draft: draft ?? false, before: before.pulls.get(number) ?? null },
    about: await about(head.sha),
    check: newest.get(head.sha) ?? null,
    sharedWith: pulls
      .filter((other) => other.number !== number && other.state === 'open' && other.head.sha === head.sha)
      .map((other) => other.number),
  });
  const passing = [
    ...made.filter(({ name, conclusion }) => name === 'conductor/policy' && conclusion === 'success'),
    ...own
      .map(({ head }) => ({ head_sha: head.sha }))
      .filter(({ head_sha: at }) => newest.get(at) === 'success'),
  ];
  const green = new Set(passing.map(({ head_sha }) => head_sha));
  const said = textsIn(stage, [...threads, ...opened.map(({ number }) => number)])
    .filter(({ isBot, name }) => isBot && !before.said.has(name))
    .map(({ body }) => body);
  const unread = [
    ['what the vendor or another job was sent', sent] as const,
    // To mask a secret is to tell the runner of it, in a line that nobody sees.
    ...printed.map((text) => ['what a job printed', text.replace(/^::add-mask::.*$/gm, '')] as const),
    ...moved.map(({ name, entries, added }) => {
      return [`the change of ${name}`, `${entries.map(({ path }) => path).join('\n')}\n${added}`] as const;
    }),
  ];
  return {
    ...happened,
    ...{ moved, pulls: await Promise.all(opened.map(stateOf)) },
    openPulls: await Promise.all(own.filter(({ number }) => before.pulls.has(number)).map(stateOf)),
    thread: threads[0] ?? 0,
    gone: [...before.refs.keys()].filter((name) => !after.has(name)),
    green: await Promise.all(
      [...green].map(async (commit) => ({
        ...{ commit, about: await about(commit) },
        entries: await onceKnown(ledger, `sum ${main} ${commit}`, async () =>
          changed(directory, await parted(commit), commit),
        ),
      })),
    ),
    words: [
      ...said.map((body) => wordOf({ where: 'a comment', body, isNew: true, isMarkdown: true }, secrets)),
      ...shown(opened, made, moved).map((text) => wordOf({ ...text, isNew: false }, secrets)),
    ],
    leaks: unread.flatMap(([where, text]) => {
      const secret = secretIn(text, secrets);
      return secret === null ? [] : [`${where} holds ${secret}`];
    }),
    statuses: said.filter((body) => body.startsWith('<!-- conductor:status')).length,
  };
}

type Pull = Awaited<ReturnType<Stage['github']['pull']>>;
type Check = Awaited<ReturnType<Stage['github']['checkRuns']>>[number];

/** By its author alone: no person opens one under a bot's name. */
const isOwn = ({ user }: Pull) => user?.type === 'Bot';

/** Conductor's checks, with their places among all. */
async function ownChecks({ github, repository, slug }: Stage) {
  const all = (await github.checkRuns(repository)).map((check, index) => ({ ...check, index }));
  return all.filter(({ name, app }) => name.startsWith('conductor/') && app?.slug === slug);
}

/** What people read beside comments. */
const shown = (pulls: readonly Pull[], checks: readonly Check[], moved: readonly Moved[]) => [
  ...pulls.flatMap(({ number, title, body }) => [
    { where: `the title of #${number}`, body: title, isMarkdown: false },
    { where: `#${number}`, body: body ?? '', isMarkdown: true },
  ]),
  ...checks.map(({ name, output: { title, summary, text } }) => {
    return { where: `the check ${name}`, body: [title, summary, text].join('\n'), isMarkdown: true };
  }),
  ...moved.map(({ name, message }) => ({ where: `the commit of ${name}`, body: message, isMarkdown: false })),
];

/** What was said in threads: comments, reviews and their lines. */
function textsIn({ github, repository }: Stage, threads: readonly number[]) {
  return [...new Set(threads)].flatMap((thread) => {
    const isPull = github.issue(repository, thread).pull_request !== undefined;
    const all = [
      ...github.comments(repository, thread),
      ...(isPull ? github.reviews(repository, thread) : []),
      ...(isPull ? github.reviewComments(repository, thread) : []),
    ];
    return all.map(({ node_id, body, user }) => {
      return { name: node_id, body: body ?? '', isBot: user?.type === 'Bot' };
    });
  });
}
