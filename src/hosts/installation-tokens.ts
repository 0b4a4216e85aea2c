import type { Probot } from 'probot';

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

/** Mints installation tokens narrowed to one repository, and keeps each until shortly before it expires. */
export function installationTokens(app: Probot, now: () => Date): InstallationTokens {
  const kept = new Map<string, Promise<{ readonly token: string; readonly expiresAt: number }>>();

  async function mint(installationId: number, repositoryId: number, permissions: Permissions) {
    const client: AppClient = await app.auth();
    const { data } = await client.request('POST /app/installations/{installation_id}/access_tokens', {
      installation_id: installationId,
      repository_ids: [repositoryId],
      permissions,
    });
    return { token: data.token, expiresAt: Date.parse(data.expires_at) };
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
