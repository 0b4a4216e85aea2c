/** What a person may do in a repository, weakest first. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Permissions of an App, an installation token or a job token: `{ issues: 'write' }`. */
export type Permissions = Readonly<Record<string, 'read' | 'write' | 'admin'>>;

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly type: 'User' | 'Organization' | 'Bot';
  /** An organization's members by lower-case login; empty for people. */
  readonly members: Map<string, 'admin' | 'member'>;
  readonly teams: Map<string, Team>;
  readonly createdAt: string;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  /** Lower-case logins. */
  readonly members: Set<string>;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  /** PEM. Null for the built-in github-actions App, which signs in by job tokens only. */
  readonly publicKey: string | null;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly hookId: number;
  webhookUrl: string | null;
  readonly webhookSecret: string | null;
  readonly createdAt: string;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** Every repository of the account, or the ids of the chosen ones. */
  repositories: 'all' | Set<number>;
  /** While it lasts the App can do nothing here, and hears of nothing but its end. */
  suspension: { readonly at: string; readonly by: Account } | null;
  readonly createdAt: string;
  updatedAt: string;
}
