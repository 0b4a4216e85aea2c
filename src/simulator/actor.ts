import { Refusal } from './refusal.ts';
import type { Account, App, Installation, Permissions, Repository } from './state.ts';

/** Who makes a request, as its token says. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly account: Account }
  /** A JSON web token signed by the App's private key: may ask about the App and for tokens, no more. */
  | { readonly kind: 'app'; readonly app: App }
  | {
      readonly kind: 'installation';
      readonly app: App;
      readonly account: Account;
      readonly installation: Installation;
      readonly permissions: Permissions;
      /** The chosen repositories, or null for all that the installation reaches. */
      readonly repositoryIds: ReadonlySet<number> | null;
      readonly token: string;
    }
  /** A workflow job's GITHUB_TOKEN: github-actions[bot] in one repository. */
  | {
      readonly kind: 'job';
      readonly app: App;
      readonly account: Account;
      readonly permissions: Permissions;
      readonly repository: Repository;
    };

/** The name the call log gives an actor. */
export function actorName(actor: Actor): string {
  if (actor.kind === 'anonymous') return 'anonymous';
  if (actor.kind === 'app') return `app:${actor.app.slug}`;
  return actor.account.login;
}

/** The account that what this actor writes is signed with. */
export function accountOf(actor: Actor): Account {
  if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
  return actor.kind === 'app' ? actor.app.bot : actor.account;
}

/** The App that an actor acts through (`performed_via_github_app`), or null for a person. */
export function appOf(actor: Actor): App | null {
  return actor.kind === 'installation' || actor.kind === 'job' || actor.kind === 'app' ? actor.app : null;
}

/** Whose rate limit a request counts against. */
export function limitKey(actor: Actor): string {
  if (actor.kind === 'installation') return `installation ${actor.installation.id}`;
  if (actor.kind === 'job') return `job ${actor.repository.id}`;
  return actorName(actor);
}
