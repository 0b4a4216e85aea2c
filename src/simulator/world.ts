import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIds } from './ids.ts';
import { type Account, type App, timestamp, type World } from './state.ts';
import { createTickets } from './tickets.ts';

/** The id of the App that workflow jobs act through, as on github.com. */
const ACTIONS_APP_ID = 15_368;

/** A GitHub with nobody in it but GitHub itself. */
export async function createWorld(options: {
  readonly url: string;
  readonly webUrl?: string;
  readonly now?: () => Date;
  readonly directory?: string;
}): Promise<World> {
  const {
    url,
    webUrl = url,
    now = () => new Date(),
    directory = await mkdtemp(join(tmpdir(), 'conductor-simulator-')),
  } = options;
  await mkdir(directory, { recursive: true });
  const ids = createIds();
  const accounts = new Map<string, Account>();
  const base = { ids, now, accounts };
  const github = addAccount(base, { login: 'github', name: 'GitHub', type: 'Organization' });
  const actionsApp: App = {
    id: ACTIONS_APP_ID,
    slug: 'github-actions',
    name: 'GitHub Actions',
    owner: github,
    bot: addAccount(base, { login: 'github-actions[bot]', name: null, type: 'Bot' }),
    publicKey: null,
    permissions: {},
    events: [],
    hookId: 0,
    webhookUrl: null,
    webhookSecret: null,
    createdAt: timestamp(base),
  };
  return {
    ...base,
    directory,
    api: (path) => `${url}${path}`,
    web: (path) => `${webUrl.replace(/\/$/, '')}${path}`,
    apps: new Map([[ACTIONS_APP_ID, actionsApp]]),
    installations: new Map(),
    repositories: new Map(),
    formerNames: new Map(),
    archives: createTickets('codeload'),
    jobLogs: createTickets('job-logs'),
    signedCommits: new Set(),
    actionsApp,
  };
}

/** Adds a person, an organization or a bot; a login is taken once, in any case of letters. */
export function addAccount(
  world: Pick<World, 'ids' | 'now' | 'accounts'>,
  { login, name, type }: { login: string; name: string | null; type: Account['type'] },
): Account {
  if (!/^[a-z\d](?:[a-z\d-]*)(?:\[bot\])?$/i.test(login))
    throw new Error(`"${login}" is not a login that GitHub gives.`);
  if (world.accounts.has(login.toLowerCase()))
    throw new Error(`The simulator already has an account ${login}.`);
  const account: Account = {
    id: world.ids.next('account'),
    login,
    name,
    type,
    members: new Map(),
    teams: new Map(),
    createdAt: timestamp(world),
  };
  world.accounts.set(login.toLowerCase(), account);
  return account;
}

/** Removes the folder of all repositories. */
export async function removeWorld(world: World): Promise<void> {
  await rm(world.directory, { recursive: true, force: true, maxRetries: 3 });
}
