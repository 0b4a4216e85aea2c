import type { Probot } from 'probot';
import type { Mask } from '../messages/mask.ts';

type AppClient = Awaited<ReturnType<Probot['auth']>>;

/** The permissions that one kind of work needs, as GitHub names them. */
export type Permissions = Readonly<Record<string, 'read' | 'write'>>;

/** Gives a token for one repository of an installation, with these permissions and no others. */
export type InstallationTokens = (
  installationId: number,
  repositoryId: number,
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
export function installationTokens(app: Probot, now: () => Date, mask: Mask): InstallationTokens {
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

  async function mint(installationId: number, repositoryId: number, permissions: Permissions) {
    const client: AppClient = await app.auth();
    const { data } = await client.request('POST /app/installations/{installation_id}/access_tokens', {
      installation_id: installationId,
      repository_ids: [repositoryId],
      permissions,
    });
    return maskFor(data);
  }

  return async (installationId, repositoryId, permissions) => {
    const key = JSON.stringify([installationId, repositoryId, permissions]);
    const known = await kept.get(key)?.catch(() => null);
    if (known && known.expiresAt - now().getTime() > SPARE_MS) return known.token;

    const minted = mint(installationId, repositoryId, permissions);
    kept.delete(key);
    kept.set(key, minted);
    if (kept.size > MOST) kept.delete(kept.keys().next().value ?? '');
    return (await minted).token;
  };
}
