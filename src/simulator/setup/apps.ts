import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { reaches } from '../access.ts';
import type { Emission } from '../act.ts';
import { accountNamed, findAccount, repositoryNamed } from '../find.ts';
import { nodeId } from '../ids.ts';
import { renderInstallation, renderUser } from '../render/accounts.ts';
import type { Services } from '../services.ts';
import {
  type Account,
  type App,
  type Installation,
  type Permissions,
  type Repository,
  timestamp,
  type World,
} from '../state.ts';
import { addAccount } from '../world.ts';
import { ownerOf } from './people.ts';

/** Apps and where they are installed. */
export interface AppSetup {
  addApp(app: {
    id: number;
    slug: string;
    name?: string;
    /** The login of an account that was added; default GitHub's own. */
    owner?: string;
    /** PEM; when absent, one that this process makes once for each id. */
    privateKey?: string;
    webhookUrl?: string;
    webhookSecret?: string;
    permissions: Permissions;
    /** Names of events, or `*` for all. */
    events: readonly string[];
  }): { id: number; slug: string; privateKey: string; botLogin: string; botId: number };
  setWebhookUrl(appId: number, url: string | null): void;
  /** On every repository of an account (the default), or on those named. */
  install(
    appId: number,
    account: string,
    options?: { repositories?: 'all' | readonly string[] },
  ): { id: number };
  setInstallationRepositories(installationId: number, repositories: 'all' | readonly string[]): void;
  /** The App hears of both, and can do nothing in between: its tokens are refused with 403. */
  suspend(installationId: number): void;
  unsuspend(installationId: number): void;
  /** The App hears of it, and its tokens die: 401. */
  uninstall(installationId: number): void;
}

/** The events that the simulator has for Apps to subscribe to. */
const EVERY_EVENT = [
  'check_run',
  'check_suite',
  'create',
  'delete',
  'issue_comment',
  'issues',
  'label',
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
  'pull_request_review_thread',
  'push',
  'repository',
  'status',
  'workflow_run',
];

export function createAppSetup({ world, publish }: Pick<Services, 'world' | 'publish'>): AppSetup {
  /** Tells an App what became of its installation; GitHub does so whether or not it subscribed. */
  function tell(
    installation: Installation,
    event: string,
    action: string,
    details: Readonly<Record<string, unknown>>,
  ): void {
    const account = ownerOf(world, installation.account);
    const emission: Emission = {
      event,
      action,
      repository: null,
      actor: { kind: 'user', account },
      only: installation.app,
      payload: {
        action,
        installation: renderInstallation(world, installation),
        ...details,
        sender: renderUser(world, account),
      },
    };
    publish([emission], Promise.resolve());
  }

  return {
    addApp(settings) {
      const privateKey = settings.privateKey ?? keyOf(settings.id);
      const app = enter(world, settings, privateKey);
      return { id: app.id, slug: app.slug, privateKey, botLogin: app.bot.login, botId: app.bot.id };
    },
    setWebhookUrl(appId, url) {
      appNamed(world, appId).webhookUrl = url;
    },
    install(appId, login, { repositories = 'all' } = {}) {
      const account = accountNamed(world, login);
      const installation: Installation = {
        id: world.ids.next('installation'),
        app: appNamed(world, appId),
        account,
        repositories: chosen(world, account, repositories),
        suspension: null,
        createdAt: timestamp(world),
        updatedAt: timestamp(world),
      };
      world.installations.set(installation.id, installation);
      const reached = reachedBy(world, installation);
      tell(installation, 'installation', 'created', { repositories: shortList(reached), requester: null });
      return { id: installation.id };
    },
    setInstallationRepositories(installationId, repositories) {
      const installation = installationNamed(world, installationId);
      const before = reachedBy(world, installation);
      installation.repositories = chosen(world, installation.account, repositories);
      installation.updatedAt = timestamp(world);
      const after = reachedBy(world, installation);
      const added = after.filter((repository) => !before.includes(repository));
      const removed = before.filter((repository) => !after.includes(repository));
      const common = {
        repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
        requester: null,
      };
      const lists = { repositories_added: shortList(added), repositories_removed: shortList(removed) };
      if (added.length > 0)
        tell(installation, 'installation_repositories', 'added', {
          ...common,
          ...lists,
          repositories_removed: [],
        });
      if (removed.length > 0)
        tell(installation, 'installation_repositories', 'removed', {
          ...common,
          ...lists,
          repositories_added: [],
        });
    },
    suspend(installationId) {
      const installation = installationNamed(world, installationId);
      const at = timestamp(world);
      installation.suspension = { at, by: ownerOf(world, installation.account) };
      installation.updatedAt = at;
      tell(installation, 'installation', 'suspend', {});
    },
    unsuspend(installationId) {
      const installation = installationNamed(world, installationId);
      installation.suspension = null;
      installation.updatedAt = timestamp(world);
      tell(installation, 'installation', 'unsuspend', {});
    },
    uninstall(installationId) {
      const installation = installationNamed(world, installationId);
      tell(installation, 'installation', 'deleted', {
        repositories: shortList(reachedBy(world, installation)),
      });
      world.installations.delete(installationId);
    },
  };
}

const keys = new Map<number, string>();

/** One for each App, made once in a process: simulators that come one after the other need no other. */
function keyOf(appId: number): string {
  const key = keys.get(appId) ?? newPrivateKey();
  keys.set(appId, key);
  return key;
}

function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return privateKey;
}

function enter(world: World, settings: Parameters<AppSetup['addApp']>[0], privateKey: string): App {
  const { id, slug, permissions, events } = settings;
  if (world.apps.has(id)) throw new Error(`The simulator already has an App with the id ${id}.`);
  const botLogin = `${slug}[bot]`;
  const app: App = {
    id,
    slug,
    name: settings.name ?? slug,
    owner: accountNamed(world, settings.owner ?? 'github'),
    bot: findAccount(world, botLogin) ?? addAccount(world, { login: botLogin, name: null, type: 'Bot' }),
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
    permissions: { ...permissions, metadata: 'read' },
    events: events.includes('*') ? EVERY_EVENT : events,
    hookId: world.ids.next('hook'),
    webhookUrl: settings.webhookUrl ?? null,
    webhookSecret: settings.webhookSecret ?? null,
    createdAt: timestamp(world),
  };
  world.apps.set(id, app);
  return app;
}

function appNamed(world: World, id: number): App {
  const app = world.apps.get(id);
  if (app === undefined) throw new Error(`The simulator has no App with the id ${id}.`);
  return app;
}

function installationNamed(world: World, id: number): Installation {
  const installation = world.installations.get(id);
  if (installation === undefined) throw new Error(`The simulator has no installation with the id ${id}.`);
  return installation;
}

function chosen(
  world: World,
  account: Account,
  repositories: 'all' | readonly string[],
): 'all' | Set<number> {
  if (repositories === 'all') return 'all';
  const full = repositories.map((name) => (name.includes('/') ? name : `${account.login}/${name}`));
  return new Set(
    full.map((name) => {
      const { id, owner, fullName } = repositoryNamed(world, name);
      if (owner !== account) throw new Error(`${fullName} does not belong to ${account.login}.`);
      return id;
    }),
  );
}

function reachedBy(world: World, installation: Installation): Repository[] {
  return [...world.repositories.values()].filter((repository) => reaches(installation, repository));
}

function shortList(repositories: readonly Repository[]) {
  return repositories.map(({ id, name, fullName, private: secret }) => ({
    id,
    node_id: nodeId('R', id),
    name,
    full_name: fullName,
    private: secret,
  }));
}
