import { accountNamed } from '../find.ts';
import type { Account, World } from '../state.ts';
import { addAccount } from '../world.ts';

/** People, organizations and their teams. */
export interface PeopleSetup {
  addUser(user: { login: string; name?: string; type?: 'User' | 'Bot' }): { id: number; login: string };
  /** Members by login, or with their place: `{ alice: 'admin', bob: 'member' }`. */
  addOrganization(organization: {
    login: string;
    name?: string;
    members?: readonly string[] | Readonly<Record<string, 'admin' | 'member'>>;
  }): { id: number; login: string };
  /** Its members become members of the organization if they were not. */
  addTeam(team: { organization: string; slug: string; members: readonly string[] }): { id: number };
}

export function createPeopleSetup(world: World): PeopleSetup {
  return {
    addUser: ({ login, name, type = 'User' }) => {
      const { id } = addAccount(world, { login, name: name ?? null, type });
      return { id, login };
    },
    addOrganization({ login, name, members = [] }) {
      const organization = addAccount(world, { login, name: name ?? null, type: 'Organization' });
      const places: [string, 'admin' | 'member'][] = isList(members)
        ? members.map((member) => [member, 'member'])
        : Object.entries(members);
      for (const [member, place] of places) {
        organization.members.set(accountNamed(world, member).login.toLowerCase(), place);
      }
      return { id: organization.id, login };
    },
    addTeam({ organization, slug, members }) {
      const owner = accountNamed(world, organization);
      const logins = members.map((login) => accountNamed(world, login).login.toLowerCase());
      const id = world.ids.next('team');
      owner.teams.set(slug, { id, slug, name: slug, members: new Set(logins) });
      for (const login of logins) {
        if (!owner.members.has(login)) owner.members.set(login, 'member');
      }
      return { id };
    },
  };
}

/**
 * The person who acts for an account: itself, or the first of an organization's administrators. An organization
 * without any, which GitHub does not have, acts itself.
 */
export function ownerOf(world: World, account: Account): Account {
  const [admin] = [...account.members].find(([, place]) => place === 'admin') ?? [];
  return admin === undefined ? account : accountNamed(world, admin);
}

function isList(members: readonly string[] | object): members is readonly string[] {
  return Array.isArray(members);
}
