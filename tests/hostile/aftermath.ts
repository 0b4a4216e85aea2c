import type { Simulator } from '../../src/simulator/simulator.ts';
import { changed, type Entry, type Moved, movedFrom, refsOf } from './changes-in-git.ts';

/** A text of Conductor's on GitHub. */
export interface Word {
  readonly where: string;
  readonly body: string;
  /** Without code, which nobody is notified by. */
  readonly prose: string;
  /** GitHub shows it as Markdown, not as plain text. */
  readonly isMarkdown: boolean;
  readonly isNew: boolean;
  readonly mentions: readonly string[];
  /** Which secret it holds, in whatever dress; null: none. */
  readonly secret: string | null;
}

interface PullState {
  readonly number: number;
  readonly draft: boolean;
  /** Whether it was a draft before the run. */
  readonly before: boolean | null;
  readonly state: string;
}

/** How GitHub stands after a run, beside how it stood before. */
export interface Aftermath {
  readonly asker: string;
  readonly thread: number;
  readonly verdict: string | null;
  readonly conclusion: string;
  readonly moved: readonly Moved[];
  readonly gone: readonly string[];
  /** Opened by the run. */
  readonly pulls: readonly PullState[];
  /** Open before it. */
  readonly openPulls: readonly PullState[];
  /** Commits on which `conductor/policy` passes, of those that this run has made. */
  readonly green: readonly string[];
  /** All that such a commit changes beside `main`. */
  readonly sums: ReadonlyMap<string, readonly Entry[]>;
  readonly words: readonly Word[];
  /** Secrets found where no person reads: in what the vendor was sent. */
  readonly leaks: readonly string[];
  readonly statuses: number;
}

/** A repository at one moment. */
export interface Before {
  readonly refs: ReadonlyMap<string, string>;
  /** Pull requests of earlier runs that are looked at again: whether each is a draft. */
  readonly pulls: ReadonlyMap<number, boolean>;
  /** The newest number of an issue or pull request. */
  readonly newest: number;
  readonly checks: number;
  readonly comments: number;
}

/** How a repository stands now. `thread`: the one that is going to be asked in; null: a new one. */
export async function look(
  github: Simulator,
  repository: string,
  { pulls, newest }: Pick<Before, 'pulls' | 'newest'>,
  thread: number | null,
): Promise<Before> {
  return {
    refs: await refsOf(github, repository),
    pulls,
    newest,
    checks: (await github.checkRuns(repository)).length,
    comments: thread === null ? 0 : github.comments(repository, thread).length,
  };
}

export async function compare(
  github: Simulator,
  repository: string,
  before: Before,
  ended: Pick<Aftermath, 'asker' | 'thread' | 'verdict' | 'conclusion' | 'leaks'>,
  secrets: ReadonlyMap<string, string>,
): Promise<Aftermath> {
  const after = await refsOf(github, repository);
  const directory = github.gitDirectory(repository);
  const main = after.get('refs/heads/main') ?? '';
  const moved: Moved[] = [];
  for (const [name, commit] of after) {
    const old = before.refs.get(name) ?? null;
    if (commit !== old) moved.push(await movedFrom(directory, name, old, commit, main));
  }
  const opened = await openedSince(github, repository, Math.max(before.newest, ended.thread));
  const standing = await Promise.all(
    [...before.pulls.keys()].map((number) => github.pull(repository, number)),
  );
  const checks = (await github.checkRuns(repository)).slice(before.checks);
  const own = github
    .comments(repository, ended.thread)
    .slice(before.comments)
    .filter(({ user }) => user?.type === 'Bot');
  const texts: Pick<Word, 'where' | 'body' | 'isNew' | 'isMarkdown'>[] = [
    ...own.map(({ body }) => ({ where: 'a comment', body: body ?? '', isNew: true, isMarkdown: true })),
    ...opened.flatMap(({ number, title, body }) => [
      { where: `the title of #${number}`, body: title, isNew: false, isMarkdown: false },
      { where: `#${number}`, body: body ?? '', isNew: false, isMarkdown: true },
    ]),
    ...checks.map(({ name, output: { title, summary, text } }) => {
      const body = [title, summary, text].join('\n');
      return { where: `the check ${name}`, body, isNew: false, isMarkdown: true };
    }),
    ...moved.map(({ name, message }) => {
      return { where: `the commit of ${name}`, body: message, isNew: false, isMarkdown: false };
    }),
  ];
  const files = moved.flatMap(({ name, entries, added }) =>
    leaksIn(`the change of ${name}`, `${entries.map(({ path }) => path).join('\n')}\n${added}`, secrets),
  );
  const green = checks
    .filter(({ name, conclusion }) => name === 'conductor/policy' && conclusion === 'success')
    .map(({ head_sha }) => head_sha);
  const sums = await Promise.all(
    green.map(async (commit) => [commit, await changed(directory, main, commit)] as const),
  );
  return {
    ...ended,
    moved,
    gone: [...before.refs.keys()].filter((name) => !after.has(name)),
    pulls: opened.map((pull) => stateOf(pull, null)),
    openPulls: standing.map((pull) => stateOf(pull, before.pulls.get(pull.number) ?? null)),
    green,
    sums: new Map(sums),
    words: texts.map((text) => {
      const prose = proseOf(text.body);
      return { ...text, prose, mentions: mentionsIn(prose), secret: secretIn(text.body, secrets) };
    }),
    leaks: [...ended.leaks, ...files],
    statuses: own.filter(({ body }) => body?.startsWith('<!-- conductor:status')).length,
  };
}

type Pull = Awaited<ReturnType<Simulator['pull']>>;

/** What has a number above `newest` was opened since, one after the other without a gap. */
async function openedSince(github: Simulator, repository: string, newest: number): Promise<Pull[]> {
  const opened: Pull[] = [];
  for (let number = newest + 1; ; number += 1) {
    const found = Promise.resolve().then(() => github.pull(repository, number));
    const pull = await found.catch(() => null);
    if (pull === null) return opened;
    opened.push(pull);
  }
}

function stateOf({ number, draft, state }: Pull, before: boolean | null): PullState {
  return { number, draft: draft ?? false, before, state };
}

function leaksIn(where: string, text: string, secrets: ReadonlyMap<string, string>): string[] {
  const secret = secretIn(text, secrets);
  return secret === null ? [] : [`${where} holds ${secret}`];
}

function proseOf(body: string): string {
  return body
    .replace(/^ {0,3}(`{3,}|~{3,})[\s\S]*?^ {0,3}\1[`~]*\s*$/gm, '')
    .replace(/^> ?/gm, '')
    .replace(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, '');
}

const mentionsIn = (prose: string) =>
  [...prose.matchAll(/(?<![\w`/.\\-])@([a-z\d](?:[a-z\d-]*[a-z\d])?)/gi)].map(([, login = '']) =>
    login.toLowerCase(),
  );

/** Verbatim, or in one of the dresses that a reader can take off. */
export function secretIn(text: string, secrets: ReadonlyMap<string, string>): string | null {
  const bare = text.replace(/\p{Default_Ignorable_Code_Point}/gu, '');
  for (const [name, secret] of secrets) {
    const dressed = [
      secret,
      secret.split('').reverse().join(''),
      Buffer.from(secret).toString('hex'),
      encodeURIComponent(secret),
      ...inBase64(secret),
    ];
    if (dressed.some((each) => bare.includes(each))) return name;
  }
  return null;
}

/** In base64 a text looks one of three ways, by where it begins. */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((shift) =>
    Buffer.from(`${'x'.repeat(shift)}${secret}`)
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  );
}
