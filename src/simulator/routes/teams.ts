import { covers } from '../access.ts';
import { accountOf } from '../actor.ts';
import { type Call, ok, onPlatform, type Route } from '../call.ts';
import { findAccount } from '../find.ts';
import { pageAnswer } from '../pagination.ts';
import { notFound, Refusal } from '../refusal.ts';
import { renderUser } from '../render/accounts.ts';
import type { Account, Team } from '../state.ts';

/** Who is in a team of an organization: what approvals by team need, and no more. */
export const teamRoutes: readonly Route[] = [
  onPlatform('GET /orgs/{org}/teams/{team_slug}/members', 'anyone', (call) => {
    const { team } = teamOf(call);
    const members = [...team.members]
      .map((login) => findAccount(call.world, login))
      .filter((account) => account !== null);
    return pageAnswer(call, members, (account) => renderUser(call.world, account));
  }),
  onPlatform('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', 'anyone', (call) => {
    const { organization, team } = teamOf(call);
    const login = (call.params.username ?? '').toLowerCase();
    if (!team.members.has(login)) throw notFound();
    return ok({
      url: call.world.api(`/organizations/${organization.id}/team/${team.id}/memberships/${login}`),
      role: 'member',
      state: 'active',
    });
  }),
];

function teamOf(call: Call): { organization: Account; team: Team } {
  const { actor, world } = call;
  const organization = findAccount(world, call.params.org ?? '');
  const team = organization?.teams.get(call.params.team_slug ?? '');
  const account = accountOf(actor);
  if (
    actor.kind === 'installation' &&
    actor.installation.account === organization &&
    !covers(actor.permissions, 'members:read')
  ) {
    throw new Refusal(403, 'Resource not accessible by integration', {
      headers: { 'x-accepted-github-permissions': 'members=read' },
    });
  }
  const inside =
    (actor.kind === 'installation' && actor.installation.account === organization) ||
    (actor.kind === 'user' && organization?.members.has(account.login.toLowerCase()) === true);
  if (organization === null || team === undefined || !inside) throw notFound();
  return { organization, team };
}
