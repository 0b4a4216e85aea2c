import type { Octokit } from '@octokit/rest';
import { translate } from '../github/errors.ts';
import type { Mask } from '../messages/mask.ts';

/** Speaks as the App itself. */
type AppClient = Pick<Octokit, 'request'>;

/** The permissions that one kind of work needs, as GitHub names them. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** To look. Fetching with git takes no more, either. */
export const READ = {
  contents: 'read',
  issues: 'read',
  pull_requests: 'read',
  checks: 'read',
  metadata: 'read',
} as const;
/** To comment, to react, and to post check runs: a comment on a pull request takes both of the first two. */
export const WORDS = { ...READ, issues: 'write', pull_requests: 'write', checks: 'write' } as const;
/** What the App may do once policy has let a change through, and nothing more. `workflows` is left out on purpose. */
export const PUSH = { ...WORDS, contents: 'write' } as const;
/** Asked for alone: an installation that has not agreed to it yet goes without logs, and without nothing else. */
export const LOGS = { actions: 'read' } as const;
/** Asked for alone, too: without it, nobody approves as a member of a team. */
export const MEMBERS = { members: 'read' } as const;

/** Gives a token for one repository of an installation, or (null) for all, with these permissions and no others. */
export type InstallationTokens = (
  installationId: number,
  repositoryId: number | null,
  permissions: Permissions,
) => Promise<string>;

/** Tokens live an hour; one that ends within this time is not handed out any more, so that no request meets its end. */
const SPARE_MS = 5 * 60_000;
const MOST = 1_000;

interface Minted {
  readonly token: string;
  readonly expiresAt: number;
  /** Masks it no more. */
  forget(): void;
}

/** Mints installation tokens narrowed to one repository, and keeps each until shortly before it expires. Each is masked. */
export function installationTokens(
  asApp: () => Promise<AppClient>,
  now: () => Date,
  mask: Mask,
): InstallationTokens {
  const kept = new Map<string, Promise<Minted>>();
  /** Oldest first. A token that has expired is no secret. */
  const masked = new Set<Minted>();

  function maskFor({ token, expires_at }: { readonly token: string; readonly expires_at: string }): Minted {
    for (const old of masked) {
      if (old.expiresAt > now().getTime()) break;
      old.forget();
      masked.delete(old);
    }
    const minted = { token, expiresAt: Date.parse(expires_at), ...mask.add(token) };
    masked.add(minted);
    return minted;
  }

  async function mint(installationId: number, repositoryId: number | null, permissions: Permissions) {
    const client = await asApp();
    const { data } = await client.request('POST /app/installations/{installation_id}/access_tokens', {
      installation_id: installationId,
      ...(repositoryId === null ? {} : { repository_ids: [repositoryId] }),
      permissions,
    });
    return maskFor(data);
  }

  return async (installationId, repositoryId, permissions) => {
    const key = JSON.stringify([installationId, repositoryId, permissions]);
    const known = await kept.get(key)?.catch(() => null);
    if (known && known.expiresAt - now().getTime() > SPARE_MS) return known.token;

    const minted = mint(installationId, repositoryId, permissions).catch((error: unknown) => {
      throw translate(error, 'asking for a token');
    });
    kept.delete(key);
    kept.set(key, minted);
    if (kept.size > MOST) kept.delete(kept.keys().next().value ?? '');
    return (await minted).token;
  };
}
