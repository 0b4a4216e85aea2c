import { nodeId } from '../../ids.ts';
import { renderUser } from '../../render/accounts.ts';
import type { Account } from '../../state.ts';
import type { AccountSource, AppSource } from '../sources.ts';
import type { Fields } from '../view.ts';

const PREFIX = { User: 'U', Bot: 'BOT', Organization: 'O' } as const;

const common: Fields<AccountSource> = {
  id: ({ account }) => nodeId(PREFIX[account.type], account.id),
  databaseId: ({ account }) => account.id,
  login: ({ account }) => account.login,
  url: ({ account }, _, { world }) => renderUser(world, account).html_url,
  avatarUrl: ({ account }, _, { world }) => renderUser(world, account).avatar_url,
};

export const userFields: Fields<AccountSource> = { ...common, name: ({ account }) => account.name };

/** Seen as a bot, an App's account is without the `[bot]` that REST and `viewer` show: `author { login }` is `conductor`. */
export const botFields: Fields<AccountSource> = { ...common, login: ({ account }) => plainLogin(account) };

function plainLogin({ login }: Account): string {
  return login.replace(/\[bot\]$/, '');
}

export const appFields: Fields<AppSource> = {
  id: ({ app }) => nodeId('A', app.id),
  databaseId: ({ app }) => app.id,
  slug: ({ app }) => app.slug,
  name: ({ app }) => app.name,
};
