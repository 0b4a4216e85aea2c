import { Command } from 'commander';
import { type Client, createClient } from '../github/client.ts';
import { GitHubError, translate } from '../github/errors.ts';
import { SettingError, type Variables, withoutSlash } from '../hosts/environment.ts';
import { maskOf } from '../hosts/mask-of.ts';
import { answer, type ExitCode } from './answer.ts';

interface Options {
  readonly trigger: string;
  readonly json?: boolean;
}

interface Said {
  readonly value: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly exitCode: ExitCode;
}

const TRIGGER = ['--trigger <word>', 'the word that people mention in this repository', 'conductor'] as const;
const FULL = /`(sha256:[0-9a-f]{64})`/;
const NAMED = /^(?:sha256:)?[0-9a-f]{12,64}$/;

/**
 * `conductor approve NUMBER DIGEST`: says yes in a pull request as whoever GITHUB_TOKEN belongs to, which is what makes it
 * theirs. Without a digest it shows what stands there, and approves nothing. Exit 1: not approved.
 */
export function approve(variables: Variables): Command {
  return new Command('approve')
    .description(
      'Approve exactly what stands in a pull request of Conductor’s, as the owner of GITHUB_TOKEN.',
    )
    .argument('<number>', 'the pull request’s number')
    .argument('[digest]', 'what is approved: twelve digits or more, as conductor/policy shows it')
    .option(...TRIGGER)
    .option('--json', 'for machines')
    .action(async (number: string, digest: string | undefined, { trigger, json = false }: Options) => {
      await tell(json, variables, async (place) => {
        const asked = await askedFor(place, numberOf(number));
        if (digest === undefined) return standing(number, asked);
        const hex = digest.replace('sha256:', '');
        if (!NAMED.test(digest) || !asked?.digest.startsWith(`sha256:${hex}`))
          return stale(digest, number, asked);
        return comment(place, numberOf(number), `@${trigger} approve ${hex}`);
      });
    });
}

/** `conductor deny NUMBER REASON…`: says no; an agent works on the reason. */
export function deny(variables: Variables): Command {
  return new Command('deny')
    .description('Say no to what stands in a pull request of Conductor’s; an agent works on the reason.')
    .argument('<number>', 'the pull request’s number')
    .argument('[reason...]', 'why')
    .option(...TRIGGER)
    .option('--json', 'for machines')
    .action(async (number: string, reason: readonly string[], { trigger, json = false }: Options) => {
      const text = `@${trigger} deny ${reason.join(' ')}`.trim();
      await tell(json, variables, (place) => comment(place, numberOf(number), text));
    });
}

interface Place {
  readonly client: Client;
  readonly owner: string;
  readonly repo: string;
}

interface Asked {
  readonly title: string;
  readonly digest: string;
}

async function tell(
  json: boolean,
  variables: Variables,
  work: (place: Place) => Promise<Said>,
): Promise<void> {
  try {
    const { value, text, exitCode } = await work(placeOf(variables));
    answer(json, value, text, exitCode);
  } catch (error) {
    const known = translate(error, 'speaking to GitHub');
    if (!(known instanceof GitHubError)) throw error;
    const { code, message } = known;
    answer(json, { ok: false, error: { code, message } }, `${code}: ${message}`, 2);
  }
}

function placeOf(variables: Variables): Place {
  const need = (name: string, what: string) => {
    const of = variables[name];
    if (!of) throw new SettingError(`${name} is missing.`, `Set it to ${what}.`);
    return of;
  };
  const token = need('GITHUB_TOKEN', 'a token of yours that may comment in the repository');
  const [owner = '', repo = ''] = need('GITHUB_REPOSITORY', 'the repository, as owner/name').split('/');
  const client = createClient({
    baseUrl: withoutSlash(variables.GITHUB_API_URL || 'https://api.github.com'),
    graphqlUrl: null,
    token: async () => token,
    paceAs: null,
    mask: maskOf(variables),
  });
  return { client, owner, repo };
}

function numberOf(text: string): number {
  const number = Number(text.replace(/^#/, ''));
  if (Number.isInteger(number) && number > 0) return number;
  throw new SettingError(`${text} is no pull request’s number.`, 'Name it as 12 or #12.');
}

/** What the newest policy check on the head asks for; null: there is none. */
async function askedFor({ client, owner, repo }: Place, pull_number: number): Promise<Asked | null> {
  const { data: pull } = await client.pulls.get({ owner, repo, pull_number });
  const { data } = await client.checks.listForRef({
    owner,
    repo,
    ref: pull.head.sha,
    check_name: 'conductor/policy',
  });
  const newest = data.check_runs.toSorted((a, b) => a.id - b.id).at(-1);
  const digest = FULL.exec(newest?.output.summary ?? '')?.[1];
  return digest ? { title: newest?.output.title ?? '', digest } : null;
}

function standing(number: string, asked: Asked | null): Said {
  if (!asked) return { value: { approved: false }, text: NOTHING_ASKED, exitCode: 1 };
  const text = `${asked.title}\n${asked.digest}\nNothing was approved. Look at it, then: conductor approve ${number} ${asked.digest.slice(7, 19)}`;
  return { value: { approved: false, ...asked }, text, exitCode: 1 };
}

function stale(digest: string, number: string, asked: Asked | null): Said {
  if (!asked) return standing(number, asked);
  const text = `${digest} is not what stands in #${number.replace(/^#/, '')}: that is ${asked.digest}. Look at it again. Nothing was approved.`;
  return { value: { approved: false, ...asked }, text, exitCode: 1 };
}

const NOTHING_ASKED =
  'There is no conductor/policy check on this pull request’s head, so there is nothing to approve.';

async function comment({ client, owner, repo }: Place, issue_number: number, body: string): Promise<Said> {
  const { data } = await client.issues.createComment({ owner, repo, issue_number, body });
  return { value: { said: body, url: data.html_url }, text: `Said: ${body}\n${data.html_url}`, exitCode: 0 };
}
