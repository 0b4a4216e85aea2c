import type { Act } from '../act.ts';
import { emit } from '../events.ts';
import { accountNamed, repositoryNamed } from '../find.ts';
import { renderOrganizationForEvent, renderUser } from '../render/accounts.ts';
import type { Services } from '../services.ts';
import { type Account, type Repository, timestamp, type World } from '../state.ts';
import { ownerOf } from './people.ts';
import { freeName } from './repositories.ts';

/**
 * What an owner does in a repository's settings. Its ids stay; its old name leads to it, through the API and
 * through git, until another repository takes that name.
 */
export interface RepositoryMoves {
  /** Gives it another name of the same owner. Apps hear `repository.renamed`. */
  renameRepository(repository: string, name: string): Promise<{ fullName: string }>;
  /**
   * Gives it to another account. Apps that the new owner has installed reach it, if that is on all
   * repositories, and hear `repository.transferred`; all others lose it without a word.
   */
  transferRepository(repository: string, owner: string): Promise<{ fullName: string }>;
}

export function createRepositoryMoves({
  world,
  alone,
  publish,
}: Pick<Services, 'world' | 'alone' | 'publish'>): RepositoryMoves {
  /** Lets the owner that a repository has move it, in its turn, and tells of it with what was before. */
  async function move(
    repository: Repository,
    action: 'renamed' | 'transferred',
    changes: Readonly<Record<string, unknown>>,
    work: () => void,
  ): Promise<{ fullName: string }> {
    const account = ownerOf(world, repository.owner);
    const act: Act = { world, actor: { kind: 'user', account }, emissions: [] };
    await alone(repository, async () => {
      work();
      emit(act, repository, 'repository', action, { changes });
    });
    publish(act.emissions, Promise.resolve());
    return { fullName: repository.fullName };
  }

  return {
    async renameRepository(fullName, name) {
      const repository = repositoryNamed(world, fullName);
      const changes = { repository: { name: { from: repository.name } } };
      return move(repository, 'renamed', changes, () => enterAs(world, repository, repository.owner, name));
    },
    async transferRepository(fullName, login) {
      const repository = repositoryNamed(world, fullName);
      const to = accountNamed(world, login);
      const { owner: former, name } = repository;
      const from =
        former.type === 'Organization'
          ? { organization: renderOrganizationForEvent(world, former) }
          : { user: renderUser(world, former) };
      return move(repository, 'transferred', { owner: { from } }, () => {
        enterAs(world, repository, to, name);
        leave(world, repository, former);
      });
    },
  };
}

function enterAs(world: World, repository: Repository, owner: Account, name: string): void {
  const { fullName: former } = repository;
  const fullName = freeName(world, owner, name, repository);
  if (fullName === former) throw new Error(`The repository is called ${fullName} already.`);
  world.repositories.delete(former.toLowerCase());
  world.formerNames.set(former.toLowerCase(), repository);
  Object.assign(repository, { owner, name, fullName, updatedAt: timestamp(world) });
  world.repositories.set(fullName.toLowerCase(), repository);
}

/**
 * A person who gave a repository away stays as a collaborator. Source: docs.github.com, "Transferring a
 * repository". No installation of the former owner's has chosen it any longer.
 */
function leave(world: World, repository: Repository, former: Account): void {
  const { collaborators, owner } = repository;
  if (former.type === 'User') collaborators.set(former.login.toLowerCase(), 'write');
  collaborators.delete(owner.login.toLowerCase());
  for (const { account, repositories } of world.installations.values()) {
    if (account === former && repositories !== 'all') repositories.delete(repository.id);
  }
}
