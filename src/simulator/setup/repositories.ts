import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { accountNamed, repositoryNamed } from '../find.ts';
import { copyRepository, createBareRepository, type SeedFile, seedCommit } from '../git/seed.ts';
import { type Account, type Repository, type Role, timestamp, type World } from '../state.ts';

/** Repositories, forks and who may do what in them. */
export interface RepositorySetup {
  /** A repository with one commit on its default branch; the same files give the same commit in every run. */
  addRepository(repository: {
    owner: string;
    name: string;
    private?: boolean;
    defaultBranch?: string;
    files?: Readonly<Record<string, SeedFile>>;
    collaborators?: Readonly<Record<string, Role>>;
    /** "Allow GitHub Actions to create and approve pull requests". Default true; on github.com it is false. */
    actionsMayPropose?: boolean;
    /** "Allow auto-merge". Default false, as on github.com. */
    autoMergeAllowed?: boolean;
  }): Promise<{ id: number; fullName: string; defaultBranch: string; headSha: string }>;
  /** A person's own copy of a repository, from which they can open pull requests. */
  fork(fork: { repository: string; owner: string; name?: string }): Promise<{ id: number; fullName: string }>;
  setCollaborator(repository: string, login: string, role: Role): void;
}

/** GitHub's labels of a new repository. */
const LABELS: readonly (readonly [string, string, string])[] = [
  ['bug', 'd73a4a', "Something isn't working"],
  ['documentation', '0075ca', 'Improvements or additions to documentation'],
  ['duplicate', 'cfd3d7', 'This issue or pull request already exists'],
  ['enhancement', 'a2eeef', 'New feature or request'],
  ['good first issue', '7057ff', 'Good for newcomers'],
  ['help wanted', '008672', 'Extra attention is needed'],
  ['invalid', 'e4e669', "This doesn't seem right"],
  ['question', 'd876e3', 'Further information is requested'],
  ['wontfix', 'ffffff', 'This will not be worked on'],
];

export function createRepositorySetup(world: World): RepositorySetup {
  return {
    async addRepository(settings) {
      const { defaultBranch = 'main', files = {}, collaborators = {} } = settings;
      const repository = enter(world, {
        owner: accountNamed(world, settings.owner),
        name: settings.name,
        private: settings.private ?? false,
        defaultBranch,
        parent: null,
        actionsMayPropose: settings.actionsMayPropose ?? true,
        autoMergeAllowed: settings.autoMergeAllowed ?? false,
      });
      for (const [login, role] of Object.entries(collaborators)) {
        repository.collaborators.set(accountNamed(world, login).login.toLowerCase(), role);
      }
      await makeFolder(repository);
      await createBareRepository(repository.directory, defaultBranch);
      const headSha = await seedCommit(repository.directory, defaultBranch, files, 'Initial commit');
      return { id: repository.id, fullName: repository.fullName, defaultBranch, headSha };
    },
    async fork({ repository: source, owner, name }) {
      const parent = repositoryNamed(world, source);
      const fork = enter(world, {
        ...parent,
        owner: accountNamed(world, owner),
        name: name ?? parent.name,
        parent,
      });
      await makeFolder(fork);
      await copyRepository(parent.directory, fork.directory, parent.defaultBranch);
      return { id: fork.id, fullName: fork.fullName };
    },
    setCollaborator(repository, login, role) {
      const { collaborators } = repositoryNamed(world, repository);
      const key = accountNamed(world, login).login.toLowerCase();
      if (role === 'none') collaborators.delete(key);
      else collaborators.set(key, role);
    },
  };
}

type Settings = Pick<
  Repository,
  'name' | 'private' | 'defaultBranch' | 'parent' | 'actionsMayPropose' | 'autoMergeAllowed'
> & {
  owner: Account;
};

function enter(world: World, settings: Settings): Repository {
  const {
    owner,
    name,
    private: secret,
    defaultBranch,
    parent,
    actionsMayPropose,
    autoMergeAllowed,
  } = settings;
  const fullName = freeName(world, owner, name);
  const id = world.ids.next('repository');
  const now = timestamp(world);
  const repository: Repository = {
    id,
    owner,
    name,
    fullName,
    private: secret,
    defaultBranch,
    parent,
    actionsMayPropose,
    autoMergeAllowed,
    directory: folderFor(world, fullName, id),
    collaborators: new Map(),
    threads: new Map(),
    deletedIssues: new Set(),
    labels: new Map(),
    protections: new Map(),
    checkSuites: [],
    workflowRuns: [],
    statuses: [],
    activities: [],
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
  };
  for (const [label, color, description] of LABELS) {
    repository.labels.set(label, {
      id: world.ids.next('label'),
      name: label,
      color,
      description,
      isDefault: true,
    });
  }
  world.repositories.set(fullName.toLowerCase(), repository);
  return repository;
}

/** The full name that a repository of this owner may take, if `self` is the only one that has it. */
export function freeName(world: World, owner: Account, name: string, self?: Repository): string {
  const fullName = `${owner.login}/${name}`;
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name))
    throw new Error(`"${name}" is not a name that GitHub gives to repositories.`);
  const holder = world.repositories.get(fullName.toLowerCase());
  if (holder !== undefined && holder !== self)
    throw new Error(`The simulator already has a repository ${fullName}.`);
  return fullName;
}

/** A repository that was renamed keeps the folder of its first name: who takes that name gets another. */
function folderFor(world: World, fullName: string, id: number): string {
  const folder = join(world.directory, `${fullName.toLowerCase()}.git`);
  const taken = [...world.repositories.values()].some(({ directory }) => directory === folder);
  return taken ? folder.replace(/\.git$/, `.${id}.git`) : folder;
}

/** A folder of a former run would bring its branches along. */
async function makeFolder({ directory, fullName }: Repository): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  await mkdir(directory).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST'
      ? new Error(`${directory} is already there: give the simulator an empty folder for ${fullName}.`)
      : error;
  });
}
