import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangeError } from '../changes/change-error.ts';
import type { Workspace } from '../changes/workspace.ts';
import { parseCommand } from '../commands/parse-command.ts';
import type { CommandRequest, RepositoryRef, ThreadSnapshot } from '../commands/request.ts';
import { defaultConfig, parseConfig } from '../config/parse-config.ts';
import type { Config } from '../config/schema.ts';
import { type Client, createClient } from '../github/client.ts';
import { GitHubError, translate } from '../github/errors.ts';
import { GitError } from '../github/git.ts';
import { createReader } from '../github/reader.ts';
import { mirrorSource } from '../github/repository.ts';
import { openThread } from '../github/thread.ts';
import { cloneUrlOf } from '../hosts/connection.ts';
import { HOST_DEFAULTS, SettingError, type Variables, withoutSlash } from '../hosts/environment.ts';
import { maskOf } from '../hosts/mask-of.ts';
import { isMarked } from '../messages/markers.ts';
import type { Material } from '../threads/context-pack.ts';
import type { ThreadMessage } from '../threads/transcript.ts';

type Made<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: ChangeError };

const HINT = 'Check the number, GITHUB_REPOSITORY, and what GITHUB_TOKEN may read.';

/**
 * Reads a thread of the repository that the environment names, as a run would, and its repository into a folder that is
 * gone afterwards. Writes nothing to GitHub. `text`: what is asked; null: the thread's newest command.
 */
export async function withThread<T>(
  number: number,
  text: string | null,
  variables: Variables,
  work: (material: Material) => Promise<T>,
): Promise<Made<T>> {
  const apiUrl = withoutSlash(variables.GITHUB_API_URL || 'https://api.github.com');
  const secret = setting(variables, 'GITHUB_TOKEN', 'a token that may read the repository');
  const [owner = '', name = ''] = setting(
    variables,
    'GITHUB_REPOSITORY',
    'the repository, as owner/name',
  ).split('/');
  const token = async () => secret;
  const client = createClient({
    baseUrl: apiUrl,
    graphqlUrl: variables.GITHUB_GRAPHQL_URL || null,
    token,
    paceAs: null,
    mask: maskOf(variables),
  });
  const directory = await mkdtemp(join(tmpdir(), 'conductor-context-'));
  try {
    const repository = await repositoryOf(client, owner, name);
    const thread = await threadOf(client, repository, number);
    const source = mirrorSource(directory, { repository, cloneUrl: cloneUrlOf(apiUrl, repository), token });
    try {
      const request = requestIn(repository, thread, text ?? '');
      const nobody = { login: '' };
      const opened = openThread(request, client, nobody, 'conductor/none', null);
      const reader = createReader(request, client, source, opened, nobody);
      const base = await reader.base(null);
      if (!base.ok) return { ok: false, error: { ...base.outcome, hint: base.outcome.next ?? HINT } };
      const trusted = await reader.workspaceAt(base.value.trustedCommit);
      const workspace = await reader.workspaceAt(base.value.commit);
      const transcript = (await reader.transcript()).map((each) => ({ ...each, own: isMarked(each.body) }));
      const { trigger, style: askedStyle } = await configIn(trusted);
      const asked = text === null ? newestCommand(request, transcript, trigger) : request;
      const reviews = await reader.reviewThreads();
      return {
        ok: true,
        value: await work({
          request: asked,
          transcript,
          reviews,
          reports: [],
          askedStyle,
          trusted,
          workspace,
        }),
      };
    } finally {
      source.close();
    }
  } catch (error) {
    const known = translate(error, `reading #${number} of ${owner}/${name}`);
    if (!(known instanceof GitHubError || known instanceof GitError)) throw error;
    return { ok: false, error: { code: known.code, message: known.message, hint: HINT } };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function setting(variables: Variables, name: string, what: string): string {
  const of = variables[name];
  if (of) return of;
  throw new SettingError(`${name} is missing.`, `Set it to ${what}, or use --dir with --request.`);
}

async function repositoryOf(client: Client, owner: string, name: string): Promise<RepositoryRef> {
  const { data } = await client.repos.get({ owner, repo: name });
  return { id: data.id, owner: data.owner.login, name: data.name, defaultBranch: data.default_branch };
}

async function threadOf(
  client: Client,
  { owner, name }: RepositoryRef,
  number: number,
): Promise<ThreadSnapshot> {
  const { data } = await client.issues.get({ owner, repo: name, issue_number: number });
  return {
    number,
    kind: data.pull_request ? 'pull_request' : 'issue',
    title: data.title,
    body: data.body ?? '',
    author: data.user?.login ?? 'ghost',
    url: data.html_url,
    closed: data.state !== 'open',
    locked: data.locked,
  };
}

/** A request that nobody has made yet: all that stands in the thread was there before it. */
function requestIn(repository: RepositoryRef, thread: ThreadSnapshot, text: string): CommandRequest {
  return {
    action: 'created',
    installationId: null,
    repository,
    thread,
    asker: { id: 0, login: 'someone', isBot: false },
    asking: { kind: 'issue_comment', id: 0, nodeId: '', url: thread.url, body: text, createdAt: '9999' },
    command: { verb: null, agents: [], text, options: {} },
    unknownVerb: null,
  };
}

function newestCommand(
  request: CommandRequest,
  transcript: readonly ThreadMessage[],
  trigger: string,
): CommandRequest {
  for (const { id, author, body, createdAt, own } of transcript.toReversed()) {
    const parsed = own ? { triggered: false as const } : parseCommand(body, { trigger });
    if (!parsed.triggered) continue;
    const { command, unknownVerb } = parsed;
    const asker = { ...request.asker, login: author };
    return { ...request, asker, command, unknownVerb, asking: { ...request.asking, id, body, createdAt } };
  }
  const parsed = parseCommand(request.thread.body, { trigger });
  return parsed.triggered ? { ...request, command: parsed.command } : request;
}

/** What people configured; where that can't be read, what holds without it. */
async function configIn(trusted: Workspace): Promise<Config> {
  const bytes = await trusted.read(HOST_DEFAULTS.configPath);
  const parsed = bytes && parseConfig(new TextDecoder().decode(bytes));
  return parsed?.ok ? parsed.config : defaultConfig();
}
